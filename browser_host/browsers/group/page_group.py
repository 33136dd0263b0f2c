"""A group: one renderer process with its session pages, which crash, hang and end together."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Mapping
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

from browser_host.bridge import host_document
from browser_host.bridge.bridge import Bridge
from browser_host.bridge.cdp import CdpError
from browser_host.bridge.command_queue import Claim, always
from browser_host.bridge.events import (
    InstructionNotPosted,
    LossCause,
    ReportSink,
    SessionsResponsive,
    SessionsUnresponsive,
)
from browser_host.bridge.host_document import SessionDocuments
from browser_host.bridge.page_health.sweep import Sweep
from browser_host.browsers.browser import HostBrowser
from browser_host.browsers.group.heartbeat import LOOPS_FORGIVEN, Heartbeat
from browser_host.browsers.group.session_pages import CAUSE_WITHIN_S, CLOSE_WITHIN_S, SessionPages
from browser_host.browsers.interface import SHARED, Placing
from browser_host.browsers.log import Log
from browser_host.browsers.settings import WINDOW, PoolSettings
from browser_host.secrets import WatchLink
from browser_host.sessions.session import ErrorCode, Fault
from browser_host.tasks import BackgroundTasks

if TYPE_CHECKING:
    from browser_host.browsers.cdp_targets import CdpTarget

OPEN_WITHIN_S = 20.0


class GroupState(Enum):
    """What a group can do now."""

    OPENING = auto()
    OPEN = auto()
    UNRESPONSIVE = auto()
    CLOSED = auto()


class PageGroup:
    """A group; `died` is called once if its process is lost.

    Args:
        number: increases with every group of this host.
        placing: which sessions may be in it.
        sites: numbers for session pages, each used once in the lifetime of the host.
        vacated: called when a session left because its page was blocked or lost.
        strained: whether the whole machine or browser is slow; that alone is no reason to give up a group.
    """

    def __init__(
        self,
        number: int,
        browser: HostBrowser,
        settings: PoolSettings,
        *,
        placing: Placing,
        documents: SessionDocuments,
        sites: Iterator[int],
        sink: ReportSink,
        log: Log,
        vacated: Callable[["PageGroup", str], None],
        died: Callable[["PageGroup", Fault, LossCause], None],
        strained: Callable[[], bool],
    ) -> None:
        self.number = number
        self.browser = browser
        self.state = GroupState.OPENING
        self._settings = settings
        self._placing = placing
        self._sink = sink
        self._log = log
        self._died = died
        self._strained = strained
        self._began_at = asyncio.get_running_loop().time()
        self._settled = asyncio.Event()
        self._tasks = BackgroundTasks(self._task_failed)
        self._target: CdpTarget | None = None
        self._bridge: Bridge | None = None
        self._window_s = 0.0
        self._heartbeat: Heartbeat | None = None
        self._sweep: Sweep | None = None
        self.pages = SessionPages(
            number,
            browser,
            settings,
            documents=documents,
            sites=sites,
            sink=sink,
            log=log,
            tasks=self._tasks,
            loaded=self._loaded,
            vacated=lambda session_id: vacated(self, session_id),
            broke=self._broke,
        )

    @property
    def sessions(self) -> Mapping[str, WatchLink]:
        """Its sessions and their links."""
        return self.pages.sessions

    @property
    def busy(self) -> float:
        """The share of recent time, 0 to 1, that the main thread of its process worked."""
        return self._heartbeat.busy if self._heartbeat is not None else 0.0

    @property
    def heap(self) -> int:
        """Bytes held by the scripts of all its pages."""
        return self._heartbeat.heap if self._heartbeat is not None else 0

    @property
    def age(self) -> float:
        """Seconds since it was created."""
        return asyncio.get_running_loop().time() - self._began_at

    @property
    def placing(self) -> Placing:
        """Which sessions may be in it; a separate group admits others once it has been stable."""
        wanted = self._placing.opens_after
        if wanted is not None and self._heartbeat is not None and self._heartbeat.steady_s >= wanted:
            return SHARED
        return self._placing

    @property
    def free(self) -> int:
        """How many more sessions it takes."""
        return max(self.browser.sessions_per_process - len(self.sessions), 0)

    def post(self, session_id: str, number: int, message: Mapping[str, Any], claim: Claim = always) -> None:
        """Post an instruction to the session's frame; exactly one report follows."""
        if self._bridge is None or self.state is GroupState.CLOSED:
            self._sink(InstructionNotPosted(session_id, number, "the page has not loaded yet"))
        else:
            self._bridge.post(session_id, number, message, claim)

    def collect_for(self, window_s: float) -> None:
        """Collect the pages' messages for `window_s` seconds before they are reported."""
        self._window_s = window_s
        if self._bridge is not None:
            self._bridge.collect_for(window_s)

    def start(self, opening: asyncio.Semaphore) -> None:
        """Open the group in the background.

        Args:
            opening: limits how many groups open at the same time.
        """
        self._tasks.start("group", self._run(opening))

    async def opens(self) -> bool:
        """Wait until the group is open or has failed, within its own deadline; whether it is open."""
        await self._settled.wait()
        return self.state is GroupState.OPEN

    async def close(self) -> None:
        """Close the group within a deadline, unless its browser is closed already."""
        self.leave()
        await self._tasks.close(1.0)
        target, self._target = self._target, None
        if target is None or not self.browser.runs:
            return
        try:
            async with asyncio.timeout(CLOSE_WITHIN_S):
                await self.browser.targets.close(target)
        except (CdpError, TimeoutError) as error:
            self._log.warning("group.close_failed", group=self.number, error=type(error).__name__)

    def leave(self) -> None:
        """Stop reporting and answer its open instructions: the first half of closing."""
        if self.state is not GroupState.CLOSED:
            self.state = GroupState.CLOSED
            self._settled.set()
            if self._bridge is not None:
                self._bridge.close()
            if self._sweep is not None:
                self._sweep.close()
            self.pages.leave()

    async def _run(self, opening: asyncio.Semaphore) -> None:
        try:
            async with opening, asyncio.timeout(OPEN_WITHIN_S):
                target, bridge = await self._open()
        except (CdpError, TimeoutError) as error:
            self._log.warning("group.open_failed", group=self.number, error=type(error).__name__)
            self._settled.set()
            self._gone("a page for it could not be opened")
            return
        if self.state is GroupState.OPENING:
            self.state = GroupState.OPEN
            self._settled.set()
            self._tasks.start("heartbeat", self._serve(self._beat()))
            await self._serve(self._open_pages(target, bridge, opening))

    async def _serve(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except CdpError:
            self._gone("the page was closed")

    async def _open(self) -> tuple["CdpTarget", Bridge]:
        settings = self._settings
        target = self._target = await self.browser.targets.open(
            private_network=settings.allow_private_network, size=WINDOW
        )
        target.gone = lambda: self._gone("the page was closed")
        target.on("Inspector.targetCrashed", lambda _: self._crashed())
        await host_document.show(target, self._tasks, host_document.group_document(), {})
        bridge = Bridge(target, sink=self._sink, tasks=self._tasks, broke=self._broke)
        await bridge.start()
        bridge.collect_for(self._window_s)
        self._bridge = bridge
        self._sweep = Sweep(target, self._tasks)
        self._heartbeat = Heartbeat(
            self.number,
            bridge,
            target,
            settings.heartbeat,
            forgives=0 if self._placing.cohort else LOOPS_FORGIVEN,
            loading=lambda: self.pages.opening or bridge.loading,
            late=self._late,
            back=self._back,
            strained=self._strained,
            log=self._log,
        )
        return target, bridge

    async def _open_pages(self, target: "CdpTarget", bridge: Bridge, opening: asyncio.Semaphore) -> None:
        try:
            await self.pages.open_added(target, bridge, opening)
        except TimeoutError:
            self._die(ErrorCode.PAGE_HUNG, "the process stopped opening pages", LossCause.HANG)

    async def _beat(self) -> None:
        if self._heartbeat is not None:
            self._die(ErrorCode.PAGE_HUNG, await self._heartbeat.beat(), LossCause.HANG)

    def _late(self) -> None:
        self.state = GroupState.UNRESPONSIVE
        self._log.warning("group.unresponsive", group=self.number, sessions=len(self.sessions))
        self._sink(SessionsUnresponsive(tuple(self.sessions)))

    def _back(self) -> None:
        self.state = GroupState.OPEN
        self._log.info("group.answers", group=self.number)
        self._sink(SessionsResponsive(tuple(self.sessions)))

    def _loaded(self) -> None:
        if self._sweep is not None:
            self._sweep.soon()

    def _broke(self, what: str) -> None:
        self._die(ErrorCode.VIOLATION, f"the page was closed for a violation: {what}", LossCause.CRASH)

    def _crashed(self) -> None:
        if self.browser.ping.relieved:
            text = "the page's process was ended, because it kept the whole browser busy"
            self._die(ErrorCode.PAGE_CRASHED, text, LossCause.FLOOD)
        else:
            self._die(ErrorCode.PAGE_CRASHED, "the page's process died", LossCause.CRASH)

    def _gone(self, text: str) -> None:
        """Give up the group, unless its browser turns out to be the cause."""
        asyncio.get_running_loop().call_later(
            CAUSE_WITHIN_S, self._die, ErrorCode.PAGE_CRASHED, text, LossCause.CRASH
        )

    def _die(self, code: ErrorCode, text: str, cause: LossCause) -> None:
        if self.state is not GroupState.CLOSED:
            self._died(self, Fault(code, text), cause)

    def _task_failed(self, name: str, error: BaseException) -> None:
        if self.state is not GroupState.CLOSED:
            self._log.warning("group.task_failed", group=self.number, task=name, error=repr(error)[:300])
            self._die(ErrorCode.PAGE_CRASHED, "the page could not be served", LossCause.CRASH)
