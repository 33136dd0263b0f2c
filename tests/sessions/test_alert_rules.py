"""Alerts from look to look: grouped, limited, and never announced twice for the same reason."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from hypothesis import given
from hypothesis import strategies as st

from browser_host.sessions.alerts import alert_rules
from browser_host.sessions.alerts.alert import BURST, REFILL_S, Alert, AlertStanding, Notice
from browser_host.sessions.alerts.alert_rules import GROUP_AT_MOST_S, HELD_S, JOIN_S
from browser_host.sessions.alerts.alert_state import AlertState
from browser_host.sessions.clock import Instant
from browser_host.sessions.filter import parse

PENDING, FIRING, ACKNOWLEDGED, RESOLVED = AlertState
ALERT = Alert("not accepted", parse("status:pendingRequest"), hold_s=30.0)
IDS = [f"s{number}" for number in range(4)]


@dataclass(slots=True)
class Played:
    """An alert that is looked at once a second."""

    alert: Alert = ALERT
    standing: AlertStanding = field(default_factory=AlertStanding)
    at: float = 1_000.0
    notices: list[tuple[float, Notice]] = field(default_factory=list)

    @property
    def now(self) -> Instant:
        return Instant(self.at, self.at + 1e9)

    def look(self, *matching: str, times: int = 1) -> "Played":
        for _ in range(times):
            self.standing, notice = alert_rules.look(self.alert, self.standing, matching, self.now)
            self._keep(notice)
            self.at += 1
        return self

    def acknowledge(self, ids: Collection[str] | None = None) -> None:
        self.standing, notice = alert_rules.acknowledge(self.standing, ids, self.now)
        self._keep(notice)

    def told(self) -> list[tuple[AlertState, Sequence[str]]]:
        return [(notice.state, notice.sessions) for _, notice in self.notices]

    def _keep(self, notice: Notice | None) -> None:
        if notice is not None:
            self.notices.append((self.at, notice))


def test_it_fires_only_when_the_filter_held_for_so_long() -> None:
    played = Played().look("a", times=30)
    assert (played.standing.state, played.notices) == (PENDING, [])
    played.look("a", times=2)
    assert (played.standing.state, played.told()) == (FIRING, [(FIRING, ("a",))])


def test_a_break_starts_the_count_again() -> None:
    played = Played().look("a", times=29).look().look("a", times=30)
    assert (played.standing.state, played.notices) == (PENDING, [])
    assert Played().look("a", times=3).look().standing.state is None


def test_forty_sessions_one_after_another_are_one_notice() -> None:
    ids = [f"s{number:02}" for number in range(40)]
    played = Played()
    for count in range(5, 41, 5):
        played.look(*ids[:count])
    played.look(*ids, times=60)
    assert played.told() == [(FIRING, tuple(ids))]


def test_who_keeps_coming_does_not_delay_the_notice_for_ever() -> None:
    played = Played(replace(ALERT, hold_s=0.0))
    for count in range(1, 60):
        played.look(*(f"s{number}" for number in range(count)))
    at, first = played.notices[0]
    assert at - 1_000.0 <= GROUP_AT_MOST_S + 1
    assert len(first.sessions) > GROUP_AT_MOST_S
    assert played.notices[1][0] - at >= JOIN_S


def test_an_alert_that_is_over_is_announced_as_resolved_once() -> None:
    played = Played().look("a", "b", times=33).look("a", times=3).look(times=60)
    assert played.told() == [(FIRING, ("a", "b")), (RESOLVED, ("a",))]
    assert played.standing.state is RESOLVED


def test_acknowledged_it_stays_quiet_until_another_session_fires() -> None:
    played = Played(replace(ALERT, repeat_s=60.0)).look("a", times=33)
    played.acknowledge()
    played.look("a", times=600)
    assert played.told() == [(FIRING, ("a",)), (ACKNOWLEDGED, ("a",))]
    assert played.standing.state is ACKNOWLEDGED
    played.look("a", "b", times=40)
    assert played.told()[2:] == [(FIRING, ("b",))]
    played.acknowledge(["a", "other"])  # neither fires
    assert len(played.notices) == 3


def test_some_of_its_sessions_can_be_acknowledged() -> None:
    played = Played().look("a", "b", times=33)
    played.acknowledge(["b"])
    assert played.told()[1:] == [(ACKNOWLEDGED, ("b",))]
    assert (played.standing.state, played.standing.sessions(FIRING)) == (FIRING, ("a",))


def test_it_is_repeated_while_nobody_acknowledges() -> None:
    played = Played(replace(ALERT, repeat_s=100.0)).look("a", times=31 + 350)
    assert played.told() == [(FIRING, ("a",))] * 4


def test_after_a_restart_it_does_not_fire_again() -> None:
    before = Instant(10.0, 10.0 + 1e9)
    now = Played().now
    held = alert_rules.restored({"a": before}, {"b": before}, now)
    played = Played(standing=held)
    assert (held.state, held.since) == (FIRING, before)
    played.look(times=60).look("a", "b", times=600)  # their pages need a minute
    assert played.notices == []
    assert played.standing.sessions(ACKNOWLEDGED) == ("b",)


def test_what_ended_during_a_restart_is_resolved_in_the_end() -> None:
    before = Instant(10.0, 10.0 + 1e9)
    played = Played(standing=alert_rules.restored({"a": before, "b": before}, {}, Played().now))
    played.look("b", times=10).look(times=5)
    assert played.standing.sessions(FIRING) == ("a",)  # b was seen, and left; a may still be loading
    played.look(times=int(HELD_S))
    assert [state for state, _ in played.told()] == [RESOLVED]
    assert alert_rules.restored({}, {}, Played().now).state is None


LOOKS = st.lists(st.tuples(st.sets(st.sampled_from(IDS)), st.integers(1, 45), st.booleans()), max_size=15)


@given(LOOKS, st.sampled_from([0.0, 3.0, 30.0]), st.sampled_from([None, 20.0]))
def test_laws_of_alerts(
    looks: list[tuple[set[str], int, bool]], hold_s: float, repeat_s: float | None
) -> None:
    played = Played(replace(ALERT, hold_s=hold_s, repeat_s=repeat_s))
    held = dict.fromkeys(IDS, 0)
    for matching, times, acknowledged in looks:
        for _ in range(times):
            played.look(*sorted(matching))
            held = {one: held[one] + 1 if one in matching else 0 for one in IDS}
            fired = played.standing.sessions(FIRING, ACKNOWLEDGED)
            # Exactly who matched for long enough has fired: the first look counts as zero seconds.
            assert set(fired) == {one for one in IDS if held[one] > hold_s}
        if acknowledged:
            played.acknowledge()
            assert played.standing.sessions(FIRING) == ()
    ongoing = False
    for _, notice in played.notices:
        assert notice.state is not RESOLVED or ongoing  # only what was announced is announced as over
        assert notice.sessions
        ongoing = notice.state is not RESOLVED
    times_told = [at for at, notice in played.notices if notice.state is not ACKNOWLEDGED]
    for number, first in enumerate(times_told):
        for count, last in enumerate(times_told[number:], 1):
            assert count <= BURST + (last - first) / REFILL_S + 1e-6


def test_ten_thousand_flapping_sessions_are_few_notices() -> None:
    played = Played(replace(ALERT, hold_s=0.0))
    ids = dict.fromkeys(f"s{number}" for number in range(10_000))
    for second in range(60):
        matching: Collection[str] = ids.keys() if second % 6 < 3 else ()
        played.standing, notice = alert_rules.look(played.alert, played.standing, matching, played.now)
        played._keep(notice)
        played.at += 1
    assert 4 <= len(played.notices) <= BURST + 1
