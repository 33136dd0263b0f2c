"""One soak: faults at random while instructions are given, and a balance after each storm."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.soak.books import Books
from tests.soak.memory import Memory
from tests.soak.operator import Operator
from tests.soak.strikes import FAULTS
from tests.soak.town import Town
from tests.support.household import nobody_left
from tests.support.programs import Home

MOST_AT_ONCE = 3
"""Faults that strike before all has to be well again."""

GONE_WITHIN_S = 15.0


@dataclass(slots=True)
class Storm:
    """Some faults in a row.

    Args:
        at: seconds since the soak began.
        settled_s: seconds from the last fault until all was as before; None where that did not come.
    """

    at: float
    faults: list[str] = field(default_factory=list)
    settled_s: float | None = None


@dataclass(slots=True)
class Outcome:
    """What a soak came to.

    Args:
        violation: what did not hold, "" where all did.
    """

    seed: int
    storms: list[Storm] = field(default_factory=list)
    fates: dict[str, int] = field(default_factory=dict)
    memory: dict[str, list[float]] = field(default_factory=dict)
    ended: int = 0
    violation: str = ""


def soak(
    folder: Path,
    browser: Path,
    *,
    minutes: float,
    seed: int,
    sessions: int,
    say: Callable[[str], None],
) -> Outcome:
    """Runs so long, or until something does not hold.

    Args:
        folder: for all that is written; short, for the sake of the socket.
        say: takes a line for each storm.
    """
    home = Home(folder)
    outcome = Outcome(seed)
    town = Town(home, browser, sessions)
    try:
        try:
            town.start()
            _weather(town, outcome, time.monotonic() + 60 * minutes, say)
        finally:
            town.end()
    except AssertionError as error:
        # Beside a `Violation`: a program that did not start, a dashboard without its rows.
        outcome.violation = f"{type(error).__name__}: {error}"
    if not outcome.violation and (left := nobody_left(home, GONE_WITHIN_S)):
        outcome.violation = f"processes are left over: {left}"
    return outcome


def _weather(town: Town, outcome: Outcome, until: float, say: Callable[[str], None]) -> None:
    chance = random.Random(outcome.seed)
    began = time.monotonic()
    books, memory = Books(town), Memory(town)
    outcome.memory = memory.samples
    while time.monotonic() < until:
        storm = Storm(time.monotonic() - began)
        outcome.storms.append(storm)
        giver = town.stage.giver(books.rest(30))
        operator = Operator(town, random.Random(chance.random()))
        operator.start()
        try:
            within = 0.0
            for _ in range(chance.choice((1, 1, 1, 2, MOST_AT_ONCE))):
                time.sleep(chance.uniform(0.5, 4))
                name = chance.choice(sorted(FAULTS))
                storm.faults.append(name)
                FAULTS[name].strike(town, chance)
                within += FAULTS[name].settles_s
            struck = time.monotonic()
        finally:
            done = operator.stop()
            answers = giver.stop()
        sessions = books.rest(within)
        storm.settled_s = time.monotonic() - struck
        memory.look()
        books.balance([*answers, *done], sessions)
        outcome.fates, outcome.ended = dict(books.fates), outcome.ended + operator.ended
        say(f"{storm.at:6.0f} s  {', '.join(storm.faults)}: well after {storm.settled_s:.1f} s")
