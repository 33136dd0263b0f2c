"""How the alerts of an earlier host stood, from the journal: rows in, standings out. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from browser_host.journal.entries import JournalEntry
from browser_host.sessions.alerts import alert_rules
from browser_host.sessions.alerts.alert import AlertStanding
from browser_host.sessions.alerts.alert_state import AlertState
from browser_host.sessions.clock import Instant
from browser_host.supervisor.audit import records

MOST_ROWS = 200_000
"""Rows of the journal that are searched for alerts, the newest: less than a second of work."""

ALERT_ACTIONS = tuple(
    f"{records.ALERT}{state}" for state in (AlertState.FIRING, AlertState.ACKNOWLEDGED, AlertState.RESOLVED)
)


@dataclass(slots=True)
class _Announced:
    firing: dict[str, Instant] = field(default_factory=dict)
    acknowledged: dict[str, Instant] = field(default_factory=dict)


def recover_alerts(rows: Iterable[JournalEntry], place: str, now: Instant) -> Mapping[str, AlertStanding]:
    """How each alert stood, by name.

    Args:
        rows: of `ALERT_ACTIONS`, oldest first; rows of hosts in other places are ignored.
    """
    found: dict[str, _Announced] = {}
    for row in rows:
        read = records.read_alert(row)
        if read is None or read[0] != place:
            continue
        told = found.setdefault(row.label, _Announced())
        # A time of another process, never later than now on the steady clock.
        at = Instant(mono=now.mono - max(0.0, now.wall - row.at), wall=row.at)
        match row.action.removeprefix(records.ALERT):
            case AlertState.FIRING:
                told.firing.update(dict.fromkeys(read[1], at))
                _forget(told.acknowledged, read[1])
            case AlertState.ACKNOWLEDGED:
                told.acknowledged.update(dict.fromkeys(read[1], at))
                _forget(told.firing, read[1])
            case AlertState.RESOLVED:
                found[row.label] = _Announced()
    return {name: alert_rules.restored(told.firing, told.acknowledged, now) for name, told in found.items()}


def _forget(told: dict[str, Instant], sessions: Iterable[str]) -> None:
    for session_id in sessions:
        told.pop(session_id, None)
