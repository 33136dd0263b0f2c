"""The session pages of a group: opened a few at a time, closed, and lost one by one."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from browser_host.bridge.bridge import Bridge
from browser_host.bridge.cdp import CdpError
from browser_host.bridge.events import LossCause, ReportSink, SessionBlocked, SessionOpened, SessionsLost
from browser_host.bridge.host_document import SessionDocuments
from browser_host.bridge.page_health import storage
from browser_host.browsers.browser import HostBrowser
from browser_host.browsers.group.page import SessionPage
from browser_host.browsers.log import Log
from browser_host.browsers.settings import PoolSettings
from browser_host.browsers.viewing import picture, pointer
from browser_host.errors import InputFailed, NoPicture
from browser_host.protocol.pointer_input import PointerInput
from browser_host.secrets import WatchLink
from browser_host.sessions.session import ErrorCode, Fault
from browser_host.tasks import BackgroundTasks

if TYPE_CHECKING:
    from browser_host.browsers.cdp_targets import CdpTarget

CLOSE_WITHIN_S = 5.0
CAUSE_WITHIN_S = 0.5
"""Seconds before a lost page or group is reported: its group or its browser may be the cause."""
_PAGES_WITHIN_S = 20.0
_TOGETHER = 5
"""Pages opened in one call. Each window blocks the shared process for milliseconds, so a long row of them
would delay the sessions already there."""
_STORAGE_WITHIN_S = 3.0


class SessionPages:
    """The sessions of a group and the page of each.

    Args:
        number: of the group.
        sites: numbers for session pages, each used once in the lifetime of the host.
        tasks: of the group, which end with it.
        loaded: called when a page has loaded its first document.
        vacated: called with the id of a session that left because its page was blocked or lost.
        broke: called with a reason when the group's process can no longer be trusted.
    """

    def __init__(
        self,
        number: int,
        browser: HostBrowser,
        settings: PoolSettings,
        *,
        documents: SessionDocuments,
        sites: Iterator[int],
        sink: ReportSink,
        log: Log,
        tasks: BackgroundTasks,
        loaded: Callable[[], None],
        vacated: Callable[[str], None],
        broke: Callable[[str], None],
    ) -> None:
        self.sessions: dict[str, WatchLink] = {}
        self._number = number
        self._browser = browser
        self._settings = settings
        self._documents = documents
        self._sites = sites
        self._sink = sink
        self._log = log
        self._tasks = tasks
        self._loaded = loaded
        self._vacated = vacated
        self._broke = broke
        self._pages: dict[str, SessionPage] = {}
        self._unopened: list[str] = []
        self._added = asyncio.Event()
        self._opening = False
        self._picturing = asyncio.Lock()

    @property
    def opening(self) -> bool:
        """Whether pages are being opened."""
        return self._opening

    def add(self, session_id: str, link: WatchLink) -> None:
        """Add a session; its page opens as soon as the group is open."""
        self.sessions[session_id] = link
        self._unopened.append(session_id)
        self._added.set()

    def release(self, session_id: str) -> None:
        """Remove a session and close its page; nothing more is reported about it."""
        self.sessions.pop(session_id, None)
        if session_id in self._unopened:
            self._unopened.remove(session_id)
        if (page := self._pages.pop(session_id, None)) is not None:
            page.leave()
            self._tasks.start("close session page", self._close_page(page.target))

    def leave(self) -> None:
        """Remove all sessions; the group closes their pages with its own."""
        for page in self._pages.values():
            page.leave()
        self._pages.clear()
        self.sessions.clear()
        self._unopened.clear()

    async def open_added(self, opener: "CdpTarget", bridge: Bridge, opening: asyncio.Semaphore) -> None:
        """Open pages for the sessions as they are added, until cancelled.

        Args:
            opener: the group's own page.
            opening: limits how many groups open pages at the same time.

        Raises:
            CdpError: the group's page or the browser is gone.
            TimeoutError: the process did not open the pages in time.
        """
        while True:
            await self._added.wait()
            self._added.clear()
            while self._unopened:
                async with opening:
                    sessions, self._unopened = self._unopened[:_TOGETHER], self._unopened[_TOGETHER:]
                    self._opening = True
                    async with asyncio.timeout(_PAGES_WITHIN_S):
                        await self._open(sessions, opener, bridge)
                    self._opening = False

    async def screenshot(self, session_id: str, width: int) -> bytes:
        """Take a picture of a session's page; one at a time, because all pages share a thread.

        Raises:
            NoPicture: the session has no page now, or the page did not answer in time.
        """
        if (page := self._pages.get(session_id)) is None:
            raise NoPicture("the session has no page now")
        try:
            async with asyncio.timeout(picture.WITHIN_S), self._picturing:
                return await page.picture(self._settings.render, width)
        except TimeoutError:
            raise NoPicture(f"the page gave no picture within {picture.WITHIN_S:g} s") from None
        except CdpError:
            raise NoPicture("the session's page is gone") from None

    async def send_input(self, session_id: str, sent: PointerInput) -> None:
        """Send mouse input to the session's page, never while its picture is taken.

        Raises:
            InputFailed: it has no page now, or its page did not take it in time.
        """
        if (page := self._pages.get(session_id)) is None:
            raise InputFailed(pointer.NO_PAGE)
        try:
            async with asyncio.timeout(pointer.WITHIN_S), self._picturing:
                await page.send_input(self._settings.render, sent)
        except TimeoutError:
            raise InputFailed(f"the page did not take the input within {pointer.WITHIN_S:g} s") from None
        except CdpError:
            raise InputFailed("the session's page is gone") from None

    async def check_storage(self) -> None:
        """Close the pages that store more than the limit."""
        for page in list(self._pages.values()):
            try:
                async with asyncio.timeout(_STORAGE_WITHIN_S):
                    used = await storage.usage(page.target)
            except (CdpError, TimeoutError):
                continue  # a page that is gone or hangs is detected elsewhere
            if used > storage.LIMIT_BYTES:
                limit = storage.LIMIT_BYTES // 1_000_000
                text = f"the page stored {used // 1_000_000} MB; the limit is {limit} MB"
                self._blocked(page, Fault(ErrorCode.VIOLATION, text))

    async def _open(self, sessions: Sequence[str], opener: "CdpTarget", bridge: Bridge) -> None:
        numbers = [next(self._sites) for _ in sessions]
        await bridge.open(numbers)
        targets = await self._browser.targets.opened_by(opener, len(numbers))
        if len(targets) > len(numbers):
            self._broke("it opened more pages than it was told to")
            return
        opening = []
        # Any page serves any session: it gets its number with the address that it is navigated to.
        for number, session_id, target in zip(numbers, sessions, targets, strict=True):
            if session_id not in self.sessions or session_id in self._unopened:
                # Released meanwhile; if it was added again, its new page follows.
                self._tasks.start("close session page", self._close_page(target))
            else:
                opening.append(self._open_page(self._page(number, session_id, target, bridge)))
        await asyncio.gather(*opening)

    def _page(self, number: int, session_id: str, target: "CdpTarget", bridge: Bridge) -> SessionPage:
        page = self._pages[session_id] = SessionPage(
            number,
            session_id,
            self.sessions[session_id],
            target,
            bridge=bridge,
            sink=self._sink,
            tasks=self._tasks,
            loaded=self._loaded,
            blocked=self._blocked,
            broke=self._broke,
        )
        target.gone = lambda: self._gone(page, "the session's page was closed")
        target.on("Inspector.targetCrashed", lambda _: self._gone(page, "the page's process died"))
        return page

    async def _open_page(self, page: SessionPage) -> None:
        try:
            await page.open(
                self._documents.of(page.number), self._settings.render.screen, self._settings.load_within
            )
        except CdpError:
            self._gone(page, "a page for it could not be opened")
            return
        except asyncio.CancelledError:
            if self._pages.get(page.session_id) is page:
                raise
            return  # only this page was closed meanwhile
        if self._pages.get(page.session_id) is page:
            self._sink(SessionOpened(page.session_id, self._number, self._browser.endpoint))

    async def _close_page(self, target: "CdpTarget") -> None:
        try:
            async with asyncio.timeout(CLOSE_WITHIN_S):
                await self._browser.targets.close_page(target)
        except (CdpError, TimeoutError) as error:
            self._log.warning("page.close_failed", group=self._number, error=type(error).__name__)

    def _blocked(self, page: SessionPage, fault: Fault) -> None:
        if self._vacate(page):
            self._sink(SessionBlocked(page.session_id, fault))

    def _gone(self, page: SessionPage, text: str) -> None:
        """Report a page as lost, unless its group or browser turns out to be the cause."""
        asyncio.get_running_loop().call_later(CAUSE_WITHIN_S, self._lose, page, text)

    def _lose(self, page: SessionPage, text: str) -> None:
        if self._vacate(page):
            self._log.warning("page.lost", group=self._number, session=page.session_id)
            self._sink(SessionsLost((page.session_id,), Fault(ErrorCode.PAGE_CRASHED, text), LossCause.CRASH))

    def _vacate(self, page: SessionPage) -> bool:
        """Close a page whose session leaves the group; False if it was closed before."""
        if self._pages.get(page.session_id) is not page:
            return False
        self.release(page.session_id)
        self._vacated(page.session_id)
        return True
