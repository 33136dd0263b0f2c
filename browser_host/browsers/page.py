"""One page of iframes: what crashes, hangs and is closed as a whole."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

from browser_host.bridge import host_page
from browser_host.bridge.bridge import Bridge
from browser_host.bridge.cdp import CdpError
from browser_host.bridge.chores import Chores
from browser_host.browsers.engine import Engine
from browser_host.browsers.hosting import SHARED, Placing, ReportSink
from browser_host.browsers.log import Log
from browser_host.browsers.pulse import LOOPS_FORGIVEN, Pulse
from browser_host.browsers.reports import InstructionNotPosted, SessionsResponsive, SessionsUnresponsive
from browser_host.browsers.settings import PoolSettings
from browser_host.browsers.telling import Telling
from browser_host.secrets import WatchLink
from browser_host.sessions.session import ErrorCode, Fault

if TYPE_CHECKING:
    from browser_host.browsers.targets import Target

OPEN_WITHIN_S = 20.0
SEAT_WITHIN_S = 10.0
CLOSE_WITHIN_S = 5.0
_CAUSE_WITHIN_S = 0.5
"""A page's end is told before its browser's, which may be its cause."""


class PageState(Enum):
    """How a page stands."""

    OPENING = auto()
    OPEN = auto()
    UNRESPONSIVE = auto()
    CLOSED = auto()


class HostPage:
    """A page and the sessions that sit in it; `died` is called once when it can't go on.

    Args:
        number: rises with every page of this host.
        placing: who may sit in it.
        vacated: called when a session left its seat by being blocked.
        strained: whether the whole machine or browser is late; a page is not given up for that alone.
    """

    def __init__(
        self,
        number: int,
        engine: Engine,
        settings: PoolSettings,
        *,
        placing: Placing,
        sink: ReportSink,
        log: Log,
        vacated: Callable[["HostPage", str], None],
        died: Callable[["HostPage", Fault], None],
        strained: Callable[[], bool],
    ) -> None:
        self.number = number
        self.engine = engine
        self._placing = placing
        self.state = PageState.OPENING
        self.sessions: dict[str, WatchLink] = {}
        self._settings = settings
        self._sink = sink
        self._log = log
        self._vacated = vacated
        self._died = died
        self._strained = strained
        self._began_at = asyncio.get_running_loop().time()
        self._settled = asyncio.Event()
        self._unseated: list[str] = []
        self._some = asyncio.Event()
        self._chores = Chores(self._chore_failed)
        self._target: Target | None = None
        self._bridge: Bridge | None = None
        self._pulse: Pulse | None = None

    @property
    def busy(self) -> float:
        """The share of time, 0 to 1, that its thread worked of late."""
        return self._pulse.busy if self._pulse is not None else 0.0

    @property
    def heap(self) -> int:
        """Bytes that the scripts of all its frames hold."""
        return self._pulse.heap if self._pulse is not None else 0

    @property
    def age(self) -> float:
        """Seconds since it was asked for."""
        return asyncio.get_running_loop().time() - self._began_at

    @property
    def placing(self) -> Placing:
        """Who may sit in it: a group's page takes others too once it has answered for long enough."""
        wanted = self._placing.opens_after
        if wanted is not None and self._pulse is not None and self._pulse.steady_s >= wanted:
            return SHARED
        return self._placing

    @property
    def free(self) -> int:
        """Seats left."""
        return self._settings.sessions_per_page - len(self.sessions)

    def host(self, session_id: str, link: WatchLink) -> None:
        """Gives the session a seat; its iframe follows."""
        self.sessions[session_id] = link
        self._unseated.append(session_id)
        self._some.set()

    def release(self, session_id: str) -> None:
        """Takes the session's iframe away; nothing more is reported of it."""
        self.sessions.pop(session_id, None)
        if session_id in self._unseated:
            self._unseated.remove(session_id)
        if self._bridge is not None:
            self._bridge.release(session_id)

    def post(self, session_id: str, number: int, message: Mapping[str, Any]) -> None:
        """Posts an instruction to the session's frame: exactly one report."""
        if self._bridge is None or self.state is PageState.CLOSED:
            self._sink(InstructionNotPosted(session_id, number, "the page has not loaded yet"))
        else:
            self._bridge.post(session_id, number, message)

    def start(self, opening: asyncio.Semaphore) -> None:
        """Opens the page in the background.

        Args:
            opening: how many may open at the same time.
        """
        self._chores.start("page", self._run(opening))

    async def opens(self) -> bool:
        """Whether it opens, within its own deadline."""
        await self._settled.wait()
        return self.state is PageState.OPEN

    async def close(self) -> None:
        """Closes the page within a deadline, where its browser's end has not done so already."""
        self.leave()
        await self._chores.close(1.0)
        target, self._target = self._target, None
        if target is None:
            return
        if not self.engine.runs:
            return
        try:
            async with asyncio.timeout(CLOSE_WITHIN_S):
                await self.engine.targets.close(target)
        except (CdpError, TimeoutError) as error:
            self._log.warning("page.close_failed", page=self.number, error=type(error).__name__)

    def leave(self) -> None:
        """Takes nothing more from the page and answers its open instructions: closing's first half."""
        if self.state is not PageState.CLOSED:
            self.state = PageState.CLOSED
            self._settled.set()
            if self._bridge is not None:
                self._bridge.close()
            self.sessions.clear()
            self._unseated.clear()

    async def _run(self, opening: asyncio.Semaphore) -> None:
        try:
            async with opening, asyncio.timeout(OPEN_WITHIN_S):
                await self._open()
        except (CdpError, TimeoutError) as error:
            self._log.warning("page.open_failed", page=self.number, error=type(error).__name__)
            self._settled.set()
            self._gone("a page for it could not be opened")
            return
        if self.state is PageState.OPENING:
            self.state = PageState.OPEN
            self._settled.set()
            self._chores.start("beat", self._serve(self._beat()))
            await self._serve(self._seat())

    async def _serve(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except CdpError:
            self._gone("the page was closed")

    async def _open(self) -> None:
        settings = self._settings
        target = self._target = await self.engine.targets.open(
            private_network=settings.allow_private_network,
            size=settings.render.viewport(settings.sessions_per_page),
            gone=lambda: self._gone("the page was closed"),
        )
        target.on(
            "Inspector.targetCrashed", lambda _: self._die(ErrorCode.PAGE_CRASHED, "the page's process died")
        )
        await host_page.show(target, self._chores)
        bridge = Bridge(
            target,
            style=self._settings.render.style,
            listener=Telling(
                self.number,
                self.sessions,
                self._sink,
                vacate=self._vacate,
                broke=lambda what: self._die(ErrorCode.VIOLATION, f"the page was given up: {what}"),
            ),
            chores=self._chores,
        )
        await bridge.start()
        self._bridge = bridge
        self._pulse = Pulse(
            self.number,
            bridge,
            target,
            settings.heart,
            forgives=0 if self._placing.group else LOOPS_FORGIVEN,
            late=self._late,
            back=self._back,
            strained=self._strained,
            log=self._log,
        )

    async def _seat(self) -> None:
        """Makes iframes for whoever got a seat, as many at a time as there are."""
        bridge = self._bridge
        while bridge is not None:
            await self._some.wait()
            self._some.clear()
            unseated, self._unseated = self._unseated, []
            seats = [(session, self.sessions[session]) for session in unseated if session in self.sessions]
            if not seats:
                continue
            try:
                async with asyncio.timeout(SEAT_WITHIN_S):
                    await bridge.seat(seats)
            except TimeoutError:
                self._die(ErrorCode.PAGE_HUNG, "the page took no more iframes")
                return
            for session, _ in seats:
                if session not in self.sessions:
                    bridge.release(session)

    async def _beat(self) -> None:
        if self._pulse is not None:
            self._die(ErrorCode.PAGE_HUNG, await self._pulse.beat())

    def _late(self) -> None:
        self.state = PageState.UNRESPONSIVE
        self._log.warning("page.unresponsive", page=self.number, sessions=len(self.sessions))
        self._sink(SessionsUnresponsive(tuple(self.sessions)))

    def _back(self) -> None:
        self.state = PageState.OPEN
        self._log.info("page.answers", page=self.number)
        self._sink(SessionsResponsive(tuple(self.sessions)))

    def _vacate(self, session_id: str) -> None:
        del self.sessions[session_id]
        self._vacated(self, session_id)

    def _gone(self, text: str) -> None:
        """The page can't be reached; where the browser is why, its end will be noticed first."""
        asyncio.get_running_loop().call_later(_CAUSE_WITHIN_S, self._die, ErrorCode.PAGE_CRASHED, text)

    def _die(self, code: ErrorCode, text: str) -> None:
        if self.state is not PageState.CLOSED:
            self._died(self, Fault(code, text))

    def _chore_failed(self, name: str, error: BaseException) -> None:
        if self.state is not PageState.CLOSED:
            self._log.warning("page.chore_failed", page=self.number, chore=name, error=repr(error)[:300])
            self._die(ErrorCode.PAGE_CRASHED, "the page could not be served")
