"""A real supervisor and API on a socket over a scripted hosting, so that no browser disturbs a measurement.

Its sessions have been open for about an hour, so that their ages move by minutes, as they mostly do.
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

from browser_host.sessions.instant import Instant, system_clock
from tests.bench.subjects.speaking import tell
from tests.support.host import ScriptedHost, scripted_host, serving

OPEN_FOR_S = (40 * 60.0, 100 * 60.0)
QUIET_FROM_S = 15 * 60.0

IN_SIGHT = 36
"""Rows that any window of 45 lines shows, whatever lies around its table."""

COLORS = ("#ff8c00", "#1e90ff", "#2e8b57", "#dc143c", "#8a2be2", "#ffd700", "#00bcd4", "#e91e63")
STATUSES = ("active", "snapshotReceived", "viewerReady")
_LOW_24_BITS = (1 << 24) - 1

Word: TypeAlias = Callable[[int], None]
"""Says the word of this number."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What this program is to be.

    Args:
        socket: where it serves.
        rate: words a second; at 0 nothing is said.
        words: `clock` (any session says a colour that is the time) or `changes` (rows in sight, each word
            another than the row's last: a colour or a status).
    """

    socket: str
    sessions: int
    rate: float = 0.0
    words: str = "clock"
    seed: int = 1


@dataclass(slots=True)
class WoundClock:
    """The machine's clocks, set back by so many seconds."""

    back_s: float = 0.0

    def __call__(self) -> Instant:
        now = system_clock()
        return Instant(now.mono - self.back_s, now.wall - self.back_s)


@dataclass(slots=True)
class Speakers:
    """The sessions, and what they say.

    Args:
        ids: in the order of their rows.
    """

    host: ScriptedHost
    ids: Sequence[str]
    chance: random.Random
    _order: list[int] = field(default_factory=list)

    def says_the_time(self, _: int) -> None:
        """Some session names the low 24 bits of the epoch's milliseconds as its colour."""
        self.host.hosting.says_color(self.chance.choice(self.ids), clock_color(time.time()))

    def changes(self, number: int) -> None:
        """The next of the rows in sight says something new: in turn a colour and a status."""
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
    """The colour that a moment, in epoch seconds, is told by."""
    return f"#{int(now * 1000) & _LOW_24_BITS:06x}"


def live_for_a_while(
    host: ScriptedHost, clock: WoundClock, count: int, chance: random.Random
) -> Sequence[str]:
    """So many sessions with their past, the oldest first; the clock stands at the present afterwards."""
    ids = []
    for number, age_s in enumerate(sorted((chance.uniform(*OPEN_FOR_S) for _ in range(count)), reverse=True)):
        clock.back_s = age_s
        ids.append(host.add(f"visitor {number}"))
        clock.back_s = chance.uniform(QUIET_FROM_S, age_s)
        host.hosting.says_status(ids[-1], chance.choice(STATUSES))
        clock.back_s = chance.uniform(QUIET_FROM_S, clock.back_s)
        host.hosting.says_color(ids[-1], clock_color(clock().wall))
    clock.back_s = 0.0
    return ids


async def at_a_pace(rate: float) -> AsyncIterator[int]:
    """Numbers from 0, so many a second on the whole, however late one of them is."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    for number in itertools.count():
        await asyncio.sleep(max(0.0, began + number / rate - loop.time()))
        yield number


async def speak(word: Word, rate: float) -> None:
    """Says word after word until it is cancelled."""
    async for number in at_a_pace(rate):
        word(number)


async def until_told() -> None:
    """Comes back with stdin's end or SIGTERM."""
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    loop.add_signal_handler(signal.SIGTERM, reader.feed_eof)
    await reader.read()


async def main(asked: Asked) -> None:
    """Serves, and speaks."""
    chance = random.Random(asked.seed)
    clock = WoundClock()
    async with scripted_host(clock=clock) as host, serving(host, Path(asked.socket), os.getuid()):
        await host.hosting.start()
        speakers = Speakers(host, live_for_a_while(host, clock, asked.sessions, chance), chance)
        words: Mapping[str, Word] = {"clock": speakers.says_the_time, "changes": speakers.changes}
        tell({"ready": True, "sessions": len(speakers.ids)})
        async with asyncio.TaskGroup() as group:
            speaking = group.create_task(speak(words[asked.words], asked.rate)) if asked.rate else None
            await until_told()
            if speaking is not None:
                speaking.cancel()


if __name__ == "__main__":
    asyncio.run(main(Asked(**json.loads(sys.argv[1]))))
