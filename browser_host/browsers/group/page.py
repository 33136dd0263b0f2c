"""A session page: a top-level target with a site of its own, whose one iframe is the watch page."""

import asyncio
from collections.abc import Callable
from typing import Any

from browser_host.bridge import host_document, navigation_events
from browser_host.bridge.bridge import Bridge, BridgedPage
from browser_host.bridge.cdp import CdpError
from browser_host.bridge.events import PageReplaced, ReportSink
from browser_host.bridge.host_document import HostDocument
from browser_host.bridge.navigation import Navigation
from browser_host.bridge.navigation_events import DocumentCommitted, LoadFailed, NavigationEvent
from browser_host.browsers.cdp_targets import CdpTarget
from browser_host.browsers.settings import Render
from browser_host.browsers.viewing import picture, pointer
from browser_host.protocol.pointer_input import PointerInput
from browser_host.secrets import WatchLink
from browser_host.sessions.session import Fault
from browser_host.tasks import BackgroundTasks


class SessionPage:
    """One session's page, from its empty window to its end.

    Args:
        number: of its site; never reused.
        loaded: called when its frame has committed its first document.
        blocked: called once if that document can't be shown.
        broke: called with a reason if its own document was replaced.
    """

    def __init__(
        self,
        number: int,
        session_id: str,
        link: WatchLink,
        target: CdpTarget,
        *,
        bridge: Bridge,
        sink: ReportSink,
        tasks: BackgroundTasks,
        loaded: Callable[[], None],
        blocked: Callable[["SessionPage", Fault], None],
        broke: Callable[[str], None],
    ) -> None:
        self.number = number
        self.session_id = session_id
        self.target = target
        self._link = link
        self._bridge = bridge
        self._sink = sink
        self._tasks = tasks
        self._loaded = loaded
        self._blocked = blocked
        self._broke = broke
        self._frame: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._navigation: Navigation | None = None
        self._opening: asyncio.Task[Any] | None = None

    async def open(self, document: HostDocument, screen: dict[str, object], load_within: float) -> None:
        """Show its host document, and load the watch link in its frame; the caller sets the deadline.

        Raises:
            CdpError: the page or the browser is gone.
        """
        self._opening = asyncio.current_task()
        self.target.on("Page.frameAttached", self._attached)
        await host_document.show(self.target, self._tasks, document, screen)
        frame = await self._frame
        self.target.on("Page.frameNavigated", self._navigated)
        navigation = Navigation(
            self.target, frame, self._link, tasks=self._tasks, load_within=load_within, emit=self._heard
        )
        self._navigation = navigation
        await navigation.begin()
        self._bridge.add(BridgedPage(self.number, self.session_id, navigation), self._link)
        self._opening = None

    async def picture(self, render: Render, width: int) -> bytes:
        """Take its picture; the caller sets the deadline.

        Raises:
            CdpError: the page or the browser is gone.
            NoPicture: the browser's answer is not a picture.
        """
        return await picture.take(self.target, self._shown(), render, width)

    async def send_input(self, render: Render, sent: PointerInput) -> None:
        """Send it mouse input; the caller sets the deadline.

        Raises:
            CdpError: the page or the browser is gone.
        """
        await pointer.send(self.target, self._shown(), render, sent)

    def leave(self) -> None:
        """Take nothing more from the page, and stop opening it: the first half of closing."""
        if self._navigation is not None:
            self._navigation.close()
        if self._opening is not None:
            self._opening.cancel()  # it may wait for an event that no longer arrives
        self._bridge.remove(self.number)
        self.target.leave()

    def _shown(self) -> str:
        if not self._frame.done() or self._frame.cancelled():
            raise CdpError("the page is not shown yet, or no longer")
        return self._frame.result()

    def _attached(self, event: dict[str, Any]) -> None:
        # The document's own script adds the first frame, before any script of a watch page can run.
        if not self._frame.done():
            self._frame.set_result(event["frameId"])

    def _navigated(self, event: dict[str, Any]) -> None:
        frame = event["frame"]
        if frame["id"] == self.target.target_id:
            self._broke("a session page's own document was replaced")

    def _heard(self, event: NavigationEvent) -> None:
        match event:
            case DocumentCommitted(_, commits):
                self._bridge.committed(self.number)
                if commits == 1:
                    self._loaded()
            case LoadFailed(fault):
                self._blocked(self, fault)
            case navigation_events.FrameDocumentReplaced(origin, fault):
                self._sink(PageReplaced(self.session_id, origin, fault))
