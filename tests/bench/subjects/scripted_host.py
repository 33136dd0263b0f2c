"""A real supervisor and API on a socket over scripted hosting, so that no browser disturbs a measurement.

Its sessions have been open for about an hour, so that their ages change by the minute, as they usually do.
"""

import asyncio
import itertools
import json
import os
import random
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from browser_host.sessions.clock import Instant, system_clock
from tests.bench.subjects.speaking import tell
from tests.support.host import ScriptedHost, scripted_host, serving

OPEN_FOR_S = (40 * 60.0, 100 * 60.0)
QUIET_FROM_S = 15 * 60.0

IN_SIGHT = 36
"""Rows that any layout of 45 lines shows."""

COLORS = ("#ff8c00", "#1e90ff", "#2e8b57", "#dc143c", "#8a2be2", "#ffd700", "#00bcd4", "#e91e63")
STATUSES = ("active", "snapshotReceived", "viewerReady")
_LOW_24_BITS = (1 << 24) - 1

Post: TypeAlias = Callable[[int], None]
"""Posts the message of this number."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of this program.

    Args:
        socket: path of the socket.
        rate: messages a second; 0 for none.
        words: `clock` (any session posts the time as its colour) or `changes` (visible rows in turn
            change their colour or status).
        label: of each session, with `{}` for its number; one word, which the terminal gets as a whole.
    """

    socket: str
    sessions: int
    rate: float = 0.0
    words: str = "clock"
    seed: int = 1
    label: str = "visitor-{}"


@dataclass(slots=True)
class WoundClock:
    """The machine's clocks, set back by `back_s` seconds."""

    back_s: float = 0.0

    def __call__(self) -> Instant:
        now = system_clock()
        return Instant(now.mono - self.back_s, now.wall - self.back_s)


@dataclass(slots=True)
class Speakers:
    """The sessions, and the messages they post.

    Args:
        ids: in the order of their rows.
    """

    host: ScriptedHost
    ids: Sequence[str]
    chance: random.Random
    _order: list[int] = field(default_factory=list)

    def says_the_time(self, _: int) -> None:
        """Post the low 24 bits of the epoch's milliseconds as the colour of a random session."""
        self.host.hosting.says_color(self.chance.choice(self.ids), clock_color(time.time()))

    def changes(self, number: int) -> None:
        """Change the next visible row: alternately its colour and its status."""
        if not self._order:
            self._order = self.chance.sample(
                range(min(IN_SIGHT, len(self.ids))), k=min(IN_SIGHT, len(self.ids))
            )
        turn, place = divmod(number, len(self._order))
        row = self._order[place]
        step = row + turn // 2
        if (row + turn) % 2:
            self.host.hosting.says_color(self.ids[row], COLORS[step % len(COLORS)])
        else:
            self.host.hosting.says_status(self.ids[row], STATUSES[step % len(STATUSES)])


def clock_color(now: float) -> str:
    """Return the colour that encodes a time in epoch seconds."""
    return f"#{int(now * 1000) & _LOW_24_BITS:06x}"


def live_for_a_while(
    host: ScriptedHost, clock: WoundClock, asked: Settings, chance: random.Random
) -> Sequence[str]:
    """Add sessions with a past, the oldest first, and leave the clock at the present."""
    ids = []
    ages_s = sorted((chance.uniform(*OPEN_FOR_S) for _ in range(asked.sessions)), reverse=True)
    for number, age_s in enumerate(ages_s):
        clock.back_s = age_s
        ids.append(host.add(asked.label.format(number)))
        clock.back_s = chance.uniform(QUIET_FROM_S, age_s)
        host.hosting.says_status(ids[-1], chance.choice(STATUSES))
        clock.back_s = chance.uniform(QUIET_FROM_S, clock.back_s)
        host.hosting.says_color(ids[-1], clock_color(clock().wall))
    clock.back_s = 0.0
    return ids


async def at_a_pace(rate: float) -> AsyncIterator[int]:
    """Yield numbers from 0 at an average rate, even if some are late."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    for number in itertools.count():
        await asyncio.sleep(max(0.0, began + number / rate - loop.time()))
        yield number


async def speak(post: Post, rate: float) -> None:
    """Post messages at a rate until cancelled."""
    async for number in at_a_pace(rate):
        post(number)


async def until_told() -> None:
    """Wait for the end of stdin, or SIGTERM."""
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    loop.add_signal_handler(signal.SIGTERM, reader.feed_eof)
    await reader.read()


async def main(asked: Settings) -> None:
    """Serve, and post messages."""
    chance = random.Random(asked.seed)
    clock = WoundClock()
    async with scripted_host(clock=clock) as host, serving(host, Path(asked.socket), os.getuid()):
        await host.hosting.start()
        speakers = Speakers(host, live_for_a_while(host, clock, asked, chance), chance)
        posts: Mapping[str, Post] = {"clock": speakers.says_the_time, "changes": speakers.changes}
        tell({"ready": True, "sessions": len(speakers.ids)})
        async with asyncio.TaskGroup() as group:
            speaking = group.create_task(speak(posts[asked.words], asked.rate)) if asked.rate else None
            await until_told()
            if speaking is not None:
                speaking.cancel()


if __name__ == "__main__":
    asyncio.run(main(Settings(**json.loads(sys.argv[1]))))
