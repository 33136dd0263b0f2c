"""Twenty thousand random steps in the suite, and proof that the model tells what nobody meant."""

import contextlib
from typing import Any

import pytest

from tests.conftest import Turns
from tests.monkey.play import NotMeantError, play
from tui.host import repeats
from tui.screens import quiet
from tui.screens.targeting import Targeting
from tui.terminal_input import TerminalInput

STEPS = 10_000
TOLD_WITHIN = 2_000
"""Steps within which the model tells a fault."""

SEEDS = (1, 2)


@pytest.mark.by_turns
@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", SEEDS)
async def test_nothing_is_sent_that_was_not_meant(seed: int, turns: Turns) -> None:
    with contextlib.ExitStack() as turn:

        def takes_turns(_: int) -> None:
            turn.close()
            turn.enter_context(turns())

        takes_turns(0)
        result = await play(STEPS, seed, takes_turns)
    assert result.steps == STEPS
    for kind in ("instruct", "end", "cancel"):
        assert result.sent.get(kind), f"no {kind} at all: the play shows nothing of it ({result.sent})"


async def test_a_seed_repeats_its_steps() -> None:
    first, second = await play(300, 9), await play(300, 9)
    assert (first.kinds, first.sent) == (second.kinds, second.sent)


def no_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quiet, "QUIET_S", 0.0)


def unsure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Targeting, "is_certain", lambda _: True)


def repeating(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repeats, "fresh", lambda ids, *_: tuple(ids))


def letters(monkeypatch: pytest.MonkeyPatch) -> None:
    feed = TerminalInput.feed

    def reissued(self: TerminalInput, data: bytes, now: float) -> Any:
        units = list(feed(self, data, now))
        return units or list(data.decode("ascii", "ignore"))

    monkeypatch.setattr(TerminalInput, "feed", reissued)


@pytest.mark.parametrize(("fault", "seed"), [(no_quiet, 1), (unsure, 4), (repeating, 1), (letters, 1)])
@pytest.mark.timeout(600)
async def test_the_model_tells_a_fault(monkeypatch: pytest.MonkeyPatch, fault: Any, seed: int) -> None:
    fault(monkeypatch)
    with pytest.raises(NotMeantError, match=f"seed {seed}, step"):
        await play(TOLD_WITHIN, seed)
