"""The protocol between a subject and the benchmark: ready, begin, tell."""

import asyncio
import contextlib
import json
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.bench.clockwork import MessageCounts

OPENS_WITHIN_S = 240.0


class Counting:
    """Counts a subject's messages, and knows when every page has posted one."""

    def __init__(self, sessions: int) -> None:
        self.tally = MessageCounts()
        self._silent = sessions
        self._heard: set[str] = set()
        self._all = asyncio.Event()
        self._since = time.monotonic()

    def heard(self, page: str, message: Mapping[str, Any]) -> None:
        """Count a message that arrived in Python."""
        if page not in self._heard:
            self._heard.add(page)
            if len(self._heard) >= self._silent:
                self._all.set()
        self.tally.heard(page, message, time.time() * 1000)

    async def all_spoke(self) -> None:
        """Wait until every page has posted a message."""
        async with asyncio.timeout(OPENS_WITHIN_S):
            await self._all.wait()

    def begin(self) -> None:
        """Restart the counts."""
        self.tally.begin()
        self._since = time.monotonic()

    def told(self) -> dict[str, float]:
        """Return the rates since the restart."""
        return self.tally.told(time.monotonic() - self._since)


def links() -> Sequence[str]:
    """Read the watch links from the file in the first argument."""
    found: list[str] = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    return found


def tell(line: Mapping[str, Any]) -> None:
    """Write one line of JSON to the benchmark."""
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


@contextlib.asynccontextmanager
async def opening(counting: Counting) -> AsyncIterator[None]:
    """Measure a block that opens all pages, until each has posted a message."""
    began = time.monotonic()
    yield
    await counting.all_spoke()
    tell({"ready": True, "open_s": time.monotonic() - began})


async def obey(counting: Counting) -> None:
    """Execute the benchmark's commands `begin` and `tell` until stdin closes."""
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while command := (await reader.readline()).strip():
        if command == b"begin":
            counting.begin()
            tell({"begun": True})
        else:
            tell(counting.told())
