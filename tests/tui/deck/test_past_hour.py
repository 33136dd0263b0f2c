"""A session's past hour: what the journal and the timeline say, minute by minute."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from browser_host.sessions.clock import iso
from browser_host.sessions.views import MomentView
from tui.style.glyphs import ASCII, UNICODE
from tui.trends.past_hour import HOUR_S, MINUTES, legend, past_hour
from tui.trends.trend import chart

NOW = 1_790_003_600.0


def row(at: float, text: str, action: str = "session.status", outcome: str = "said") -> dict[str, Any]:
    return {"at": iso(at), "action": action, "outcome": outcome, "text": text}


def test_each_minute_has_the_status_that_it_ended_with() -> None:
    rows = [
        row(NOW - 58 * 60 - 30, "pendingRequest"),
        row(NOW - 30 * 60 - 30, "active"),
        row(NOW - 30 * 60 - 10, "viewerReady"),
        row(NOW - 90, "#ff0000", action="session.color"),
        row(NOW - 80, "seen", action="session.viewed", outcome="noted"),
        row(NOW - 10, "frozen"),
    ]
    hour = past_hour(rows, [MomentView(NOW - 7200, "session.status", "waiting")], NOW)
    assert hour.signs == "w" + "p" * 28 + "v" * 30 + "?"
    assert hour.reports == (0, 1, *[0] * 27, 2, *[0] * 28, 1, 1)
    assert legend(hour) == "w waiting, p pendingRequest, v viewerReady, ? frozen"


def test_before_the_first_status_nothing_is_claimed() -> None:
    assert past_hour([], [], NOW).signs == "." * MINUTES
    assert past_hour([row(NOW - 60, "active")], [], NOW).signs == "." * 58 + "aa"


def test_while_no_host_had_the_session_nothing_is_claimed() -> None:
    rows = [
        row(NOW - 50 * 60, "active"),
        row(NOW - 40 * 60, "removed", action="session.removed", outcome="noted"),
        row(NOW - 30 * 60, "", action="session.added", outcome="noted"),
        row(NOW - 29 * 60, "waiting"),
        row(NOW - 20 * 60, "#ff0000", action="session.color"),
        row(NOW - 10 * 60, "", action="session.added", outcome="noted"),
        row(NOW - 5 * 60, "viewerReady"),
    ]
    signs = past_hour(rows, [], NOW).signs
    assert signs == "." * 9 + "a" * 10 + "." * 11 + "w" * 9 + "." * 15 + "v" * 6


@given(st.lists(st.tuples(st.floats(-2 * HOUR_S, HOUR_S), st.sampled_from(["active", "?", ""])), max_size=20))
def test_any_rows_make_sixty_minutes(said: list[tuple[float, str]]) -> None:
    hour = past_hour([row(NOW + at, text) for at, text in said], [], NOW)
    assert (len(hour.signs), len(hour.reports)) == (MINUTES, MINUTES)
    assert sum(hour.reports) == sum(-HOUR_S < round(at, 3) <= 0 for at, _ in said)


def test_a_sparkline_is_one_line_of_either_glyphs() -> None:
    assert chart([0, 1, 8], 60, UNICODE, rows=1) == (" ▁█",)
    assert chart([0, 1, 8], 60, ASCII, rows=1) == (" .#",)
