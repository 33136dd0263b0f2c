"""The decks and answers of several hosts as one."""

from dataclasses import replace

from browser_host.api.schema import AlertView
from browser_host.hosts import merge
from browser_host.sessions.alerts.alert_state import AlertState, Severity
from browser_host.sessions.staleness import StaleLimits, StaleRules
from tests.tui.deck.screen_samples import HOST, session
from tui.host import deck as state
from tui.host.deck import ConnectionState, Deck, lost_hosts, refusal, stale_rules
from tui.host.merged_deck import merged
from tui.view.countdowns import limits_of


def deck(name: str, *ids: str, **host: object) -> Deck:
    sessions = {f"{name}/{one}": session(f"{name}/{one}") for one in ids}
    return Deck(replace(HOST, **host), sessions, link=ConnectionState.ATTACHED)  # type: ignore[arg-type]


def test_one_host_there_is_enough_to_act() -> None:
    there, gone = deck("a", "s1"), state.lost(deck("b", "s1"), 50.0)
    both = merged({"a": there, "b": gone}, "a")
    assert list(both.sessions) == ["a/s1", "b/s1"]
    assert (both.link, both.lost_since, lost_hosts(both)) == (ConnectionState.ATTACHED, None, frozenset("b"))
    assert refusal(both) is None
    none = merged({"a": state.lost(there, 60.0), "b": gone}, "a")
    assert (none.link, none.lost_since, lost_hosts(none)) == (ConnectionState.LOST, 60.0, frozenset("ab"))
    assert merged({"a": Deck(), "b": gone}, "a").link is ConnectionState.CONNECTING


def test_what_hosts_differ_in_is_said_cautiously() -> None:
    views = {
        "a": replace(HOST, read_only=True, undo_s=3.0, journal="disk full", given_up="no browser"),
        "b": replace(HOST, read_only=False, undo_s=9.0),
    }
    both = merge.host_view(views)
    assert (both.read_only, both.undo_s, both.journal, both.given_up) == (False, 3.0, None, "a: no browser")
    assert merge.host_view(dict.fromkeys("ab", views["a"])).journal == "a: disk full; b: disk full"


def test_alerts_of_all_hosts_are_in_the_order_of_time() -> None:
    late, early = (AlertView(f"a/{at:.0f}", Severity.INFO, AlertState.FIRING, at, ()) for at in (9.0, 5.0))
    between = AlertView("b/7", Severity.INFO, AlertState.FIRING, 7.0, ())
    both = merge.host_view({"a": replace(HOST, alerts=(late, early)), "b": replace(HOST, alerts=(between,))})
    assert [one.name for one in both.alerts] == ["a/5", "b/7", "a/9"]


def test_countdowns_go_by_each_hosts_own_limits() -> None:
    quick, slow = (StaleRules(StaleLimits(pending=limit)) for limit in (60.0, 600.0))
    both = merged({"a": deck("a", "s1", stale=quick), "b": deck("b", "s1", stale=slow)}, "b")
    limits = limits_of(stale_rules(both))
    assert [limits(view).pending for view in both.sessions.values()] == [60.0, 600.0]
