"""How a subject speaks to the benchmark: ready with all open, counting from one word to the next."""

import asyncio
import contextlib
import json
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.bench.clockwork import Tally

OPENS_WITHIN_S = 240.0


class Counting:
    """What a subject counts of its pages, and when all of them have spoken."""

    def __init__(self, sessions: int) -> None:
        self.tally = Tally()
        self._silent = sessions
        self._heard: set[str] = set()
        self._all = asyncio.Event()
        self._since = time.monotonic()

    def heard(self, page: str, message: Mapping[str, Any]) -> None:
        """A page's message arrived at the Python side."""
        if page not in self._heard:
            self._heard.add(page)
            if len(self._heard) >= self._silent:
                self._all.set()
        self.tally.heard(page, message, time.time() * 1000)

    async def all_spoke(self) -> None:
        """Waits until every page has said something."""
        async with asyncio.timeout(OPENS_WITHIN_S):
            await self._all.wait()

    def begin(self) -> None:
        """Counts anew from here."""
        self.tally.begin()
        self._since = time.monotonic()

    def told(self) -> dict[str, float]:
        """What was counted since."""
        return self.tally.told(time.monotonic() - self._since)


def links() -> Sequence[str]:
    """The watch links in the file that this program was given."""
    found: list[str] = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    return found


def tell(line: Mapping[str, Any]) -> None:
    """One line to the benchmark."""
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


@contextlib.asynccontextmanager
async def opening(counting: Counting) -> AsyncIterator[None]:
    """Around the opening of all pages: tells how long it took until every one of them had spoken."""
    began = time.monotonic()
    yield
    await counting.all_spoke()
    tell({"ready": True, "open_s": time.monotonic() - began})


async def obey(counting: Counting) -> None:
    """Does what the benchmark says until it hangs up: `begin`, then `tell`, again and again."""
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while word := (await reader.readline()).strip():
        if word == b"begin":
            counting.begin()
            tell({"begun": True})
        else:
            tell(counting.told())
