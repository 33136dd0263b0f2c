"""What the operator hears of alerts: once when they begin, in words, and in the terminal's own way."""

from dataclasses import replace

import pytest

from browser_host.api.schema import AlertView, HostEvent
from browser_host.sessions.alerts.alert_state import MOST_ALERTS, AlertState, Severity
from browser_host.sessions.json_codec import to_json
from tests.tui.deck.screen_samples import HOST, NOW, busy_deck
from tui.alerts import alert_text, announcing
from tui.host.deck import Access, Deck, with_events
from tui.style.glyphs import UNICODE
from tui.view import header
from tui.view.view_state import ViewState

IDS = tuple(busy_deck(6).sessions)


def alert(state: AlertState, *ids: str, name: str = "not accepted") -> AlertView:
    return AlertView(name, Severity.CRITICAL, state, NOW - 90, ids, ("toast", "desktop"))


def deck(*alerts: AlertView) -> Deck:
    return replace(busy_deck(6), host=replace(HOST, alerts=alerts))


FIRING = alert(AlertState.FIRING, *IDS[:5])


def test_an_alert_is_announced_when_it_begins_or_grows() -> None:
    calm, fires = deck(), deck(FIRING)
    fewer = deck(alert(AlertState.FIRING, *IDS[:4]))
    assert announcing.begun(calm, fires) == announcing.begun(fewer, fires) == (FIRING,)
    assert announcing.begun(deck(alert(AlertState.ACKNOWLEDGED, *IDS[:5])), fires) == (FIRING,)
    for before, after in ((fires, fires), (fires, fewer), (fires, calm), (Deck(), fires)):
        assert announcing.begun(before, after) == ()
    assert announcing.begun(calm, replace(fires, access=Access.REPLAY)) == ()


def test_an_event_changes_the_alert_that_it_names() -> None:
    other = alert(AlertState.FIRING, IDS[0], name="other")
    acknowledged = alert(AlertState.ACKNOWLEDGED, *IDS[:5])
    event = HostEvent(9, NOW, "alert.acknowledged", None, to_json(acknowledged))
    after = with_events(deck(FIRING, other), [event])
    assert after.host is not None
    assert after.host.alerts == (acknowledged, other)


def test_no_recording_names_more_alerts_than_a_host_has() -> None:
    named = (alert(AlertState.FIRING, name=str(number)) for number in range(MOST_ALERTS + 3))
    events = [HostEvent(9, NOW, "alert.firing", None, to_json(one)) for one in named]
    after = with_events(deck(), events)
    assert after.host is not None
    assert [one.name for one in after.host.alerts][::99] == ["3", str(MOST_ALERTS + 2)]


def test_words_count_and_name_a_few_sessions() -> None:
    text = announcing.words(FIRING, deck(FIRING))
    assert text.startswith("ALERT not accepted: 5 sessions (")
    assert text.count(", ") == announcing.NAMED_AT_MOST
    assert announcing.words(alert(AlertState.FIRING, "gone"), deck()).count("1 session (") == 1


def test_the_header_and_the_list_show_what_fires_first() -> None:
    other = alert(AlertState.RESOLVED, name="other")
    held = deck(other, FIRING)
    assert ("1 ALERT: not accepted" in dict(header.badges(held, ViewState(), NOW))) is True
    rows = alert_text.rows(held, NOW, 120, UNICODE)
    assert [row.id for row in rows] == ["not accepted", "other"]
    text = "".join(span.text for span in rows[0].spans)
    assert text.split()[:2] == ["firing", "critical"]
    assert " 1m " in text


@pytest.mark.parametrize(
    ("environment", "begins"),
    [
        ({"TERM": "xterm-kitty"}, "\x1b]99;i=watchdeck:d=0;Watchdeck\x1b\\"),
        ({"TERM": "foot"}, "\x1b]777;notify;Watchdeck;"),
        ({"TERM": "xterm-256color", "VTE_VERSION": "7600"}, "\x1b]777;notify;Watchdeck;"),
        ({"TERM": "xterm-256color"}, "\x1b]9;Watchdeck: "),
        ({"TERM": "tmux-256color", "TMUX": "x"}, "\x1bPtmux;\x1b\x1b]9;"),
    ],
)
def test_terminals_are_told_in_their_own_way(environment: dict[str, str], begins: str) -> None:
    sequence = announcing.desktop("a;b\x1b]0;owned\x07", environment)
    assert sequence.startswith(begins)
    assert "a,b" in sequence
    assert "\x07" not in sequence
    assert "]0;" not in sequence


@pytest.mark.parametrize("term", ["linux", "dumb", ""])
def test_a_terminal_that_would_print_it_is_told_nothing(term: str) -> None:
    assert announcing.desktop("text", {"TERM": term}) == ""
