"""Alerts: compare every session with each alert's filter once a second, and announce what changed."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from browser_host.api.peer import Peer
from browser_host.api.schema import ALERT, AlertView
from browser_host.browsers.log import Log
from browser_host.errors import UnknownAlert
from browser_host.journal.entries import HOST
from browser_host.notify.message import message_of
from browser_host.notify.outbox import Outboxes
from browser_host.sessions import json_codec
from browser_host.sessions.alerts import alert_rules
from browser_host.sessions.alerts.alert import Alert, AlertStanding, Notice
from browser_host.sessions.alerts.alert_state import AlertState
from browser_host.sessions.clock import Clock, Instant
from browser_host.sessions.views import SessionView
from browser_host.supervisor.audit.recorder import AuditRecorder
from browser_host.supervisor.event_feed import EventFeed
from browser_host.supervisor.guarded import guarded
from browser_host.supervisor.policy import LivePolicy
from browser_host.supervisor.session_store import SessionStore
from browser_host.tasks import is_set_within

LOOK_EVERY_S = 1.0
"""Seconds between two looks at the sessions."""

AT_ONCE = 50
"""Sessions that are read without a pause for others: 2 ms of work."""

_BY_HOST = Peer(uid=-1, name=HOST, client="host")


class AlertWatch:
    """Looks at the sessions for the alerts of the configuration; it changes no session.

    An announcement is published to clients, journalled, and queued for the alert's command and webhook.

    Args:
        host_name: names this host in what commands and webhooks get.
        outboxes: those of the alerts' commands and webhooks.
    """

    def __init__(
        self,
        policy: LivePolicy,
        store: SessionStore,
        feed: EventFeed,
        recorder: AuditRecorder,
        outboxes: Outboxes,
        *,
        host_name: str,
        clock: Clock,
        log: Log,
    ) -> None:
        self.outboxes = outboxes
        self._policy = policy
        self._store = store
        self._feed = feed
        self._recorder = recorder
        self._host_name = host_name
        self._clock = clock
        self._log = log
        self._standings: dict[str, AlertStanding] = {}

    async def run(self, stopping: asyncio.Event) -> None:
        """Look at the sessions until the host stops."""
        while not stopping.is_set():
            with guarded("alerts", self._log):
                await self.look()
            await is_set_within(stopping, LOOK_EVERY_S)

    def restore(self, standings: Mapping[str, AlertStanding]) -> None:
        """Take over how the alerts of an earlier host stood, by name."""
        self._standings.update(standings)

    async def look(self) -> None:
        """Look at the sessions once, with pauses in which the host does everything else."""
        alerts = self._policy.now.alerts
        self._standings = {one.name: self._standing(one) for one in alerts}
        if not alerts:
            return
        views: dict[str, SessionView] = {}
        for number, session in enumerate(tuple(self._store), 1):
            views[session.id] = self._store.aged(session)
            if number % AT_ONCE == 0:
                await asyncio.sleep(0)
        now, wall = self._clock(), self._store.now()
        for alert in alerts:
            await asyncio.sleep(0)
            matching = {one: None for one, view in views.items() if alert.when.matches(view, wall)}
            standing, notice = alert_rules.look(alert, self._standing(alert), matching.keys(), now)
            self._standings[alert.name] = standing
            if notice is not None:
                self._announce(alert, notice, now, _BY_HOST, views)

    def acknowledge(
        self, name: str, ids: Sequence[str] | None, peer: Peer, *, skip_unknown: bool = False
    ) -> tuple[AlertView, ...]:
        """Acknowledge an alert; returns it as it is then, or nothing if it is about no session.

        Args:
            ids: some of the sessions that it fires for; None for all.
            skip_unknown: leave out those that it does not fire for.

        Raises:
            UnknownAlert: there is none of that name, or it does not fire for one of the sessions.
        """
        alert = next((one for one in self._policy.now.alerts if one.name == name), None)
        if alert is None:
            known = ", ".join(one.name for one in self._policy.now.alerts) or "none (see [[alerts]])"
            raise UnknownAlert(f"no alert has the name {name}; the host has: {known}")
        before = self._standing(alert)
        fired = frozenset(before.sessions(AlertState.FIRING, AlertState.ACKNOWLEDGED))
        unknown = [one for one in ids or () if one not in fired]
        if unknown and not skip_unknown:
            raise UnknownAlert(
                f"the alert {name} does not fire for {', '.join(unknown)}; nothing was acknowledged"
            )
        now = self._clock()
        self._standings[name], notice = alert_rules.acknowledge(before, ids, now)
        if notice is not None:
            found = (self._store.get(session_id) for session_id in notice.sessions)
            views = {session.id: self._store.view(session) for session in found if session is not None}
            self._announce(alert, notice, now, peer, views)
        return tuple(view for view in self.views() if view.name == name)

    def views(self) -> tuple[AlertView, ...]:
        """The alerts that are or were about sessions, in the order of the configuration."""
        found = (self._view(alert) for alert in self._policy.now.alerts)
        return tuple(view for view in found if view is not None)

    def _view(self, alert: Alert) -> AlertView | None:
        standing = self._standing(alert)
        if standing.state is None or standing.since is None:
            return None
        since, sessions = standing.since.told(), standing.sessions(standing.state)
        return AlertView(alert.name, alert.severity, standing.state, since, sessions, alert.notify)

    def _standing(self, alert: Alert) -> AlertStanding:
        return self._standings.get(alert.name, AlertStanding())

    def _announce(
        self, alert: Alert, notice: Notice, now: Instant, peer: Peer, views: Mapping[str, SessionView]
    ) -> None:
        kind = f"{ALERT}{notice.state}"
        self._log.info(kind, alert=alert.name, sessions=len(notice.sessions), by=peer.who)
        self._recorder.alerted(alert.name, notice, peer)
        if (view := self._view(alert)) is not None:
            self._feed.publish(kind, None, now, json_codec.to_json(view))
        told = [_told(views[one]) if one in views else _gone(one) for one in notice.sessions]
        data = {"name": alert.name, "severity": alert.severity, "host": self._host_name, "sessions": told}
        self.outboxes.put(alert.name, message_of({"type": kind, "timestamp": now.iso(), "data": data}))


def _told(view: SessionView) -> dict[str, Any]:
    """A session in the body that commands and webhooks get."""
    reason = view.stale.text if view.stale else view.error.text if view.error else view.hosting
    return {"id": view.id, "label": view.label, "status": view.status, "reason": reason}


def _gone(session_id: str) -> dict[str, Any]:
    return {"id": session_id, "label": "", "status": None, "reason": "no longer hosted"}
