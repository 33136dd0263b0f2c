"""Pages that are opened, controlled and closed through the browser's own DevTools session.

Playwright adds a script world to every frame of the pages that it opens, and subscribes to their network,
console and frames. Watch pages need none of that, and each would pay for it: 100 sessions in ten groups took
700 MB of the browser, 5 % of a core for the driver and 4.2 s to open with Playwright's pages, and 579 MB, 2 %
and 2.2 s with these (medians, 2 cores). Playwright detaches at once from pages in a browser context that it
did not create (`CRBrowser._onAttachedToTarget`).

The session with such a page runs inside the browser's own (`Target.sendMessageToTarget`): Playwright's public
interface has no other way to reach a target that is not its own.
"""

import asyncio
import contextlib
import inspect
import itertools
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from playwright.async_api import CDPSession
from playwright.async_api import Error as PlaywrightError

from browser_host.bridge.cdp import CdpError, Handler

_DISPOSE_WITHIN_S = 2.0
_LOOK_AGAIN_S = 0.02
_LOCAL_NETWORK = (("localNetworkAccess", "localNetwork", "loopbackNetwork"), ("localNetworkAccess",))
"""The permission's names in newer and in older browsers (as Playwright grants it)."""


class CdpTarget:
    """A page and the DevTools session with it; implements `bridge.cdp.Cdp`.

    Args:
        target_id: the browser's id of the page, and of its main frame.
        context: its browser context.
    """

    def __init__(self, targets: "CdpTargets", session: str, target_id: str, context: str) -> None:
        self.session = session
        self.target_id = target_id
        self.context = context
        self.gone: Callable[[], None] = lambda: None
        """Called once, on the loop, when the session ends for another reason than `leave`."""
        self.opened: frozenset[str] = frozenset()
        """Ids of the pages that it opened and that `CdpTargets.opened_by` has returned, while they exist."""
        self._targets = targets
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._handlers: dict[str, list[Handler]] = {}
        self._closed = False

    async def send(self, method: str, params: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Send a command to the page and return its answer.

        Raises:
            CdpError: the page, the browser or the driver is gone, or the browser refused the command.
        """
        if self._closed:
            raise CdpError(f"{method}: the page is gone")
        number = next(self._numbers)
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        message = json.dumps({"id": number, "method": method, "params": params or {}})
        try:
            await self._targets.call(
                "Target.sendMessageToTarget", {"sessionId": self.session, "message": message}
            )
            return await answer
        finally:
            self._waiting.pop(number, None)

    def on(self, event: str, handler: Handler) -> None:
        """Call the handler with each event of this name."""
        self._handlers.setdefault(event, []).append(handler)

    def received(self, text: str) -> None:
        """Take a message of the page's process; a malformed one ends the session.

        The process may be compromised, so nothing in the message is trusted.
        """
        try:
            self._take(json.loads(text))
        except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
            self.ended()

    def _take(self, message: dict[str, Any]) -> None:
        if (method := message.get("method")) is not None:
            for handler in self._handlers.get(method, ()):
                handler(message.get("params") or {})
        elif (answer := self._waiting.get(message["id"])) is not None and not answer.done():
            if "error" in message:
                answer.set_exception(CdpError(str(message["error"])[:200]))
            else:
                answer.set_result({**(message.get("result") or {})})

    def ended(self) -> None:
        """End the session, and answer its open commands."""
        if not self._closed:
            self.leave()
            self.gone()

    def leave(self) -> None:
        """Take nothing more and fail the open commands: the first half of closing."""
        self._closed = True
        self._handlers.clear()
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(CdpError("the page is gone"))
                answer.exception()  # its caller may have given up already


class CdpTargets:
    """The pages of one browser.

    Args:
        root: the browser's own DevTools session.
        create_context: makes a browser context that ends with the connection, and returns its id; None if
            those that the session itself makes do.
    """

    def __init__(self, root: CDPSession, create_context: Callable[[], Awaitable[str]] | None = None) -> None:
        self._root = root
        self._create_context = create_context or self._own_context
        self._open: dict[str, CdpTarget] = {}
        root.on("Target.receivedMessageFromTarget", _signed(self._received))
        root.on("Target.detachedFromTarget", self._detached)

    async def call(self, method: str, params: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Send a command to the browser and return its answer.

        Raises:
            CdpError: the browser or the driver is gone, or the browser refused the command.
        """
        try:
            answer: dict[str, Any] = await self._root.send(method, dict(params or {}))
        except PlaywrightError as error:
            raise CdpError(str(error)[:200]) from error
        return answer

    async def open(self, *, private_network: bool, size: tuple[int, int]) -> CdpTarget:
        """Open an empty page in a new browser context, which the pages that it opens share.

        A context for each group has no measurable cost. It separates the cookies of groups, and full Chrome
        runs the pages of one context in one process with the page that opened them.

        Args:
            private_network: whether pages in it may frame pages of this machine and of private networks.
            size: width and height of the page, in pixels.

        Raises:
            CdpError: the browser is gone.
        """
        context = await self._create_context()
        try:
            await self._permit(context, private_network=private_network)
            await self.call("Browser.setDownloadBehavior", {"behavior": "deny", "browserContextId": context})
            wanted = {"url": "about:blank", "browserContextId": context, "width": size[0], "height": size[1]}
            page = await self.call("Target.createTarget", wanted)
            return await self._attach(page["targetId"], context)
        except BaseException:
            await self._dispose(context)
            raise

    async def opened_by(self, opener: CdpTarget, count: int) -> list[CdpTarget]:
        """Attach to the pages that a page's script has just opened; the caller sets the deadline.

        A page is returned once: one that is being closed still exists for a moment.

        Args:
            count: how many to wait for; more come only if the script opened more.

        Raises:
            CdpError: the browser is gone.
        """
        while True:
            answer = await self.call("Target.getTargets", {"filter": [{"type": "page"}]})
            infos = answer["targetInfos"]
            existing = [info["targetId"] for info in infos if info.get("openerId") == opener.target_id]
            new = [one for one in existing if one not in opener.opened]
            if len(new) >= count:
                break
            await asyncio.sleep(_LOOK_AGAIN_S)
        opener.opened = frozenset(existing)
        return list(await asyncio.gather(*(self._attach(one, opener.context) for one in new)))

    async def close_page(self, target: CdpTarget) -> None:
        """Close one page and leave its context to the others; the caller sets the deadline.

        Raises:
            CdpError: the page or the browser is gone.
        """
        self._open.pop(target.session, None)
        target.leave()
        await self.call("Target.closeTarget", {"targetId": target.target_id})

    async def close(self, target: CdpTarget) -> None:
        """Close a page and all others of its context; the caller sets the deadline.

        Raises:
            CdpError: the browser is gone.
        """
        for one in [one for one in self._open.values() if one.context == target.context]:
            del self._open[one.session]
            one.leave()
        await self.call("Target.disposeBrowserContext", {"browserContextId": target.context})

    async def _own_context(self) -> str:
        made = await self.call("Target.createBrowserContext", {"disposeOnDetach": True})
        context: str = made["browserContextId"]
        return context

    async def _attach(self, target_id: str, context: str) -> CdpTarget:
        session = (await self.call("Target.attachToTarget", {"targetId": target_id}))["sessionId"]
        target = self._open[session] = CdpTarget(self, session, target_id, context)
        return target

    async def _permit(self, context: str, *, private_network: bool) -> None:
        """Grant the permission for private networks or none, and refuse all others without a prompt."""
        for names in _LOCAL_NETWORK if private_network else ((),):
            with contextlib.suppress(CdpError):  # this browser does not know these names: try the next ones
                await self.call(
                    "Browser.grantPermissions", {"permissions": list(names), "browserContextId": context}
                )
                return
        raise CdpError("the browser knows no permission for private networks")

    async def _dispose(self, context: str) -> None:
        with contextlib.suppress(CdpError, TimeoutError):  # the browser is gone, and the context with it
            async with asyncio.timeout(_DISPOSE_WITHIN_S):
                await self.call("Target.disposeBrowserContext", {"browserContextId": context})

    def _received(self, event: dict[str, Any]) -> None:
        if (target := self._open.get(event["sessionId"])) is not None:
            target.received(event["message"])

    def _detached(self, event: dict[str, Any]) -> None:
        if (target := self._open.pop(event["sessionId"], None)) is not None:
            target.ended()


def _signed(handler: Handler) -> Handler:
    """The handler with its signature attached, which Playwright reads for each event: that saves a tenth."""

    def signed(event: dict[str, Any]) -> None:
        handler(event)

    signed.__signature__ = inspect.signature(handler)  # type: ignore[attr-defined]  # inspect's own protocol
    return signed
