"""Alerts of a host: one notice for many sessions, journalled, sent, and not repeated by the next host."""

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from browser_host.config.choices import Channel
from browser_host.errors import UnknownAlert
from browser_host.notify.command_target import CommandTarget
from browser_host.sessions.alerts.alert import Alert
from browser_host.sessions.alerts.alert_state import Severity
from browser_host.sessions.filter import parse
from browser_host.supervisor.audit.alert_replay import ALERT_ACTIONS, recover_alerts
from browser_host.supervisor.policy import Policy
from tests.support.clocks import SettableClock
from tests.support.host import PEER, ScriptedHost, scripted_host
from tests.support.patience import patient

STUCK = Alert("not accepted", parse("status:pendingRequest"), 30.0, Severity.CRITICAL, notify=("bell",))


@dataclass(slots=True)
class Watched:
    host: ScriptedHost
    clock: SettableClock

    async def look(self, seconds: int) -> None:
        for _ in range(seconds):
            await self.host.alert_watch.look()
            self.clock.forward(1)

    def alerts(self) -> list[tuple[str, str, tuple[str, ...]]]:
        return [(one.name, one.state, one.sessions) for one in self.host.alert_watch.views()]

    def told(self) -> list[dict[str, Any]]:
        return [event for event in self.host.events() if event["type"].startswith("alert.")]


@contextlib.asynccontextmanager
async def watched(*alerts: Alert) -> AsyncIterator[Watched]:
    clock = SettableClock()
    async with scripted_host(Policy(alerts=alerts or (STUCK,)), clock=clock) as host:
        yield Watched(host, clock)


async def test_forty_sessions_are_one_alert_and_one_event() -> None:
    async with watched() as one:
        ids = one.host.live(40, "pendingRequest")
        one.host.live(2, "active")
        await one.look(10)
        assert one.alerts() == [("not accepted", "pending", tuple(ids))]
        assert one.told() == []
        await one.look(60)
        (event,) = one.told()
        assert (event["type"], event["state"], event["severity"]) == ("alert.firing", "firing", "critical")
        assert (event["sessions"], event["notify"], "id" in event) == (ids, ["bell"], False)
        for session_id in ids:
            one.host.hosting.says_status(session_id, "active")
        await one.look(5)
        assert [event["type"] for event in one.told()] == ["alert.firing", "alert.resolved"]
        assert one.alerts() == [("not accepted", "resolved", ())]


async def test_acknowledging_names_who_and_whom() -> None:
    async with watched() as one:
        first, second = one.host.live(2, "pendingRequest")
        await one.look(35)
        one.host.alert_watch.acknowledge("not accepted", [first], PEER)
        assert one.alerts() == [("not accepted", "firing", (second,))]
        one.host.alert_watch.acknowledge("not accepted", None, PEER)
        assert one.alerts() == [("not accepted", "acknowledged", (first, second))]
        rows = await one.host.journal.history(expression="action:alert.acknowledged")
        assert [(row["by"], row["label"], row["text"]) for row in rows] == [
            ("ada (1000)", "not accepted", f"host ; {session_id}") for session_id in (first, second)
        ]
        one.host.alert_watch.acknowledge("not accepted", ["zz"], PEER, skip_unknown=True)
        for name, ids in (("other", None), ("not accepted", ["zz"])):
            with pytest.raises(UnknownAlert):
                one.host.alert_watch.acknowledge(name, ids, PEER)


async def test_the_next_host_does_not_fire_again() -> None:
    async with watched() as one:
        many = one.host.live(60, "pendingRequest")
        await one.look(35)
        one.host.alert_watch.acknowledge("not accepted", many[:1], PEER)
        rows = await one.host.journal.read(lambda reader: reader.newest_of(ALERT_ACTIONS, 1_000))
    async with watched() as after:
        assert after.host.live(60, "waiting") == many
        after.host.alert_watch.restore(recover_alerts(rows, "", after.clock()))
        await after.look(5)
        for session_id in many:
            after.host.hosting.says_status(session_id, "pendingRequest")
        await after.look(200)
        assert after.told() == []
        assert after.alerts() == [("not accepted", "firing", tuple(many[1:]))]
        assert recover_alerts(rows, "ffffffff", after.clock()) == {}


async def test_a_reload_takes_an_alert_away_and_adds_one() -> None:
    async with watched() as one:
        ids = one.host.live(2, "pendingRequest")
        await one.look(35)
        other = replace(STUCK, name="other", hold_s=0.0)
        one.host.policy.now = replace(one.host.policy.now, alerts=(other,))
        await one.look(3)
        assert one.alerts() == [("other", "firing", tuple(ids))]


async def test_a_command_gets_what_the_contract_says(tmp_path: Path) -> None:
    out = tmp_path / "out"
    program = "import os, sys; open(sys.argv[1] + '.part', 'wb').write(sys.stdin.buffer.read());"
    program += "os.rename(sys.argv[1] + '.part', sys.argv[1])"
    target = CommandTarget((sys.executable, "-c", program, str(out)), {})
    async with watched() as one:
        (session_id,) = one.host.live(1, "pendingRequest")
        outboxes = one.host.alert_watch.outboxes
        async with outboxes.working():
            outboxes.configure({(STUCK.name, Channel.COMMAND): target})
            await one.look(35)
            async with asyncio.timeout(patient(10)):
                while not one.host.log.of("alert.delivered"):
                    await one.host.feed.news(one.host.feed.seq, within=0.05)
        body = json.loads(out.read_text())
        assert body["type"] == "alert.firing"
        assert body["timestamp"].endswith("Z")
        session = {"id": session_id, "label": "visitor 0", "status": "pendingRequest", "reason": "live"}
        assert body["data"] == {
            "name": "not accepted",
            "severity": "critical",
            "host": "desk",
            "sessions": [session],
        }
