"""The pool: assigns sessions to groups of its browsers. Losses are reported, and never retried here."""

import asyncio
import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from browser_host.bridge.command_queue import Claim, always
from browser_host.bridge.events import BrowserLost, InstructionNotPosted, LossCause, ReportSink, SessionsLost
from browser_host.bridge.host_document import SessionDocuments
from browser_host.bridge.limits import Limits
from browser_host.browsers import recycling
from browser_host.browsers.browser import HostBrowser
from browser_host.browsers.endpoints.endpoint_set import EndpointSet
from browser_host.browsers.entry import BrowserEntry
from browser_host.browsers.group.page_group import PageGroup
from browser_host.browsers.interface import SHARED, Aged, BrowserDescription, Placing
from browser_host.browsers.log import Log
from browser_host.browsers.placement import PlacementPlan
from browser_host.browsers.process.pidfile import BrowserRecord
from browser_host.browsers.recycling import Recycling
from browser_host.browsers.registry import Registry, Waiting
from browser_host.browsers.settings import PoolSettings
from browser_host.browsers.viewing import pointer
from browser_host.errors import InputFailed, NoPicture
from browser_host.protocol.pointer_input import PointerInput
from browser_host.secrets import WatchLink
from browser_host.sessions.session import ErrorCode, Fault
from browser_host.tasks import BackgroundTasks

MAX_OPENING = 4
"""Groups that open at the same time; more would only delay each of them on two cores."""
EMPTY_FOR_S = 30.0
"""Seconds for which an empty group is kept for the next session."""


class Pool:
    """Hosts sessions in the browsers of its endpoints; implements `interface.SessionHost`.

    Args:
        sink: called with each event, on the loop; must not block.
        record: where processes are recorded for the next host, or None.
    """

    def __init__(
        self, settings: PoolSettings, sink: ReportSink, log: Log, record: BrowserRecord | None = None
    ) -> None:
        self._settings = settings
        self._sink = sink
        self._log = log
        self._registry = Registry(settings)
        self._opened = 0
        self._sites = itertools.count(1)
        self._documents = SessionDocuments(Limits(), settings.render.style)
        self._opening = asyncio.Semaphore(MAX_OPENING)
        self._tasks = BackgroundTasks(self._task_failed)
        self._endpoints = EndpointSet(
            self._registry,
            settings,
            sink=sink,
            log=log,
            record=record,
            tasks=self._tasks,
            lost=self._browser_lost,
            changed=self._place_soon,
        )
        self._recycling = Recycling(
            self._registry,
            sink=sink,
            log=log,
            tasks=self._tasks,
            start=self._endpoints.start_one,
            open_group=self._open_group,
            evict=self._evict,
            over=self._place_soon,
        )
        self._window_s = 0.0
        self._placing: asyncio.Handle | None = None
        self._closed = False

    async def start(self) -> None:
        """Start a browser of each endpoint; if several are configured, failed starts are repeated.

        Raises:
            BrowserUnavailable: the only endpoint is this machine, and its browser could not be started.
        """
        await self._endpoints.start()

    def open(self, session_id: str, link: WatchLink, placing: Placing = SHARED) -> None:
        """Open a page for the session; reports `SessionOpened`, `SessionBlocked` or `SessionsLost`."""
        if self._closed:
            return
        self.release(session_id)
        self._registry.waiting[session_id] = Waiting(link, placing)
        self._place_soon()

    def release(self, session_id: str) -> None:
        """Close the session's page; only its open instructions are still reported."""
        self._registry.waiting.pop(session_id, None)
        if (group := self._registry.assigned.pop(session_id, None)) is not None:
            group.pages.release(session_id)
            self._vacated(group, session_id)

    def post(self, session_id: str, number: int, message: Mapping[str, Any], claim: Claim = always) -> None:
        """Post an instruction to the session's frame; reports exactly one `Instruction…` event."""
        if (group := self._registry.assigned.get(session_id)) is not None:
            group.post(session_id, number, message, claim)
        else:
            self._sink(InstructionNotPosted(session_id, number, "the session is in no page"))

    async def screenshot(self, session_id: str, width: int) -> bytes:
        """Take a picture of the session's page, as a PNG, without affecting other pages.

        Raises:
            NoPicture: the session has no page now, or the page did not answer in time.
        """
        if (group := self._registry.assigned.get(session_id)) is None:
            raise NoPicture("the session has no page now")
        return await group.pages.screenshot(session_id, width)

    async def send_input(self, session_id: str, sent: PointerInput) -> None:
        """Send mouse input to the session's page.

        Raises:
            InputFailed: it has no page now, or its page did not take it in time.
        """
        if (group := self._registry.assigned.get(session_id)) is None:
            raise InputFailed(pointer.NO_PAGE)
        await group.pages.send_input(session_id, sent)

    def collect_for(self, window_s: float) -> None:
        """Collect pages' messages for so many seconds before they are reported."""
        self._window_s = window_s
        for group in self._registry.groups.values():
            group.collect_for(window_s)

    def retry(self) -> None:
        """Start browsers again at endpoints that were given up."""
        self._endpoints.retry()
        self._place_soon()

    def aged(self) -> tuple[Aged, ...]:
        """The browsers to be emptied, then the browsers and groups that are due to be replaced."""
        leaving = [one for one in self._endpoints.due() if not self._recycling.is_emptying(one.browser)]
        if self._recycling.under_way or self._endpoints.starting:
            return tuple(leaving)
        now, registry = asyncio.get_running_loop().time(), self._registry
        kept = [one for one in registry.browsers.values() if not registry.empties(one.browser)]
        return (*leaving, *recycling.due(kept, self._settings.recycle, now))

    def drain(self, endpoint: str) -> bool:
        """Give an endpoint no more sessions; whether there is another endpoint for its own.

        Raises:
            UnknownEndpoint: no endpoint has this name.
        """
        return self._endpoints.drain(endpoint)

    def undrain(self, endpoint: str) -> None:
        """Give an endpoint sessions again.

        Raises:
            UnknownEndpoint: no endpoint has this name.
        """
        self._endpoints.undrain(endpoint)

    def recycle(self, aged: Aged, may_move: Callable[[Sequence[str]], bool]) -> None:
        """Open a new group or browser, move the sessions there, then close the old one."""
        if not self._closed:
            self._recycling.recycle(aged, may_move)

    def describe(self) -> tuple[BrowserDescription, ...]:
        """The browsers in their present state."""
        return self._endpoints.describe()

    async def close(self, within: float) -> None:
        """Close pages, browsers and drivers, in that order, in any case.

        Args:
            within: seconds for all of it.
        """
        self._closed = True
        self._endpoints.close()
        self._registry.waiting.clear()
        if self._placing is not None:
            self._placing.cancel()
        removed = [self._registry.remove_browser(number) for number in tuple(self._registry.browsers)]
        browsers = [entry for entry in removed if entry is not None]
        await self._tasks.close(within * 0.2)
        closing = [
            asyncio.ensure_future(group.close()) for entry in browsers for group in entry.groups.values()
        ]
        if closing:
            _, late = await asyncio.wait(closing, timeout=within * 0.3)
            for task in late:
                task.cancel()
        await asyncio.gather(*(entry.browser.close(within * 0.4) for entry in browsers))

    def _place_soon(self) -> None:
        """Place the sessions of one loop iteration together, so that they spread evenly."""
        if self._placing is None and not self._closed:
            self._placing = asyncio.get_running_loop().call_soon(self._place)

    def _place(self) -> None:
        self._placing = None
        if self._closed:
            return
        for name, todo in self._registry.plans().items():
            self._place_on(name, todo)
        self._endpoints.start_missing()
        self._endpoints.close_drained()

    def _place_on(self, endpoint: str, todo: PlacementPlan) -> None:
        registry, groups = self._registry, self._registry.groups
        for session, number in todo.assigned:
            registry.assign(session, groups[number])
        for fresh in todo.opened:
            entry = registry.emptiest(endpoint)
            if entry is None:
                break
            group = self._open_group(entry, fresh.placing)
            for session in fresh.sessions:
                registry.assign(session, group)

    def _open_group(self, entry: BrowserEntry, placing: Placing) -> PageGroup:
        """Open an empty group and register it."""
        self._opened += 1
        group = PageGroup(
            self._opened,
            entry.browser,
            self._settings,
            placing=placing,
            documents=self._documents,
            sites=self._sites,
            sink=self._sink,
            log=self._log,
            vacated=self._vacated,
            died=self._group_died,
            strained=lambda: entry.browser.ping.late or self._registry.strained,
        )
        group.collect_for(self._window_s)
        entry.groups[group.number] = group
        group.start(self._opening)
        return group

    def _vacated(self, group: PageGroup, session_id: str) -> None:
        self._registry.unassign(session_id, group)
        if self._registry.waiting or self._registry.empties(group.browser):
            self._place_soon()
        elif not group.sessions:
            kept = 0.0 if group.placing.cohort else EMPTY_FOR_S
            asyncio.get_running_loop().call_later(kept, self._close_empty, group)

    def _close_empty(self, group: PageGroup) -> None:
        if not group.sessions and not self._closed:
            self._evict(group)

    def _group_died(self, group: PageGroup, fault: Fault, cause: LossCause) -> None:
        facts = {"code": fault.code.value, "cause": cause.value, "sessions": len(group.sessions)}
        self._log.warning("group.lost", group=group.number, **facts)
        if sessions := self._evict(group):
            self._sink(SessionsLost(sessions, fault, cause))

    def _evict(self, group: PageGroup) -> tuple[str, ...]:
        """Remove a group from the registry, then close it: nothing more goes to it or comes from it."""
        sessions = self._registry.remove_group(group)
        if sessions is None:
            return ()
        self._tasks.start(f"close group {group.number}", group.close())
        self._place_soon()
        return sessions

    def _browser_lost(self, browser: HostBrowser, text: str) -> None:
        entry = self._registry.browsers.get(browser.number)
        if entry is None:
            return
        sessions = entry.sessions
        self._registry.remove_browser(browser.number)
        if sessions:
            self._sink(SessionsLost(sessions, Fault(ErrorCode.BROWSER_GONE, text), LossCause.BROWSER))
        self._sink(BrowserLost(browser.number, text, browser.endpoint))
        self._endpoints.browser_lost(browser)
        facts = {"browser": browser.number, "endpoint": browser.endpoint, "text": text}
        self._log.warning("browser.lost", **facts, sessions=len(sessions))
        self._tasks.start(f"close browser {browser.number}", entry.close())
        self._place_soon()

    def _task_failed(self, name: str, error: BaseException) -> None:
        self._log.warning("pool.task_failed", task=name, error=repr(error)[:300])
