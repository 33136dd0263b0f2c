"""Asks a frame's document for its origin and HTTP status.

The origin that a frame commits is that of its address. A document whose own policy makes it opaque
(`Content-Security-Policy: sandbox`) differs, and only the document knows. The HTTP status is in its
navigation timing, even for an error page, so the Network domain is not needed for it.
"""

from dataclasses import dataclass

from browser_host.bridge.cdp import Cdp, CdpError

_WORLD = "watchdeckProbe"
_QUESTION = """[
  self.origin,
  (performance.getEntriesByType('navigation')[0] || {}).responseStatus || 0,
  performance.timeOrigin + Math.max(performance.timing.domLoading - performance.timing.navigationStart, 0),
]"""


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """What a document reported about itself.

    Args:
        origin: as in its messages; `null` if it is opaque.
        status: of its HTTP response, or 0.
        began_ms: when it began, by the clock of its process.
    """

    origin: str
    status: int
    began_ms: float


async def probe(cdp: Cdp, frame: str) -> DocumentFacts:
    """Ask the document that a frame shows now; the caller sets the deadline.

    The question runs in an isolated world, which the page's scripts cannot change. The world costs 0.2 MB
    until the document is gone, so a frame's first document is not asked: the Network domain reports it.

    Raises:
        CdpError: the page is gone, or the answer is malformed.
    """
    world = await cdp.send("Page.createIsolatedWorld", {"frameId": frame, "worldName": _WORLD})
    question = {"contextId": world["executionContextId"], "expression": _QUESTION, "returnByValue": True}
    answer = await cdp.send("Runtime.evaluate", question)
    match answer:
        case {"result": {"value": [str(origin), int(status), int(began) | float(began)]}}:
            return DocumentFacts(origin, status, float(began))
        case _:
            raise CdpError("the document reported nothing about itself")
