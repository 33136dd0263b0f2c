"""The script of a group page: injected and called.

It runs in the document's main world, where no other script can run: the document has its own origin, its
policy allows no script, and it has no frame.

It sends its batches as events of the document to a binding in an isolated world. So neither session pages nor
watch pages ever have the binding, and `Runtime.enable`, which would send every console line of every page, is
not needed. The binding must be added after the world exists.
"""

from collections.abc import Iterable, Sequence
from importlib.resources import files
from typing import Any

from browser_host.bridge.cdp import Cdp, CdpError
from browser_host.bridge.command_queue import Command
from browser_host.bridge.host_document import site
from browser_host.bridge.limits import Limits

BINDING = "watchdeckOut"
_WORLD = "watchdeck"
_HEARD = "watchdeck"
"""The event with which the script hands a batch to the binding; prevented once the binding took it."""
_HAND_ON = (
    f'document.addEventListener("{_HEARD}", '
    f"(event) => {{ {BINDING}(event.detail); event.preventDefault(); }}, true);"
)


class Hub:
    """hub.js as it runs in one page.

    Args:
        context: id of the execution context that has the binding; a batch from any other is not the script's.
    """

    def __init__(self, cdp: Cdp, frame: str, context: int, script: str) -> None:
        self.frame = frame
        self.context = context
        self._cdp = cdp
        self._script = script

    @classmethod
    async def start(cls, cdp: Cdp, limits: Limits) -> "Hub":
        """Inject the script into the page.

        Raises:
            CdpError: the page or the browser is gone.
        """
        tree = await cdp.send("Page.getFrameTree")
        frame = tree["frameTree"]["frame"]["id"]
        world = await cdp.send("Page.createIsolatedWorld", {"frameId": frame, "worldName": _WORLD})
        context = world["executionContextId"]
        await cdp.send("Runtime.addBinding", {"name": BINDING, "executionContextName": _WORLD})
        await cdp.send("Runtime.evaluate", {"contextId": context, "expression": _HAND_ON})
        source = files("browser_host.bridge").joinpath("hub.js").read_text("utf-8")
        made = await cdp.send("Runtime.evaluate", {"expression": source})
        function = "function(limits, heard) { return this(limits, heard); }"
        started = await _call(
            cdp, made["result"]["objectId"], function, [limits.for_page(), _HEARD], returnByValue=False
        )
        return cls(cdp, frame, context, started["objectId"])

    async def open(self, numbers: Iterable[int]) -> None:
        """Open windows for session pages; each claims its number once it is navigated to its site."""
        sites = [[number, site(number)] for number in numbers]
        await _call(self._cdp, self._script, "function(sites) { return this.open(sites); }", [sites])

    async def take(self, commands: Sequence[Command]) -> Sequence[object]:
        """Have the hub carry out commands, and return an answer to each."""
        function = "function(commands) { return this.take(commands); }"
        answers: list[object] = (
            await _call(self._cdp, self._script, function, [commands], awaitPromise=True)
        )["value"]
        return answers


async def _call(
    cdp: Cdp, target: str, function: str, arguments: Sequence[object], **how: bool
) -> dict[str, Any]:
    params = {
        "objectId": target,
        "functionDeclaration": function,
        "arguments": [{"value": argument} for argument in arguments],
        "returnByValue": True,
        **how,
    }
    answer: dict[str, Any] = await cdp.send("Runtime.callFunctionOn", params)
    if "exceptionDetails" in answer:
        raise CdpError("the hub's script failed")
    result: dict[str, Any] = answer["result"]
    return result
