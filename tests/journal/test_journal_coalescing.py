"""Every status is written, and at most one colour a session and interval; the last word is never lost."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from browser_host.journal import coalesce
from browser_host.journal.coalesce import Coalescing, ReportedEvent

INTERVAL = 10.0


def event(text: str, at: float = 0.0) -> ReportedEvent:
    return ReportedEvent(at, "s1", "Desk 4", "session.color", text)


STEPS = st.lists(st.tuples(st.floats(0, 8), st.sampled_from(["status", "color", "tick"])), max_size=60)


@given(STEPS)
def test_colours_keep_their_interval_and_statuses_are_all_there(steps: list[tuple[float, str]]) -> None:
    state, now = Coalescing(), 0.0
    written: list[tuple[float, str]] = []
    for number, (passed, kind) in enumerate(steps):
        now += passed
        said = event(f"{kind} {number}", at=now)
        match kind:
            case "status":
                state, rows = coalesce.status(state, said)
            case "color":
                state, rows = coalesce.color(state, said, now, INTERVAL)
            case _:
                state, rows = coalesce.due(state, now, INTERVAL)
        written += [(now, row.text) for row in rows]
    moments = [moment for moment, text in written if text.startswith("color")]
    assert all(later - earlier >= INTERVAL for earlier, later in pairwise(moments))
    statuses = [text for _, text in written if text.startswith("status")]
    assert statuses == [f"status {number}" for number, (_, kind) in enumerate(steps) if kind == "status"]
    colors = [number for number, (_, kind) in enumerate(steps) if kind == "color"]
    left = [text for _, text in written if text.startswith("color")]
    left += [row.text for row in coalesce.last(state)]
    assert len(left) + sum(int(text.split("(")[1].split()[0]) for text in left if "(" in text) == len(colors)
    if colors:
        assert left[-1].startswith(f"color {colors[-1]}")


def test_first_colour_is_written_and_a_burst_is_one_row() -> None:
    state, rows = coalesce.color(Coalescing(), event("#111111"), 0.0, INTERVAL)
    assert [row.text for row in rows] == ["#111111"]
    for moment in (1.0, 2.0, 3.0):
        state, rows = coalesce.color(state, event(f"#{moment:.0f}"), moment, INTERVAL)
        assert rows == ()
    assert coalesce.due(state, 9.9, INTERVAL)[1] == ()
    state, rows = coalesce.due(state, 10.0, INTERVAL)
    assert [row.text for row in rows] == ["#3 (2 more before it)"]
    assert coalesce.last(state) == ()
