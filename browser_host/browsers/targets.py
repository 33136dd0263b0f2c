"""Pages that are made, spoken to and closed through the browser's own DevTools session.

Playwright looks after the pages that it makes: a script world in every frame of theirs, and their network,
console and frames listened to. Nothing of that is wanted of watch pages, and all of it is paid for by each:
100 sessions in ten pages took 700 MB of the browser, 5 % of a core of the driver and 4.2 s to open with
Playwright's pages, and 579 MB, 2 % and 2.2 s with these (medians, 2 cores). Pages in a browser context that
Playwright did not make it lets go of at once (`CRBrowser._onAttachedToTarget`).

The session with such a page is carried inside the browser's own (`Target.sendMessageToTarget`), for
Playwright's public interface has no other way to a target that is not its own.
"""

import asyncio
import contextlib
import inspect
import itertools
import json
from collections.abc import Callable, Mapping
from typing import Any

from playwright.async_api import CDPSession
from playwright.async_api import Error as PlaywrightError

from browser_host.bridge.cdp import CdpError, Handler

_DISPOSE_WITHIN_S = 2.0
_LOCAL_NETWORK = (("localNetworkAccess", "localNetwork", "loopbackNetwork"), ("localNetworkAccess",))
"""The permission's names, of newer browsers and of older ones (as Playwright grants it)."""


class Target:
    """A page and the DevTools session with it; implements `bridge.cdp.Cdp`.

    Args:
        context: the browser context that it has to itself.
        gone: called once, from the loop, when the session ends without our doing.
    """

    def __init__(self, targets: "Targets", session: str, context: str, gone: Callable[[], None]) -> None:
        self.session = session
        self.context = context
        self._targets = targets
        self._gone = gone
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._handlers: dict[str, list[Handler]] = {}
        self._closed = False

    async def send(self, method: str, params: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """A command to the page, and its answer.

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
        """Calls the handler with each event of this name."""
        self._handlers.setdefault(event, []).append(handler)

    def received(self, text: str) -> None:
        """Takes a message of the page's process; one that makes no sense ends the session.

        The process may have been broken into, so nothing of what it says is taken for granted.
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
        """The session is over: nobody waits for it any longer."""
        if not self._closed:
            self.leave()
            self._gone()

    def leave(self) -> None:
        """Takes nothing more and answers who waits: closing's first half."""
        self._closed = True
        self._handlers.clear()
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(CdpError("the page is gone"))
                answer.exception()  # its asker may have given up already


class Targets:
    """The pages of one browser.

    Args:
        root: the browser's own DevTools session.
    """

    def __init__(self, root: CDPSession) -> None:
        self._root = root
        self._open: dict[str, Target] = {}
        root.on("Target.receivedMessageFromTarget", _signed(self._received))
        root.on("Target.detachedFromTarget", self._detached)

    async def call(self, method: str, params: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """A command to the browser, and its answer.

        Raises:
            CdpError: the browser or the driver is gone, or the browser refused the command.
        """
        try:
            answer: dict[str, Any] = await self._root.send(method, dict(params or {}))
        except PlaywrightError as error:
            raise CdpError(str(error)[:200]) from error
        return answer

    async def open(self, *, private_network: bool, size: tuple[int, int], gone: Callable[[], None]) -> Target:
        """An empty page in a browser context of its own.

        One context a page costs nothing that could be measured. It keeps the cookies of pages apart, and
        full Chrome puts frames of one site in one context into one process over all its pages.

        Args:
            private_network: whether it may frame pages of this machine and of private networks.
            size: the page's width and height in pixels.
            gone: called once, from the loop, when the page goes by itself.

        Raises:
            CdpError: the browser is gone.
        """
        made = await self.call("Target.createBrowserContext", {"disposeOnDetach": True})
        context: str = made["browserContextId"]
        try:
            await self._permit(context, private_network=private_network)
            await self.call("Browser.setDownloadBehavior", {"behavior": "deny", "browserContextId": context})
            wanted = {"url": "about:blank", "browserContextId": context, "width": size[0], "height": size[1]}
            page = await self.call("Target.createTarget", wanted)
            session = await self.call("Target.attachToTarget", {"targetId": page["targetId"]})
        except BaseException:
            await self._dispose(context)
            raise
        target = self._open[session["sessionId"]] = Target(self, session["sessionId"], context, gone)
        return target

    async def close(self, target: Target) -> None:
        """Closes a page and all that its context holds; the caller sets the deadline.

        Raises:
            CdpError: the browser is gone.
        """
        self._open.pop(target.session, None)
        target.leave()
        await self.call("Target.disposeBrowserContext", {"browserContextId": target.context})

    async def _permit(self, context: str, *, private_network: bool) -> None:
        """Grants what is named, and refuses everything else, without asking anybody."""
        for names in _LOCAL_NETWORK if private_network else ((),):
            with contextlib.suppress(CdpError):  # names that this browser does not know: the next ones
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
    """The handler with its signature on it: Playwright looks for it at each event, a tenth of the cost."""

    def signed(event: dict[str, Any]) -> None:
        handler(event)

    signed.__signature__ = inspect.signature(handler)  # type: ignore[attr-defined]  # inspect's own protocol
    return signed
