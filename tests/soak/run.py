"""One soak: faults at random while instructions are given, and a balance after each storm."""

import contextlib
import random
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

from tests.soak.books import Books
from tests.soak.memory import Memory
from tests.soak.operator import Operator
from tests.soak.strikes import FAULTS
from tests.soak.town import Town
from tests.support.household import nobody_left
from tests.support.programs import Home

STORM_SIZES = (1, 1, 1, 2, 3)
"""Faults that strike before all has to be well again."""

WELL_WITHIN_S = 30.0

AGAIN_AND_AGAIN_S = 60.0
"""What a session waits at the longest that was lost again and again, as storms have it: each of its losses
makes the wait longer, until it was hosted for a minute."""

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
    turn: Callable[[], AbstractContextManager[None]] = contextlib.nullcontext,
) -> Outcome:
    """Runs so long, or until something does not hold.

    Args:
        folder: for all that is written; short, for the sake of the socket.
        say: takes a line for each storm.
        turn: entered for each storm; between two of them nothing happens.
    """
    home = Home(folder)
    outcome = Outcome(seed)
    town = Town(home, browser, sessions)
    try:
        try:
            with turn():
                town.start()
            weather = _Weather(town, outcome)
            until = time.monotonic() + 60 * minutes
            while time.monotonic() < until:
                with turn():
                    say(weather.storm())
        finally:
            town.end()
    except AssertionError as error:
        # Beside a `Violation`: a program that did not start, a dashboard without its rows.
        outcome.violation = f"{type(error).__name__}: {error}"
    if not outcome.violation and (left := nobody_left(home, GONE_WITHIN_S)):
        outcome.violation = f"processes are left over: {left}"
    return outcome


class _Weather:
    """Storm after storm over a town that is well.

    Args:
        outcome: takes what they came to.
    """

    def __init__(self, town: Town, outcome: Outcome) -> None:
        self._town = town
        self._outcome = outcome
        self._chance = random.Random(outcome.seed)
        self._began = time.monotonic()
        self._books = Books(town)
        self._memory = Memory(town)
        outcome.memory = self._memory.samples

    def storm(self) -> str:
        """Some faults, until all is well again, and how that went."""
        town, books = self._town, self._books
        storm = Storm(time.monotonic() - self._began)
        self._outcome.storms.append(storm)
        giver = town.stage.giver(books.rest(WELL_WITHIN_S)[0])
        operator = Operator(town, random.Random(self._chance.random()))
        operator.start()
        try:
            within = self._strike(storm)
            struck = time.monotonic()
        finally:
            done = operator.stop()
            answers = giver.stop()
        sessions, since = books.rest(within + AGAIN_AND_AGAIN_S)
        storm.settled_s = max(0.0, since - struck)
        self._memory.look()
        books.balance([*answers, *done], sessions)
        self._outcome.fates, self._outcome.ended = dict(books.fates), self._outcome.ended + operator.ended
        return f"{storm.at:6.0f} s  {', '.join(storm.faults)}: well after {storm.settled_s:.1f} s"

    def _strike(self, storm: Storm) -> float:
        """Seconds in which all must be well after the faults."""
        within = 0.0
        for _ in range(self._chance.choice(STORM_SIZES)):
            time.sleep(self._chance.uniform(0.5, 4))
            name = self._chance.choice(sorted(FAULTS))
            storm.faults.append(name)
            FAULTS[name].strike(self._town, self._chance)
            within += FAULTS[name].settles_s
        return within
