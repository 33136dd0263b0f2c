"""When the dashboard collects garbage."""

import gc
from collections.abc import Iterator, Mapping

import pytest

from tui.quiet_collector import EVERY_S, LONGEST_S, QuietCollector


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Generations of the full collections, by whomever; the interpreter is left as it was."""
    thresholds, found = gc.get_threshold(), list[int]()

    def note(phase: str, information: Mapping[str, int]) -> None:
        if phase == "start" and information["generation"] == 2:
            found.append(2)

    monkeypatch.setattr(gc, "freeze", lambda: None)  # the other tests' objects would be left behind
    gc.callbacks.append(note)
    yield found
    gc.callbacks.remove(note)
    gc.set_threshold(*thresholds)


def grow() -> list[list[int]]:
    """Make objects that live: enough for several collections of all generations."""
    return [[number] for number in range(400_000)]


def test_the_interpreter_does_no_full_collection_of_its_own(full: list[int]) -> None:
    gc.unfreeze()
    held = grow()
    assert full, "the check could not fail"
    QuietCollector().begin(0.0)
    full.clear()
    held += grow()
    assert not full


def test_garbage_is_collected_while_nobody_types(full: list[int]) -> None:
    collector = QuietCollector()
    collector.begin(0.0)
    full.clear()
    collector.look(EVERY_S - 1, is_quiet=True)
    assert not full
    collector.look(EVERY_S, is_quiet=True)
    assert len(full) == 1
    collector.look(EVERY_S + 1, is_quiet=True)
    assert len(full) == 1


def test_a_hand_that_never_rests_delays_it_but_not_for_good(full: list[int]) -> None:
    collector = QuietCollector()
    collector.begin(0.0)
    full.clear()
    collector.look(LONGEST_S - 1, is_quiet=False)
    assert not full
    collector.look(LONGEST_S, is_quiet=False)
    assert len(full) == 1
