"""What the simulator observed: instructions that pages received, page events, and links issued."""

import asyncio
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

MAX_ENTRIES = 100_000
"""Entries kept of each kind; the oldest are dropped."""


@dataclass(frozen=True, slots=True)
class InstructionSeen:
    """A message that a page received from its parent.

    Args:
        session: id of the session whose page received it.
        link: fingerprint of the link that the page was opened with.
        opening: number of the page load, from 1.
        action: the envelope's `action`, or an empty string if it had none.
        at: time on the page's clock, milliseconds since the epoch.
        took: whether the page acted on it.
        message: the whole message.
    """

    session: str
    link: str
    opening: int
    action: str
    at: float
    took: bool
    message: Any


@dataclass(frozen=True, slots=True)
class LifeEvent:
    """An event of a page: it opened, reported a status, tried something, or got a message from a stranger."""

    session: str
    link: str
    opening: int
    at: float
    kind: str
    text: str
    message: Any = None


@dataclass(frozen=True, slots=True)
class LinkIssued:
    """A watch link that the REST service issued, and the request for it."""

    session: str
    link: str
    request: dict[str, Any]


class SimulatorRecord:
    """The observations of one run, for tests to read and wait for.

    Besides entries it counts, by session, how often a page was opened and how many images it requested; and,
    of all sessions, the bytes of pages, scripts and images, without the heads of answers.
    """

    def __init__(self) -> None:
        self.instructions: deque[InstructionSeen] = deque(maxlen=MAX_ENTRIES)
        self.life: deque[LifeEvent] = deque(maxlen=MAX_ENTRIES)
        self.links: deque[LinkIssued] = deque(maxlen=MAX_ENTRIES)
        self.calls: deque[str] = deque(maxlen=MAX_ENTRIES)
        self.opened: Counter[str] = Counter()
        self.images: Counter[str] = Counter()
        self.page_bytes = 0
        self._changed = asyncio.Condition()

    async def changed(self) -> None:
        """Wake all waiters; call it after every change."""
        async with self._changed:
            self._changed.notify_all()

    async def until(self, holds: Callable[["SimulatorRecord"], bool], within: float) -> None:
        """Wait until `holds` is true of this record.

        Args:
            holds: evaluated now and after every change.
            within: seconds.

        Raises:
            TimeoutError: `holds` did not become true in time.
        """
        async with asyncio.timeout(within), self._changed:
            await self._changed.wait_for(lambda: holds(self))

    def as_json(self) -> dict[str, Any]:
        """Return everything in JSON shape, with fingerprints instead of links."""
        return {
            "instructions": [asdict(seen) for seen in self.instructions],
            "life": [asdict(event) for event in self.life if event.kind == "life"],
            "strays": [asdict(event) for event in self.life if event.kind == "stray"],
            "links": [asdict(issued) for issued in self.links],
            "calls": list(self.calls),
            "opened": dict(self.opened),
            "images": dict(self.images),
            "page_bytes": self.page_bytes,
        }
