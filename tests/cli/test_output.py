import io
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from browser_host.api.schema import Result
from browser_host.cell_width import cell_width
from browser_host.cli.event_text import event_text
from browser_host.cli.outcome_report import CONFIRMED, SENT, exit_code
from browser_host.cli.output import OutputLost, columns, report
from browser_host.errors import Exit

STATES = ("queued", "sent", "confirmed", "unconfirmed", "failed", "cancelled", "skipped")


@given(st.lists(st.tuples(st.text(max_size=30), st.text(max_size=30)), max_size=6))
def test_columns_are_aligned_and_cannot_steer_a_terminal(rows: list[tuple[str, str]]) -> None:
    lines = columns(("A", "B"), rows)
    assert len(lines) == len(rows) + 1
    assert all("\x1b" not in line and "\n" not in line and "\r" not in line for line in lines)
    starts = {cell_width(line) for line in columns(("A", "B"), [(row[0], "") for row in rows])}
    assert max(starts) <= max(cell_width(line) for line in lines) or not rows


def test_columns_reckon_with_wide_characters() -> None:
    _, wide, narrow = columns(("A", "B"), [("漢字", "x"), ("abc", "y")])
    assert (wide, narrow) == ("漢字  x", "abc   y")


def results(*states: str) -> list[Result]:
    return [Result("a", state, "page", None, "", None) for state in states]


@pytest.mark.parametrize(
    ("states", "code"),
    [
        ((), Exit.OK),
        (("skipped",), Exit.OK),
        (("confirmed", "skipped"), Exit.OK),
        (("confirmed", "unconfirmed"), Exit.SOME_CONFIRMED),
        (("sent",), Exit.NOTHING_CONFIRMED),
        (("failed", "cancelled", "skipped"), Exit.NOTHING_CONFIRMED),
        (("failed", "failed", "skipped"), Exit.FAILED),
        (("failed", "confirmed"), Exit.SOME_CONFIRMED),
    ],
)
def test_exit_codes_of_results(states: tuple[str, ...], code: Exit) -> None:
    assert exit_code(results(*states), CONFIRMED) is code


@given(st.lists(st.sampled_from(STATES)))
def test_sent_is_success_only_where_no_page_confirms(states: list[str]) -> None:
    told = exit_code(results(*states), CONFIRMED)
    assert (told is Exit.OK) == (set(states) <= {"confirmed", "skipped"})
    assert (exit_code(results(*states), SENT) is Exit.OK) == (set(states) <= {"confirmed", "sent", "skipped"})


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"type": "session.status", "status": "active"}, "active"),
        ({"type": "session.color", "color": None, "color_raw": "odd"}, "odd"),
        ({"type": "session.hosting", "hosting": "blocked", "error": {"text": "no"}}, "blocked: no"),
        ({"type": "session.hosting", "hosting": "live", "error": None}, "live"),
        ({"type": "session.ended", "ended": {"reason": "terminated"}}, "terminated"),
        ({"type": "session.stale", "stale": None}, "no longer stale"),
        (
            {"type": "session.visitor", "visitor_state": {"online": False, "in_session": False, "url": "u"}},
            "offline, not in session u",
        ),
        ({"type": "session.visitor", "visitor_state": None}, ""),
        ({"type": "instruction.sent", "instruction": {"action": "setMode", "by": "ada"}}, "setMode ada"),
        ({"type": "instruction.sent", "entry": {"action": "a", "argument": "draw"}}, "a draw"),
        ({"type": "browser.lost", "text": "gone"}, "gone"),
        ({"type": "browser.lost", "text": "gone", "endpoint": "local"}, "gone"),
        ({"type": "browser.lost", "text": "gone", "endpoint": "box"}, "box: gone"),
        ({"type": "browser.draining", "endpoint": "box"}, "box"),
        ({"type": "of.tomorrow"}, ""),
    ],
)
def test_what_events_say(body: dict[str, object], text: str) -> None:
    assert event_text(str(body["type"]), body) == text


JSON = st.recursive(
    st.none() | st.text(max_size=5) | st.integers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)


@given(
    st.sampled_from(
        ("session.hosting", "session.message", "session.visitor", "instruction.sent", "session.ended", "x")
    ),
    st.dictionaries(
        st.sampled_from(("error", "message", "entry", "ended", "hosting", "text", "visitor_state")), JSON
    ),
)
def test_no_event_breaks_its_text(kind: str, body: dict[str, object]) -> None:
    assert isinstance(event_text(kind, body), str)


def test_a_terminal_that_is_not_utf8_stops_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    from browser_host.cli.main import cli, run  # noqa: PLC0415 - its streams are this test's own

    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", stream)
    with pytest.raises(SystemExit) as ended:
        run(cli, ["config", "example"])
    stream.flush()
    assert not ended.value.code


@pytest.mark.parametrize(("code", "words"), [(Exit.OK, "succeeded"), (Exit.NOTHING_CONFIRMED, "exit code 4")])
def test_a_lost_report_claims_no_more_than_was_done(
    capsys: pytest.CaptureFixture[str], code: Exit, words: str
) -> None:
    def lose() -> None:
        raise OutputLost("can't write to stdout")

    assert report(code, lose) is code
    assert words in capsys.readouterr().err
