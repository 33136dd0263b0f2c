"""The alerts in the dashboard, on the real API: heard of, listed, acknowledged."""

from pathlib import Path

import pytest

from browser_host.sessions.alerts.alert import Alert
from browser_host.sessions.filter import parse
from browser_host.supervisor.policy import Policy
from tests.support.clocks import SettableClock
from tests.tui.plan.stage import stage
from tui.app import WatchdeckApp
from tui.screens.sessions import SessionsScreen

pytestmark = pytest.mark.usefixtures("no_quiet_time")


async def test_an_alert_is_seen_listed_and_acknowledged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = Policy(
        alerts=(Alert("not accepted", parse("status:pendingRequest"), 0.0, notify=("toast", "bell")),)
    )
    rung: list[None] = []
    monkeypatch.setattr(WatchdeckApp, "bell", lambda _: rung.append(None))
    async with stage(tmp_path, rules, count=3) as one:
        clock = SettableClock()
        monkeypatch.setattr(one.host.alert_watch, "_clock", clock)
        await one.press("A")
        await one.shows("No alert is about any session")
        await one.press("x", "escape")
        for _ in range(3):
            await one.host.alert_watch.look()
            clock.forward(1)
        await one.until(lambda: isinstance(one.app.screen, SessionsScreen))
        await one.shows("1 ALERT: not accepted", "ALERT not accepted: 3 sessions")
        assert len(rung) == 1
        await one.press("A")
        await one.shows("firing", "not accepted", "3  visitor 0, visitor 1, visitor 2")
        await one.press("x")
        await one.shows("Acknowledged not accepted for 3", "acknowledged")
        (alert,) = one.host.alert_watch.views()
        assert (alert.state, len(alert.sessions)) == ("acknowledged", 3)
        await one.press("x")
        await one.shows("Nothing to acknowledge: the alert does not fire")
        assert len(rung) == 1
