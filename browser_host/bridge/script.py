"""The script in the host page: put there, and called.

It runs in the document's own world, which nobody else has a script in: the document is on an origin of its
own, and its policy lets no script in. In a world beside it, each iframe that it holds would get a script
context there too (0.2 MB a session, and a quarter of what a message costs the browser).

What it says leaves through a binding that lives in such a world beside it, as an event of the document: so no
iframe ever has the binding, and no `Runtime.enable` is needed, which would send every console line of every
watch page. `Page.createIsolatedWorld` makes the world in the main frame alone, where a script for new
documents would make one in every iframe. The binding must be added after the world exists.
"""

from collections.abc import Sequence
from importlib.resources import files
from typing import Any

from browser_host.bridge.cdp import Cdp, CdpError
from browser_host.bridge.limits import Limits
from browser_host.bridge.orders import Order

BINDING = "watchdeckOut"
_WORLD = "watchdeck"
_SAID = "watchdeck"
"""The event by which the script hands a batch to the binding."""
_HAND_ON = f'document.addEventListener("{_SAID}", (event) => {BINDING}(event.detail), true);'


class Script:
    """bridge.js as it runs in one page.

    Args:
        frame: the browser's id of the page's main frame.
        context: of the execution context that has the binding; a batch from any other is not the script's.
    """

    def __init__(self, cdp: Cdp, frame: str, context: int, script: str) -> None:
        self.frame = frame
        self.context = context
        self._cdp = cdp
        self._script = script

    @classmethod
    async def start(cls, cdp: Cdp, limits: Limits, style: str) -> "Script":
        """Puts the script into the page.

        Args:
            style: CSS of an iframe.

        Raises:
            CdpError: the page or the browser is gone.
        """
        tree = await cdp.send("Page.getFrameTree")
        frame = tree["frameTree"]["frame"]["id"]
        world = await cdp.send("Page.createIsolatedWorld", {"frameId": frame, "worldName": _WORLD})
        context = world["executionContextId"]
        await cdp.send("Runtime.addBinding", {"name": BINDING, "executionContextName": _WORLD})
        await cdp.send("Runtime.evaluate", {"contextId": context, "expression": _HAND_ON})
        source = files("browser_host.bridge").joinpath("bridge.js").read_text("utf-8")
        made = await cdp.send("Runtime.evaluate", {"expression": source})
        function = "function(limits, style, said) { return this(limits, style, said); }"
        arguments = [limits.for_page(), style, _SAID]
        started = await _call(cdp, made["result"]["objectId"], function, arguments, by_value=False)
        return cls(cdp, frame, context, started["objectId"])

    async def prepare(self, numbers: Sequence[int]) -> None:
        """Makes empty iframes of these numbers, in this order."""
        await _call(self._cdp, self._script, "function(numbers) { return this.prepare(numbers); }", [numbers])

    async def take(self, orders: Sequence[Order]) -> Sequence[object]:
        """Has orders carried out; returns an answer to each."""
        function = "function(orders) { return this.take(orders); }"
        answers: list[object] = (await _call(self._cdp, self._script, function, [orders]))["value"]
        return answers


async def _call(
    cdp: Cdp, target: str, function: str, arguments: Sequence[object], *, by_value: bool = True
) -> dict[str, Any]:
    params = {
        "objectId": target,
        "functionDeclaration": function,
        "arguments": [{"value": argument} for argument in arguments],
        "returnByValue": by_value,
    }
    answer: dict[str, Any] = await cdp.send("Runtime.callFunctionOn", params)
    if "exceptionDetails" in answer:
        raise CdpError("the bridge's script failed")
    result: dict[str, Any] = answer["result"]
    return result
