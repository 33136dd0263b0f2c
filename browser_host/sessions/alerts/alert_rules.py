"""From one look to the next: which sessions an alert has, and when that is announced."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from browser_host.sessions.alerts.alert import BURST, REFILL_S, Alert, AlertStanding, Member, Notice
from browser_host.sessions.alerts.alert_state import AlertState
from browser_host.sessions.clock import Instant

GROUP_S = 1.0
"""Seconds without a further session after which an alert is announced, for all that fire by then."""

GROUP_AT_MOST_S = 10.0
"""Seconds after the first session at which it is announced in any case."""

JOIN_S = 30.0
"""Seconds between two announcements of an alert that fires for more and more sessions."""

HELD_S = 120.0
"""Seconds that a session of an alert is kept after a restart until the filter matches it again: its page
must load and report its status first."""

_FIRED = (AlertState.FIRING, AlertState.ACKNOWLEDGED)


def look(
    alert: Alert, standing: AlertStanding, matching: Collection[str], now: Instant
) -> tuple[AlertStanding, Notice | None]:
    """How an alert stands after a look at the sessions, and what is to be announced.

    Args:
        matching: ids of the sessions that its filter matches now.
    """
    members = {
        session_id: member
        for session_id, member in standing.members.items()
        if session_id in matching or (member.held_until is not None and now.mono < member.held_until)
    }
    for session_id in matching:
        members[session_id] = _matched(members.get(session_id), alert, now)
    return _announced(alert, _with_members(standing, members, now), now)


def acknowledge(
    standing: AlertStanding, ids: Collection[str] | None, now: Instant
) -> tuple[AlertStanding, Notice | None]:
    """How an alert stands once its firing sessions, or those with the ids, are acknowledged.

    Returns:
        A notice unless none of them was firing.
    """
    firing = standing.sessions(AlertState.FIRING)
    named = frozenset(firing if ids is None else ids)
    taken = tuple(one for one in firing if one in named)
    if not taken:
        return standing, None
    members = dict(standing.members)
    members.update((one, Member(AlertState.ACKNOWLEDGED, now)) for one in taken)
    after = _with_members(standing, members, now)
    announced = (standing.announced or frozenset()) | set(taken)
    return replace(after, announced=announced), Notice(AlertState.ACKNOWLEDGED, taken, taken)


def restored(
    firing: Mapping[str, Instant], acknowledged: Mapping[str, Instant], now: Instant
) -> AlertStanding:
    """How an alert stands that was announced by an earlier host: it is not announced again.

    Args:
        firing: since when it fires for each session; the same for those acknowledged.
    """
    held_until = now.mono + HELD_S
    members = {
        session_id: Member(state, since, held_until)
        for state, found in zip(_FIRED, (firing, acknowledged), strict=True)
        for session_id, since in found.items()
    }
    if not members:
        return AlertStanding()
    state = AlertState.FIRING if firing else AlertState.ACKNOWLEDGED
    since = min(firing.values() if firing else acknowledged.values())
    return AlertStanding(
        members, state=state, since=since, announced=frozenset(members), announced_at=now.mono
    )


def _matched(member: Member | None, alert: Alert, now: Instant) -> Member:
    if member is None:
        member = Member(AlertState.PENDING, now)
    if member.state is AlertState.PENDING and now.mono >= member.since.mono + alert.hold_s:
        return Member(AlertState.FIRING, now)
    return replace(member, held_until=None)


def _with_members(standing: AlertStanding, members: Mapping[str, Member], now: Instant) -> AlertStanding:
    states = {member.state for member in members.values()}
    had_fired = standing.resolved_at is not None or standing.state in _FIRED
    held = (one for one in (*_FIRED, AlertState.PENDING) if one in states)
    state = next(held, AlertState.RESOLVED if had_fired else None)
    standing = replace(standing, members=members)
    if state is standing.state:
        return standing
    resolved_at = now if standing.state in _FIRED and state not in _FIRED else standing.resolved_at
    since = resolved_at if state is AlertState.RESOLVED else now
    return replace(standing, state=state, since=since, resolved_at=resolved_at)


def _announced(alert: Alert, standing: AlertStanding, now: Instant) -> tuple[AlertStanding, Notice | None]:
    fired = standing.sessions(*_FIRED)
    if standing.announced is not None and fired:  # who left and fires again is announced again
        standing = replace(standing, announced=standing.announced.intersection(fired))
    notice = _due(alert, standing, now)
    spare = _spare(standing, now)
    if notice is None or spare < 1:
        return standing, None
    announced = None if notice.state is AlertState.RESOLVED else frozenset(fired)
    return replace(standing, announced=announced, announced_at=now.mono, spare=spare - 1), notice


def _due(alert: Alert, standing: AlertStanding, now: Instant) -> Notice | None:
    """What would be announced if there were no limit."""
    announced = standing.announced
    firing = standing.sessions(AlertState.FIRING)
    changed_s = now.seconds_since(standing.since) if standing.since is not None else 0.0
    quiet_s = now.mono - standing.announced_at if standing.announced_at is not None else 0.0
    if firing and announced is None:
        return Notice(AlertState.FIRING, firing, firing) if _is_complete(alert, standing, now) else None
    if firing and announced is not None:
        fresh = tuple(one for one in firing if one not in announced)
        repeated = alert.repeat_s is not None and quiet_s >= alert.repeat_s
        return Notice(AlertState.FIRING, firing, fresh) if repeated or (fresh and quiet_s >= JOIN_S) else None
    if announced is not None and standing.state not in _FIRED and changed_s >= GROUP_S:
        return Notice(AlertState.RESOLVED, tuple(sorted(announced)))
    return None


def _is_complete(alert: Alert, standing: AlertStanding, now: Instant) -> bool:
    """Whether no further session is about to join those that fire, or they waited for long enough."""
    firing = [one.since.mono for one in standing.members.values() if one.state is AlertState.FIRING]
    at_most = min(firing) + GROUP_AT_MOST_S
    pending = (one.since.mono for one in standing.members.values() if one.state is AlertState.PENDING)
    awaited = any(since + alert.hold_s < at_most for since in pending)
    return now.mono >= at_most or (now.mono - max(firing) >= GROUP_S and not awaited)


def _spare(standing: AlertStanding, now: Instant) -> float:
    if standing.announced_at is None:
        return standing.spare
    return min(BURST, standing.spare + (now.mono - standing.announced_at) / REFILL_S)
