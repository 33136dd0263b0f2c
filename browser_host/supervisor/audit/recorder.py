"""What goes into the journal: intents before their effect, outcomes after it, and what pages reported."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from browser_host.api.peer import Peer
from browser_host.journal import coalesce
from browser_host.journal.coalesce import ReportedEvent
from browser_host.journal.entries import EntryOutcome, JournalEntry, by_host
from browser_host.journal.journal import Journal
from browser_host.protocol.page_instructions import SetMode, SwitchColor, action_of
from browser_host.sessions.alerts.alert import Notice
from browser_host.sessions.changes import Change, ChangeType
from browser_host.sessions.clock import Clock
from browser_host.sessions.ledger import Entry, Order
from browser_host.sessions.session import Session
from browser_host.supervisor.audit import records
from browser_host.supervisor.audit.replay import NEXT_COLOR, Hosted
from browser_host.supervisor.new_session import NewSession
from browser_host.tasks import in_slices

STATUSES_PER_INTERVAL = 20
"""Statuses of a session journalled one by one within `coalesce.INTERVAL_S`. Further ones are coalesced as
colours are, so that no page can fill the disk."""

_OUTCOMES = {
    ChangeType.INSTRUCTION_SENT: EntryOutcome.SENT,
    ChangeType.INSTRUCTION_CONFIRMED: EntryOutcome.CONFIRMED,
    ChangeType.INSTRUCTION_UNCONFIRMED: EntryOutcome.UNCONFIRMED,
    ChangeType.INSTRUCTION_FAILED: EntryOutcome.FAILED,
    ChangeType.INSTRUCTION_CANCELLED: EntryOutcome.CANCELLED,
}


@dataclass(frozen=True, slots=True)
class Intent:
    """An instruction that is about to be submitted."""

    session: Session
    order: Order
    peer: Peer


@dataclass(slots=True)
class _Reports:
    """What was journalled of a session's messages within the current interval."""

    colors: coalesce.Coalescing = field(default_factory=coalesce.Coalescing)
    statuses: int = 0
    since: float = 0.0
    ended: bool = False
    restarted: JournalEntry | None = None


class AuditRecorder:
    """Writes the journal for the supervisor.

    Args:
        place: distinguishes this host's rows from those of other hosts (`records.place_of`).
    """

    def __init__(self, journal: Journal, clock: Clock, place: str = "") -> None:
        self._journal = journal
        self._clock = clock
        self._place = place
        self._reports: dict[str, _Reports] = {}

    async def intend(self, intents: Sequence[Intent]) -> None:
        """Return once the intents are on disk; only then may they be carried out.

        An intent that is written after the deadline is journalled as skipped.

        Raises:
            JournalUnavailable: they are not on disk; nothing may be done.
        """

        def late() -> None:
            for one in intents:
                self.drop(one, "journalled too late; nothing was sent")

        rows = [_entry_of(one, EntryOutcome.INTENDED) async for one in in_slices(intents)]
        await self._journal.write(rows, late=late)

    def drop(self, intent: Intent, why: str) -> None:
        """Journal that nothing was sent for an intent, because the session no longer accepted it."""
        self._journal.note([_entry_of(intent, EntryOutcome.SKIPPED, why)])

    def acted(self, peer: Peer, action: str, session: Session | None = None, text: str = "") -> None:
        """Journal an action that is not an instruction to a page."""
        self._journal.note(
            [
                JournalEntry(
                    at=self._clock().wall,
                    by=peer.who,
                    client=peer.client,
                    action=action,
                    session=session.id if session else None,
                    label=session.label if session else "",
                    text=text,
                    peer=peer.ssh,
                )
            ]
        )

    def added(self, peer: Peer, session: Session, new: NewSession) -> None:
        """Journal an added session, with all that is needed to recover it except a link."""
        self.acted(peer, records.ADDED, session, records.added_text(new, self._place))

    def not_recovered(self, session: Hosted, why: str) -> None:
        """Journal that a session of the previous host can't be recovered."""
        noted = by_host(self._clock().wall, records.NOT_RECOVERED, text=why)
        self._journal.note([replace(noted, session=session.id, label=session.label)])

    def alerted(self, name: str, notice: Notice, peer: Peer) -> None:
        """Journal an announcement of an alert, with the sessions that it is announced for, in rows.

        Args:
            peer: who acknowledged it, else the host.
        """
        row = JournalEntry(
            at=self._clock().wall,
            by=peer.who,
            client=peer.client,
            action=f"{records.ALERT}{notice.state}",
            label=name,
            peer=peer.ssh,
        )
        texts = records.alert_texts(notice.fresh, self._place)
        self._journal.note([replace(row, text=text) for text in texts])

    def reloaded(self, text: str) -> None:
        """Journal that the configuration was reloaded."""
        self._journal.note([by_host(self._clock().wall, "host.reloaded", text=text)])

    def host_ended(self, action: str) -> None:
        """Journal how the host ends; the next host recovers the sessions, except after `HOST_STOPPED`."""
        self._journal.note([by_host(self._clock().wall, action, text=records.host_text(self._place))])

    def observe(self, session: Session, changes: Sequence[Change]) -> None:
        """Journal a session's changes: outcomes at once, page events coalesced."""
        self._note_restart(session)
        for change in changes:
            match change.type:
                case ChangeType.STATUS:
                    self._status(session, change.type, session.status.value if session.status else "")
                case ChangeType.ENDED:
                    reports = self._reports.setdefault(session.id, _Reports())
                    reports.ended, reports.restarted = True, None
                    self._status(session, change.type, session.ended.reason.value if session.ended else "")
                case ChangeType.DOCUMENT:
                    document = change.extra.get("document", {})
                    self._status(session, change.type, f"{document.get('origin')}: {document.get('text')}")
                case ChangeType.COLOR:
                    self._color(session)
                case ChangeType.HOSTING if session.error is not None:
                    self._hosting(session, change.type, f"{session.hosting.value}: {session.error.text}")
                case kind if kind in _OUTCOMES:
                    self._outcome(session, change)

    def tick(self) -> None:
        """Write the page events whose interval is over."""
        now = self._clock().mono
        for reports in self._reports.values():
            reports.colors, due = coalesce.due(reports.colors, now)
            self._write(due)
            if reports.restarted is not None and now - reports.since >= coalesce.INTERVAL_S:
                self._journal.note([reports.restarted], patient=True)
                reports.restarted = None

    def forget(self, session_id: str) -> None:
        """Write what is still held of a removed session."""
        reports = self._reports.pop(session_id, None)
        if reports is not None:
            self._write(coalesce.last(reports.colors))

    def _note_restart(self, session: Session) -> None:
        reports = self._reports.get(session.id)
        if reports is not None and reports.ended and session.ended is None:
            reports.ended = False
            noted = by_host(self._clock().wall, records.RESTARTED)
            reports.restarted = replace(noted, session=session.id, label=session.label)
            if reports.statuses < STATUSES_PER_INTERVAL:
                self._journal.note([reports.restarted], patient=True)
                reports.restarted = None

    def _outcome(self, session: Session, change: Change) -> None:
        shown = change.extra.get("entry", {}).get("id")
        entry = next((entry for entry in session.ledger if entry.id == shown), None)
        if entry is not None:
            self._journal.note([_outcome_of(session, entry, _OUTCOMES[change.type], self._clock().wall)])

    def _hosting(self, session: Session, kind: ChangeType, text: str) -> None:
        noted = by_host(self._clock().wall, kind.value, text=text)
        self._journal.note([replace(noted, session=session.id, label=session.label)])

    def _status(self, session: Session, kind: ChangeType, text: str) -> None:
        reports = self._reports.setdefault(session.id, _Reports())
        now = self._clock()
        event = ReportedEvent(now.wall, session.id, session.label, kind.value, text)
        if now.mono - reports.since >= coalesce.INTERVAL_S:
            reports.since, reports.statuses = now.mono, 0
        reports.statuses += 1
        if reports.statuses <= STATUSES_PER_INTERVAL:
            reports.colors, written = coalesce.status(reports.colors, event)
        else:
            reports.colors, written = coalesce.color(reports.colors, event, now.mono)
        self._write(written)

    def _color(self, session: Session) -> None:
        reports = self._reports.get(session.id) or self._reports.setdefault(session.id, _Reports())
        now, color = self._clock(), session.color
        text = (color.value or color.raw) if color else ""
        event = ReportedEvent(now.wall, session.id, session.label, ChangeType.COLOR.value, text)
        reports.colors, written = coalesce.color(reports.colors, event, now.mono)
        self._write(written)

    def _write(self, events: Sequence[ReportedEvent]) -> None:
        """Page events may wait to be written together, because nothing depends on them being on disk."""
        if events:
            self._journal.note([_entry_of_event(one) for one in events], patient=True)


def _entry_of_event(event: ReportedEvent) -> JournalEntry:
    return JournalEntry(
        at=event.at,
        by=records.PAGE,
        client="host",
        action=event.kind,
        session=event.session,
        label=event.label,
        outcome=EntryOutcome.SAID,
        text=event.text,
    )


def _entry_of(intent: Intent, outcome: EntryOutcome, text: str = "") -> JournalEntry:
    order = intent.order
    return JournalEntry(
        at=order.at.wall,
        by=intent.peer.who,
        client=intent.peer.client,
        action=action_of(order.instruction).value,
        session=intent.session.id,
        label=intent.session.label,
        outcome=outcome,
        text=text or _argument(order),
        instruction=f"i{order.number}",
        peer=intent.peer.ssh,
    )


def _outcome_of(session: Session, entry: Entry, outcome: EntryOutcome, at: float) -> JournalEntry:
    order = entry.order
    return JournalEntry(
        at=at,
        by=order.by,
        client=order.client,
        action=action_of(order.instruction).value,
        session=session.id,
        label=session.label,
        outcome=outcome,
        text=f"via {entry.via.value}" + (f": {entry.text}" if entry.text else ""),
        instruction=entry.id,
    )


def _argument(order: Order) -> str:
    match order.instruction:
        case SetMode(mode):
            return mode.value
        case SwitchColor(color):
            return color or NEXT_COLOR
        case _:
            return ""
