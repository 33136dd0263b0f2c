"""Which document a session's frame shows: its first, a later one, or none because loading failed.

Until the page has reported something, every navigation belongs to its first load. After that, every new
document is reported; one that failed, has another origin or reports nothing in time has replaced the page.
"""

import asyncio
from collections.abc import Callable
from enum import Enum, auto
from typing import Any

from browser_host.bridge import load_faults
from browser_host.bridge.cdp import Cdp, CdpError
from browser_host.bridge.document_probe import DocumentFacts, probe
from browser_host.bridge.load_trace import ABORTED, LoadTrace
from browser_host.bridge.navigation_events import (
    DocumentCommitted,
    FrameDocumentReplaced,
    LoadFailed,
    NavigationEvent,
)
from browser_host.bridge.network_domain import NetworkDomain
from browser_host.secrets import WatchLink
from browser_host.sessions.session import Fault
from browser_host.tasks import BackgroundTasks

NO_ORIGIN = "null"
"""How browsers write an opaque origin (of a sandboxed or `data:` document)."""

REPORTS_WITHIN_S = 7.0
"""Seconds in which a reloaded page must report something, so that a replaced page is known within 10."""
_REASON_WITHIN_S = 0.5
"""The reason and the error page take two paths inside the browser; either may be first."""
_ABORTED_FOR_S = 1.0
"""A navigation that the page replaces with another is aborted too; the other one starts at once."""
_PROBE_WITHIN_S = 3.0
_BLOCKED = "net::ERR_BLOCKED_BY_RESPONSE"
_WITHIN_DOCUMENT = {"sameDocument", "historySameDocument"}


class _Phase(Enum):
    FIRST = auto()
    """The page has reported nothing yet."""
    LIVE = auto()
    OVER = auto()
    """It failed, was replaced, or is no longer watched."""


class Navigation:
    """Watches one frame from its first load to its end; subscribes to the page's events itself.

    Args:
        frame: the browser's id of the frame.
        load_within: seconds that the first document may take.
        emit: called with each event, on the loop; must not block.
    """

    def __init__(
        self,
        cdp: Cdp,
        frame: str,
        link: WatchLink,
        *,
        tasks: BackgroundTasks,
        load_within: float,
        emit: Callable[[NavigationEvent], None],
    ) -> None:
        self._cdp = cdp
        self._frame = frame
        self._tasks = tasks
        self._network = NetworkDomain(cdp, tasks)
        self._load_within = load_within
        self._emit = emit
        self._load = LoadTrace(cdp, frame, link.reveal(), self._load_failed)
        self._phase = _Phase.FIRST
        self._timers: list[asyncio.TimerHandle] = []
        self._loader = ""
        self._committed_at = 0.0
        self._home = ""
        self._heard_ms = -1.0
        self._began_ms: float | None = None
        self.origins: tuple[str, ...] = ()
        self.origin: str | None = None
        """Where instructions are posted; None while that is unknown."""
        self.commits = 0
        cdp.on("Page.frameStartedNavigating", self._started)
        cdp.on("Page.frameStoppedLoading", self._stopped)
        cdp.on("Page.frameNavigated", self._navigated)

    async def begin(self) -> None:
        """Watch the first load; call it before the frame gets its address.

        Raises:
            CdpError: the page or the browser is gone.
        """
        self._later(self._load_within, self._load_is_due)
        await self._network.hold()

    @property
    def loading(self) -> bool:
        """Whether the frame has yet to show its first document."""
        return self.commits == 0 and self._phase is _Phase.FIRST

    @property
    def cannot_post(self) -> str | None:
        """Why no instruction can be posted now; None if one can."""
        if self._phase is _Phase.OVER:
            return "the page was replaced by another document"
        if self.commits == 0:
            return "the page has not loaded yet"
        if self.origin is None:
            return "the page is loading another document"
        if self.origin == NO_ORIGIN:
            return "the page has no origin of its own to post to"
        return None

    def accept(self, origin: str, at_ms: float) -> bool:
        """Accept a message that the frame's own window posted, if its origin is the page's.

        Args:
            origin: its origin, as the browser reports it.
            at_ms: when it arrived, by the clock of the page's process: a message of the previous document may
                reach the host after the event that the next one was committed.

        Returns:
            Whether it is from the session's page; otherwise it counts as a violation.
        """
        if not self.commits or origin not in {NO_ORIGIN, *self.origins}:
            return False
        self._heard_ms = max(self._heard_ms, at_ms)
        if self._phase is _Phase.FIRST:
            self._phase = _Phase.LIVE
            self._home = origin
            self._cancel_timers()
            self._network.release()
        elif self._began_ms is not None and at_ms >= self._began_ms:
            self._cancel_timers()
        if self.origin is None or (origin == NO_ORIGIN and self.commits == 1):
            self.origin = origin
        return True

    def close(self) -> None:
        """Stop watching the frame and emitting events."""
        self._phase = _Phase.OVER
        self._cancel_timers()
        self._network.close()

    # -- what the browser reports

    def _started(self, event: dict[str, Any]) -> None:
        if event["frameId"] != self._frame or self._phase is _Phase.OVER:
            return
        # Other addresses, such as mailto:, open nothing: the document stays.
        if event.get("navigationType") in _WITHIN_DOCUMENT or not _is_http(event["url"]):
            return
        self._load.begin(event["loaderId"], event["url"])
        self._network.hold_soon()

    def _stopped(self, event: dict[str, Any]) -> None:
        if event["frameId"] == self._frame and self._phase is _Phase.LIVE:
            self._network.release()

    def _navigated(self, event: dict[str, Any]) -> None:
        frame = event["frame"]
        if frame["id"] != self._frame or self._phase is _Phase.OVER:
            return
        loader, address = frame["loaderId"], frame["url"]
        if (unreachable := frame.get("unreachableUrl")) is not None:
            self._loader, self.origin = loader, None
            self._tasks.start("load fault", self._explain(loader, unreachable))
        elif self.commits or address != "about:blank":
            self._commit(loader, address, frame["securityOrigin"])

    def _load_failed(self) -> None:
        if self._phase is not _Phase.FIRST:
            return  # an error page follows
        loader, address, error = self._load.loader, self._load.address, self._load.error
        if error != ABORTED:
            self._fail(load_faults.net_error(address, error))
        elif not self.commits:

            def still_aborted() -> None:
                if self._load.loader == loader and not self.commits:
                    self._fail(load_faults.net_error(address, ABORTED))

            self._later(_ABORTED_FOR_S, still_aborted)

    def _load_is_due(self) -> None:
        if self.commits:
            self._network.release()  # a page that reports nothing becomes stale
        else:
            self._fail(load_faults.no_answer(self._load.address, self._load_within))

    # -- what follows from it

    def _commit(self, loader: str, address: str, origin: str) -> None:
        traced = loader == self._load.loader and self._load.status is not None
        fault = load_faults.http_status(self._load.address, self._load.status or 0) if traced else None
        if fault is not None and self._phase is _Phase.FIRST:
            self._fail(fault)
            return
        self._loader = loader
        self._committed_at = asyncio.get_running_loop().time()
        self._began_ms = None
        self.commits += 1
        if self._phase is _Phase.FIRST and _is_http(origin) and origin != self._newest:
            self.origins = (origin, *self.origins)[:2]
        self._emit(DocumentCommitted(self.origins, self.commits))
        if self.commits == 1 and traced:
            self.origin = NO_ORIGIN if self._load.is_opaque else self._newest
        else:
            self.origin = None
            live = self._phase is _Phase.LIVE
            self._tasks.start("document", self._inspect(loader, address, origin, live=live))

    async def _inspect(self, loader: str, address: str, committed: str, *, live: bool) -> None:
        """Check a later document by what it reports about itself.

        Args:
            live: whether the page had reported something when the document was committed.
        """
        facts = await self._probe() or DocumentFacts(committed, 0, self._heard_ms)
        if self._loader != loader or self._phase is _Phase.OVER:
            return
        live = live or (self._phase is _Phase.LIVE and self._heard_ms < facts.began_ms)
        if (fault := load_faults.http_status(address, facts.status)) is not None:
            self._fail(fault)
        elif live and facts.origin != self._home:
            self._replaced(load_faults.origin_text(facts.origin), load_faults.left(address))
        else:
            self.origin = facts.origin if _is_http(facts.origin) else NO_ORIGIN
            self._began_ms = facts.began_ms
            if live:
                self._reloaded(address, load_faults.origin_text(facts.origin))

    def _reloaded(self, address: str, origin: str) -> None:
        """Report that the page reloaded itself, and wait for it to report something."""
        self._emit(FrameDocumentReplaced(origin, None))
        if self._began_ms is not None and self._heard_ms < self._began_ms:
            waited = asyncio.get_running_loop().time() - self._committed_at
            fault = load_faults.silent(address, REPORTS_WITHIN_S)
            self._later(REPORTS_WITHIN_S - waited, lambda: self._replaced(origin, fault))

    async def _explain(self, loader: str, address: str) -> None:
        """Report why the frame shows the browser's error page."""
        traced = loader == self._load.loader
        error = await self._load.reason(_REASON_WITHIN_S) if traced else ""
        if not error and (facts := await self._probe()) is not None and facts.status:
            error = _BLOCKED  # there was a response, but it may not be shown here
        if self._loader == loader and self._phase is not _Phase.OVER:
            self._fail(load_faults.net_error(address, error))

    async def _probe(self) -> DocumentFacts | None:
        try:
            async with asyncio.timeout(_PROBE_WITHIN_S):
                return await probe(self._cdp, self._frame)
        except (CdpError, TimeoutError):
            return None  # the page hangs or is gone, which is detected elsewhere

    def _fail(self, fault: Fault) -> None:
        if self._phase is _Phase.LIVE:
            self._replaced(NO_ORIGIN, load_faults.replaced(fault))
        else:
            self.close()
            self._emit(LoadFailed(fault))

    def _replaced(self, origin: str, fault: Fault) -> None:
        self.close()
        self.origin = None
        self._emit(FrameDocumentReplaced(origin, fault))

    @property
    def _newest(self) -> str:
        return self.origins[0] if self.origins else NO_ORIGIN

    def _later(self, delay: float, then: Callable[[], None]) -> None:
        self._timers.append(asyncio.get_running_loop().call_later(delay, then))

    def _cancel_timers(self) -> None:
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()


def _is_http(address: str) -> bool:
    return address.startswith(("https://", "http://"))
