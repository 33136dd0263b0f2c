"""Replacing what is old or swollen: a new page first, then its sessions move, then the old is closed."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TypeAlias

from browser_host.bridge.chores import Chores
from browser_host.browsers import processes
from browser_host.browsers.books import Books
from browser_host.browsers.hosting import Aged, Placing, ReportSink
from browser_host.browsers.log import Log
from browser_host.browsers.page import HostPage, PageState
from browser_host.browsers.reports import BrowserReplaced
from browser_host.browsers.settings import Recycle
from browser_host.browsers.shelf import Shelf
from browser_host.errors import BrowserUnavailable

MOVES_WITHIN_S = 60.0
"""How long sessions are waited for that may not be moved; later it is tried again from the start."""

_LOOK_EVERY_S = 0.2
_HOUR = 3600.0
_MEGABYTE = 1 << 20

MayMove: TypeAlias = Callable[[Sequence[str]], bool]
"""Whether these sessions may be moved at this moment."""


def due(shelves: Iterable[Shelf], limits: Recycle, now: float) -> tuple[Aged, ...]:
    """What is due to be replaced: browsers first, for with them go their pages.

    Args:
        now: seconds of the event loop's clock.
    """
    held = list(shelves)
    browsers = [
        Aged(shelf.engine.number, None, why, shelf.sessions)
        for shelf in held
        if (why := _why_browser(shelf, limits, now)) is not None
    ]
    pages = [
        Aged(shelf.engine.number, page.number, why, tuple(page.sessions))
        for shelf in held
        for page in shelf.pages.values()
        if page.state is PageState.OPEN and (why := _why_page(page, limits)) is not None
    ]
    return (*browsers, *pages)


def _why_browser(shelf: Shelf, limits: Recycle, now: float) -> str | None:
    age, driver = now - shelf.engine.started_at, shelf.engine.driver
    if limits.after is not None and age >= limits.after:
        return f"it is {age / _HOUR:.1f} h old"
    held = processes.resident(driver) if driver is not None else 0
    return f"its driver holds {held // _MEGABYTE} MB" if held > limits.driver_memory else None


def _why_page(page: HostPage, limits: Recycle) -> str | None:
    if limits.after is not None and page.age >= limits.after:
        return f"it is {page.age / _HOUR:.1f} h old"
    if page.age < limits.page_heap_after or page.heap <= limits.page_heap:
        return None
    return f"its scripts hold {page.heap // _MEGABYTE} MB"


class Recycling:
    """Replaces pages and browsers of the books, one at a time.

    Args:
        chores: of the pool, whose end ends what is under way.
        start: starts a browser.
        open_page: opens an empty page on a shelf, in the books.
        evict: takes a page out of the books and closes it.
        over: called when what was under way is over, however it went.
    """

    def __init__(
        self,
        books: Books,
        *,
        sink: ReportSink,
        log: Log,
        chores: Chores,
        start: Callable[[], Awaitable[Shelf | None]],
        open_page: Callable[[Shelf, Placing], HostPage],
        evict: Callable[[HostPage], object],
        over: Callable[[], None],
    ) -> None:
        self._books = books
        self._sink = sink
        self._log = log
        self._chores = chores
        self._start = start
        self._open_page = open_page
        self._evict = evict
        self._over = over
        self._recycling: asyncio.Task[None] | None = None

    @property
    def under_way(self) -> bool:
        """Whether something is being replaced."""
        return self._recycling is not None

    def recycle(self, aged: Aged, may_move: MayMove) -> None:
        """Replaces it in the background, if it is still there and nothing else is being replaced."""
        shelf = self._books.shelves.get(aged.browser)
        page = shelf.pages.get(aged.page) if shelf is not None and aged.page is not None else None
        if self.under_way or shelf is None or (aged.page is not None and page is None):
            return
        self._recycling = self._chores.start("recycle", self._recycle(shelf, page, may_move))

    async def _recycle(self, shelf: Shelf, page: HostPage | None, may_move: MayMove) -> None:
        try:
            if page is None:
                await self._browser(shelf, may_move)
            else:
                await self._page(page, shelf, may_move)
        finally:
            self._recycling = None
            self._over()

    async def _page(self, page: HostPage, shelf: Shelf, may_move: MayMove) -> bool:
        """Moves a page's sessions to a new page on the shelf; whether the old one is gone."""
        new = self._open_page(shelf, page.placing)
        self._books.keep(new)
        try:
            if await new.opens():
                await self._move(page, new, may_move)
        finally:
            if not new.sessions:
                self._evict(new)
        return page.state is PageState.CLOSED

    async def _move(self, page: HostPage, new: HostPage, may_move: MayMove) -> None:
        for _ in range(int(MOVES_WITHIN_S / _LOOK_EVERY_S)):
            if PageState.CLOSED in {page.state, new.state}:
                return
            if page.state is PageState.OPEN and may_move(tuple(page.sessions)):
                self._log.info("page.recycled", page=page.number, by=new.number, sessions=len(page.sessions))
                self._books.move(page, new)
                self._evict(page)
                return
            await asyncio.sleep(_LOOK_EVERY_S)

    async def _browser(self, shelf: Shelf, may_move: MayMove) -> None:
        """Moves a browser's sessions to a new one, page by page, and closes the old one."""
        new = await self._younger(shelf)
        if new is None:
            return
        shelf.retiring = True
        try:
            for page in list(shelf.pages.values()):
                if not self._books.room_on(new) or not await self._page(page, new, may_move):
                    return
        finally:
            shelf.retiring = not shelf.pages  # else it goes on, until the next try
        self._log.info("browser.recycled", browser=shelf.engine.number, by=new.engine.number)
        if self._books.strike_shelf(shelf.engine.number) is not None:
            self._sink(BrowserReplaced(shelf.engine.number))
            self._chores.start(f"close browser {shelf.engine.number}", shelf.bury())

    async def _younger(self, shelf: Shelf) -> Shelf | None:
        """A browser that was started later and can take all of a shelf's pages, or None where none starts."""
        for other in self._books.shelves.values():
            if other.engine.number > shelf.engine.number and self._books.room_on(other) >= len(shelf.pages):
                return other
        try:
            return await self._start()
        except BrowserUnavailable as error:
            self._log.warning("browser.not_recycled", why=str(error))
            return None
