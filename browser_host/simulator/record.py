"""What the simulator saw: which page was told what, what each lived through, which links were made."""

import asyncio
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

KEPT = 100_000
"""Entries of a kind; a run that says more forgets its oldest."""


@dataclass(frozen=True, slots=True)
class InstructionSeen:
    """A message that a page got from its parent.

    Args:
        session: id of the session whose page got it.
        link: fingerprint of the link the page was opened with.
        opening: number of the page's load, from 1.
        action: the envelope's `action`, or an empty text where it had none.
        at: the page's clock, milliseconds since 1970.
        took: whether the page acted upon it.
        message: all of it.
    """

    session: str
    link: str
    opening: int
    action: str
    at: float
    took: bool
    message: Any


@dataclass(frozen=True, slots=True)
class Lived:
    """A moment of a page's own life: it opened, said a status, tried something; or was told by a stranger."""

    session: str
    link: str
    opening: int
    at: float
    kind: str
    text: str
    message: Any = None


@dataclass(frozen=True, slots=True)
class LinkMade:
    """A watch link that the REST service made, and what was asked with it."""

    session: str
    link: str
    request: dict[str, Any]


class Record:
    """Keeps what was seen, for tests to read and to wait on."""

    def __init__(self) -> None:
        self.instructions: deque[InstructionSeen] = deque(maxlen=KEPT)
        self.life: deque[Lived] = deque(maxlen=KEPT)
        self.links: deque[LinkMade] = deque(maxlen=KEPT)
        self.calls: deque[str] = deque(maxlen=KEPT)
        self.opened: Counter[str] = Counter()
        self._changed = asyncio.Condition()

    async def changed(self) -> None:
        """Wakes whoever waits; to be called after every change."""
        async with self._changed:
            self._changed.notify_all()

    async def until(self, holds: Callable[["Record"], bool], within: float) -> None:
        """Returns once `holds` is true of this record.

        Args:
            holds: looked at now and after every change.
            within: seconds.

        Raises:
            TimeoutError: it did not become true in time.
        """
        async with asyncio.timeout(within), self._changed:
            await self._changed.wait_for(lambda: holds(self))

    def as_json(self) -> dict[str, Any]:
        """Everything, JSON-shaped; carries fingerprints, never a link."""
        return {
            "instructions": [asdict(seen) for seen in self.instructions],
            "life": [asdict(lived) for lived in self.life if lived.kind == "life"],
            "strays": [asdict(lived) for lived in self.life if lived.kind == "stray"],
            "links": [asdict(made) for made in self.links],
            "calls": list(self.calls),
            "opened": dict(self.opened),
        }
