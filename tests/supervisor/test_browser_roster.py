"""How browsers stand: since when, and why one is missing."""

from dataclasses import replace

import pytest

from browser_host.api.endpoint_views import endpoints
from browser_host.bridge import events
from browser_host.browsers.interface import BrowserDescription
from browser_host.sessions.browser_state import BrowserState
from browser_host.sessions.clock import Instant
from browser_host.supervisor.hosting.browser_roster import LEAVING, NONE_RUNS, BrowserRoster

MOST = 1_000
STARTED, LOST = Instant(1.0, 100.0), Instant(5.0, 104.0)


def described(number: int, state: BrowserState, sessions: int = 0) -> BrowserDescription:
    return BrowserDescription(
        number, "chromium", "156", state, 1, sessions, 0.25, sandbox=True, isolated=True
    )


def reported(*reports: tuple[Instant, events.Report]) -> BrowserRoster:
    moments = iter([moment for moment, _ in reports])
    roster = BrowserRoster(lambda: next(moments))
    for _, report in reports:
        roster.reported(report)
    return roster


def test_a_browser_that_runs_is_up_since_its_start() -> None:
    roster = reported((STARTED, events.BrowserStarted(1, "chromium", "156")))
    (one,) = roster.views([described(1, BrowserState.UP, 3)], MOST, None)
    assert (one.state, one.since, one.reason, one.sessions) == (BrowserState.UP, 100.0, None, 3)


def test_a_browser_that_was_lost_is_down_with_its_reason() -> None:
    roster = reported(
        (STARTED, events.BrowserStarted(1, "chromium", "156")), (LOST, events.BrowserLost(1, "it was killed"))
    )
    (one,) = roster.views([], MOST, None)
    assert (one.state, one.since, one.reason) == (BrowserState.DOWN, 104.0, "it was killed")


def test_a_loss_is_over_once_another_browser_is_up() -> None:
    roster = reported(
        (LOST, events.BrowserLost(1, "it was killed")), (LOST, events.BrowserStarted(2, "chromium", "156"))
    )
    (one,) = roster.views([described(2, BrowserState.UP)], MOST, None)
    assert (one.state, one.reason) == (BrowserState.UP, None)


def test_a_start_under_way_says_what_was_lost() -> None:
    roster = reported((LOST, events.BrowserLost(1, "it was killed")))
    (one,) = roster.views([described(0, BrowserState.STARTING)], MOST, None)
    assert (one.state, one.since, one.reason) == (BrowserState.STARTING, 104.0, "it was killed")


@pytest.mark.parametrize(("given_up", "reason"), [(None, NONE_RUNS), ("given up", "given up")])
def test_no_browser_at_all_is_down(given_up: str | None, reason: str) -> None:
    (one,) = reported().views([], MOST, given_up)
    assert (one.state, one.reason, one.since) == (BrowserState.DOWN, reason, None)


def test_endpoint_has_state_of_its_best_browser() -> None:
    rows = reported().views(
        [described(1, BrowserState.DRAINING, 4), described(2, BrowserState.UP, 3)], MOST, None
    )
    (one,) = endpoints(rows)
    assert (one.name, one.state, one.sessions, one.pages, one.number) == ("local", BrowserState.UP, 7, 2, 2)
    assert one.max_sessions == MOST


@pytest.mark.parametrize("best", [BrowserState.UP, BrowserState.STARTING])
def test_endpoint_says_why_one_of_its_browsers_drains(best: BrowserState) -> None:
    leaving = replace(described(1, BrowserState.DRAINING, 4), leaving=True)
    (one,) = endpoints(reported().views([leaving, described(2, best)], MOST, None))
    assert (one.state, one.reason) == (best, LEAVING)


def test_an_endpoint_that_only_drains_is_missing_a_browser() -> None:
    rows = reported().views([described(1, BrowserState.DRAINING, 4)], MOST, None)
    assert [one.state for one in rows] == [BrowserState.DRAINING, BrowserState.DOWN]
    assert endpoints(rows)[0].state is BrowserState.DRAINING
