"""One soak: rounds of random faults under a load of instructions, with a check after each."""

import contextlib
import random
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

from tests.soak.faults import FAULTS
from tests.soak.harness import SoakHarness
from tests.soak.invariants import Invariants
from tests.soak.memory import Memory
from tests.soak.operator import Operator
from tests.support.processes import left_over
from tests.support.programs import Home

ROUND_SIZES = (1, 1, 1, 2, 3)
"""Faults in a round, drawn at random."""

READY_WITHIN_S = 30.0

LONGEST_RETRY_S = 60.0
"""The longest wait of a session that was lost repeatedly: it grows with each loss, until the session has been
hosted for a minute."""

GONE_WITHIN_S = 15.0


@dataclass(slots=True)
class Round:
    """A round of faults.

    Args:
        at: seconds since the soak began.
        settled_s: seconds from the last fault until everything had recovered; None if it did not.
    """

    at: float
    faults: list[str] = field(default_factory=list)
    settled_s: float | None = None


@dataclass(slots=True)
class Outcome:
    """The outcome of a soak.

    Args:
        violation: the invariant that did not hold, or "".
    """

    seed: int
    rounds: list[Round] = field(default_factory=list)
    states: dict[str, int] = field(default_factory=dict)
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
    report: Callable[[str], None],
    turn: Callable[[], AbstractContextManager[None]] = contextlib.nullcontext,
) -> Outcome:
    """Run for some minutes, or until an invariant is violated.

    Args:
        folder: for all files; its path must be short enough for a socket.
        report: takes a line for each round.
        turn: entered for each round; nothing happens between two of them.
    """
    home = Home(folder)
    outcome = Outcome(seed)
    harness = SoakHarness(home, browser, sessions)
    try:
        try:
            with turn():
                harness.start()
            runner = _Runner(harness, outcome)
            until = time.monotonic() + 60 * minutes
            while time.monotonic() < until:
                with turn():
                    report(runner.run())
        finally:
            harness.stop()
    except AssertionError as error:
        # Also raised by a program that does not start, or a dashboard without its rows.
        outcome.violation = f"{type(error).__name__}: {error}"
    if not outcome.violation and (left := left_over(home, GONE_WITHIN_S)):
        outcome.violation = f"processes left over: {left}"
    return outcome


class _Runner:
    """Runs one round after another.

    Args:
        outcome: takes the results.
    """

    def __init__(self, harness: SoakHarness, outcome: Outcome) -> None:
        self._harness = harness
        self._outcome = outcome
        self._chance = random.Random(outcome.seed)
        self._began = time.monotonic()
        self._invariants = Invariants(harness)
        self._memory = Memory(harness)
        outcome.memory = self._memory.samples

    def run(self) -> str:
        """Run one round until everything has recovered, and describe it."""
        harness, invariants = self._harness, self._invariants
        round_ = Round(time.monotonic() - self._began)
        self._outcome.rounds.append(round_)
        load = harness.under_test.start_load(invariants.wait_until_ready(READY_WITHIN_S)[0])
        operator = Operator(harness, random.Random(self._chance.random()))
        operator.start()
        try:
            within = self._inject_faults(round_)
            injected_at = time.monotonic()
        finally:
            done = operator.stop()
            answers = load.stop()
        sessions, since = invariants.wait_until_ready(within + LONGEST_RETRY_S)
        round_.settled_s = max(0.0, since - injected_at)
        self._memory.look()
        invariants.check([*answers, *done], sessions)
        self._outcome.states = dict(invariants.states)
        self._outcome.ended += operator.ended
        return f"{round_.at:6.0f} s  {', '.join(round_.faults)}: recovered in {round_.settled_s:.1f} s"

    def _inject_faults(self, round_: Round) -> float:
        """Inject the faults, and return the seconds within which everything must recover."""
        within = 0.0
        for _ in range(self._chance.choice(ROUND_SIZES)):
            time.sleep(self._chance.uniform(0.5, 4))
            name = self._chance.choice(sorted(FAULTS))
            round_.faults.append(name)
            FAULTS[name].inject(self._harness, self._chance)
            within += FAULTS[name].settles_s
        return within
