"""Replaces old or swollen groups and browsers: opens a new one, moves the sessions, closes the old one."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TypeAlias

from browser_host.bridge.events import BrowserReplaced, ReportSink
from browser_host.browsers.entry import BrowserEntry
from browser_host.browsers.group.page_group import GroupState, PageGroup
from browser_host.browsers.interface import Aged, Placing
from browser_host.browsers.log import Log
from browser_host.browsers.process import processes
from browser_host.browsers.registry import Registry
from browser_host.browsers.settings import Recycle
from browser_host.errors import BrowserUnavailable
from browser_host.tasks import BackgroundTasks

MOVES_WITHIN_S = 60.0
"""Seconds to wait for sessions that may not be moved now; after that, recycling starts over later."""

_LOOK_EVERY_S = 0.2
_HOUR = 3600.0
_MEGABYTE = 1 << 20

MayMove: TypeAlias = Callable[[Sequence[str]], bool]
"""Whether these sessions may be moved now."""


def due(entries: Iterable[BrowserEntry], limits: Recycle, now: float) -> tuple[Aged, ...]:
    """The browsers and groups that are due to be replaced; browsers first, because they replace their groups.

    Args:
        now: seconds of the event loop's clock.
    """
    held = list(entries)
    browsers = [
        Aged(entry.browser.number, None, why, entry.sessions)
        for entry in held
        if (why := _why_browser(entry, limits, now)) is not None
    ]
    groups = [
        Aged(entry.browser.number, group.number, why, tuple(group.sessions))
        for entry in held
        for group in entry.groups.values()
        if group.state is GroupState.OPEN and (why := _why_group(group, limits)) is not None
    ]
    return (*browsers, *groups)


def _why_browser(entry: BrowserEntry, limits: Recycle, now: float) -> str | None:
    age, driver = now - entry.browser.started_at, entry.browser.driver
    if limits.after is not None and age >= limits.after:
        return f"it is {age / _HOUR:.1f} h old"
    held = processes.resident(driver) if driver is not None else 0
    return f"its driver holds {held // _MEGABYTE} MB" if held > limits.driver_memory else None


def _why_group(group: PageGroup, limits: Recycle) -> str | None:
    if limits.after is not None and group.age >= limits.after:
        return f"it is {group.age / _HOUR:.1f} h old"
    if group.age < limits.group_heap_after or group.heap <= limits.group_heap:
        return None
    return f"its scripts hold {group.heap // _MEGABYTE} MB"


class Recycling:
    """Replaces groups and browsers, one at a time.

    Args:
        tasks: of the pool; closing them cancels a replacement.
        start: starts a browser of an endpoint.
        open_group: opens an empty group of a browser, and registers it.
        evict: removes a group from the registry and closes it.
        over: called when a replacement has succeeded or failed.
    """

    def __init__(
        self,
        registry: Registry,
        *,
        sink: ReportSink,
        log: Log,
        tasks: BackgroundTasks,
        start: Callable[[str], Awaitable[BrowserEntry | None]],
        open_group: Callable[[BrowserEntry, Placing], PageGroup],
        evict: Callable[[PageGroup], object],
        over: Callable[[], None],
    ) -> None:
        self._registry = registry
        self._sink = sink
        self._log = log
        self._tasks = tasks
        self._start = start
        self._open_group = open_group
        self._evict = evict
        self._over = over
        self._recycling: asyncio.Task[None] | None = None
        self._emptying: set[int] = set()

    @property
    def under_way(self) -> bool:
        """Whether something is being replaced or emptied."""
        return self._recycling is not None or bool(self._emptying)

    def is_emptying(self, browser: int) -> bool:
        """Whether a browser's sessions are being moved away."""
        return browser in self._emptying

    def recycle(self, aged: Aged, may_move: MayMove) -> None:
        """Replace it in the background, if it still exists and nothing else is being replaced.

        A browser that is drained or leaving is emptied, whatever else is under way.
        """
        entry = self._registry.browsers.get(aged.browser)
        group = entry.groups.get(aged.group) if entry is not None and aged.group is not None else None
        if entry is None or (aged.group is not None and group is None):
            return
        if not self._registry.empties(entry.browser):
            if not self.under_way:
                self._recycling = self._tasks.start("recycle", self._recycle(entry, group, may_move))
        elif aged.browser not in self._emptying:
            self._emptying.add(aged.browser)
            self._tasks.start(f"empty browser {aged.browser}", self._empty(entry, may_move))

    async def _recycle(self, entry: BrowserEntry, group: PageGroup | None, may_move: MayMove) -> None:
        try:
            if group is None:
                await self._browser(entry, may_move)
            else:
                await self._move_group(group, entry, may_move)
        finally:
            self._recycling = None
            self._over()

    async def _move_group(self, group: PageGroup, entry: BrowserEntry, may_move: MayMove) -> bool:
        """Move a group's sessions to a new group of a browser; whether the old one is gone."""
        return await self._fill(self._reserve(group, entry), group, may_move)

    def _reserve(self, group: PageGroup, entry: BrowserEntry) -> PageGroup:
        """Open a group of a browser for all sessions of another one."""
        new = self._open_group(entry, group.placing)
        self._registry.keep(new, len(group.sessions))
        return new

    async def _fill(self, new: PageGroup, group: PageGroup, may_move: MayMove) -> bool:
        try:
            if await new.opens():
                await self._move_when_allowed(group, new, may_move)
        finally:
            if not new.sessions:
                self._evict(new)
        return group.state is GroupState.CLOSED

    async def _move_when_allowed(self, group: PageGroup, new: PageGroup, may_move: MayMove) -> None:
        for _ in range(int(MOVES_WITHIN_S / _LOOK_EVERY_S)):
            if GroupState.CLOSED in {group.state, new.state} or self._registry.empties(new.browser):
                return
            if group.state is GroupState.OPEN and may_move(tuple(group.sessions)):
                self._log.info(
                    "group.recycled", group=group.number, by=new.number, sessions=len(group.sessions)
                )
                self._registry.move(group, new)
                self._evict(group)
                return
            await asyncio.sleep(_LOOK_EVERY_S)

    async def _empty(self, entry: BrowserEntry, may_move: MayMove) -> None:
        """Move a browser's groups to other browsers, all at once: none waits for one that may not move yet.

        Those without room elsewhere stay.
        """
        try:
            async with asyncio.TaskGroup() as moves:
                for group in list(entry.groups.values()):
                    if group.sessions and (target := self._registry.elsewhere(group)) is not None:
                        moves.create_task(self._fill(self._reserve(group, target), group, may_move))
        finally:
            self._emptying.discard(entry.browser.number)
            self._over()

    async def _browser(self, entry: BrowserEntry, may_move: MayMove) -> None:
        """Move a browser's sessions to a new one, group by group, and close the old one."""
        new = await self._younger(entry)
        if new is None:
            return
        entry.retiring = True
        try:
            for group in list(entry.groups.values()):
                if not self._registry.room_on(new) or not await self._move_group(group, new, may_move):
                    return
        finally:
            entry.retiring = not entry.groups  # otherwise it takes sessions until the next attempt
        self._log.info("browser.recycled", browser=entry.browser.number, by=new.browser.number)
        if self._registry.remove_browser(entry.browser.number) is not None:
            self._sink(BrowserReplaced(entry.browser.number))
            self._tasks.start(f"close browser {entry.browser.number}", entry.close())

    async def _younger(self, entry: BrowserEntry) -> BrowserEntry | None:
        """A newer browser with room for all groups of this one; None if none could be started."""
        for other in self._registry.browsers.values():
            is_younger = other.browser.number > entry.browser.number
            is_alike = other.browser.endpoint == entry.browser.endpoint
            if is_younger and is_alike and self._registry.room_on(other) >= len(entry.groups):
                return other
        try:
            return await self._start(entry.browser.endpoint)
        except BrowserUnavailable as error:
            self._log.warning("browser.not_recycled", why=str(error))
            return None
