"""What goes into the journal: intents before their effect, outcomes after it, and what pages said."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from browser_host.api.peer import Peer
from browser_host.journal import coalesce
from browser_host.journal.coalesce import Words
from browser_host.journal.entries import JournalEntry, Outcome, by_host
from browser_host.journal.journal import Journal
from browser_host.protocol.instructions import SetMode, SwitchColor, action_of
from browser_host.sessions.changes import Change, ChangeType
from browser_host.sessions.instant import Clock
from browser_host.sessions.ledger import Entry, Order
from browser_host.sessions.session import Session
from browser_host.supervisor import traces
from browser_host.supervisor.new_session import NewSession
from browser_host.supervisor.recovery import NEXT_COLOR, Hosted

STATUSES_PER_INTERVAL = 20
"""Statuses of a session written one by one within `coalesce.INTERVAL_S`; a page that says more is thinned
like colours are, so that no page can fill the disk."""

PAGE = "page"
"""Who says a status or a colour."""

_OUTCOMES = {
    ChangeType.INSTRUCTION_SENT: Outcome.SENT,
    ChangeType.INSTRUCTION_CONFIRMED: Outcome.CONFIRMED,
    ChangeType.INSTRUCTION_UNCONFIRMED: Outcome.UNCONFIRMED,
    ChangeType.INSTRUCTION_FAILED: Outcome.FAILED,
    ChangeType.INSTRUCTION_CANCELLED: Outcome.CANCELLED,
}


@dataclass(frozen=True, slots=True)
class Intent:
    """An instruction that is about to be given to a session."""

    session: Session
    order: Order
    peer: Peer


@dataclass(slots=True)
class _Said:
    """What was written of a session's words within the present interval; that it began anew may wait."""

    heard: coalesce.Heard = field(default_factory=coalesce.Heard)
    statuses: int = 0
    since: float = 0.0
    ended: bool = False
    anew: JournalEntry | None = None


class Scribe:
    """Writes the journal for the supervisor.

    Args:
        place: tells this host's rows from those of others (`traces.place_of`).
    """

    def __init__(self, journal: Journal, clock: Clock, place: str = "") -> None:
        self._journal = journal
        self._clock = clock
        self._place = place
        self._said: dict[str, _Said] = {}

    async def intend(self, intents: Sequence[Intent]) -> None:
        """Returns once the intents are on disk; only then may they be carried out.

        Those that get there when nobody waits for them any more are told as skipped.

        Raises:
            JournalUnavailable: they are not; nothing may be done.
        """

        def late() -> None:
            for one in intents:
                self.drop(one, "it was written down too late: nothing was sent")

        await self._journal.write([_entry_of(one, Outcome.INTENDED) for one in intents], late=late)

    def drop(self, intent: Intent, why: str) -> None:
        """An intent came to nothing: the session could not take it any more."""
        self._journal.note([_entry_of(intent, Outcome.SKIPPED, why)])

    def acted(self, peer: Peer, action: str, session: Session | None = None, text: str = "") -> None:
        """Somebody did something that is no instruction to a page."""
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
        """Somebody added a session; what is written of it is enough to bring it back, but for a link."""
        self.acted(peer, traces.ADDED, session, traces.added_text(new, self._place))

    def not_recovered(self, session: Hosted, why: str) -> None:
        """A session of the host before this one can't be brought back."""
        noted = by_host(self._clock().wall, traces.NOT_RECOVERED, text=why)
        self._journal.note([replace(noted, session=session.id, label=session.label)])

    def reloaded(self, text: str) -> None:
        """The configuration was read anew."""
        self._journal.note([by_host(self._clock().wall, "host.reloaded", text=text)])

    def host_ended(self, action: str) -> None:
        """The host ends; how is one of `traces`: all but `HOST_STOPPED` leave what it had to the next one."""
        self._journal.note([by_host(self._clock().wall, action, text=traces.host_text(self._place))])

    def observe(self, session: Session, changes: Sequence[Change]) -> None:
        """Writes what a session's changes say: outcomes at once, words of the page thinned."""
        self._began_anew(session)
        for change in changes:
            match change.type:
                case ChangeType.STATUS:
                    self._status(session, change.type, session.status.value if session.status else "")
                case ChangeType.ENDED:
                    said = self._said.setdefault(session.id, _Said())
                    said.ended, said.anew = True, None
                    self._status(session, change.type, session.ended.reason.value if session.ended else "")
                case ChangeType.COLOR:
                    self._color(session)
                case ChangeType.HOSTING if session.error is not None:
                    self._hosting(session, change.type, f"{session.hosting.value}: {session.error.text}")
                case kind if kind in _OUTCOMES:
                    self._outcome(session, change)

    def tick(self) -> None:
        """Writes what waited for its interval to end."""
        now = self._clock().mono
        for said in self._said.values():
            said.heard, words = coalesce.due(said.heard, now)
            self._write(words)
            if said.anew is not None and now - said.since >= coalesce.INTERVAL_S:
                self._journal.note([said.anew], patient=True)
                said.anew = None

    def forget(self, session_id: str) -> None:
        """The session is gone: what waits of it is written."""
        said = self._said.pop(session_id, None)
        if said is not None:
            self._write(coalesce.last(said.heard))

    def _began_anew(self, session: Session) -> None:
        said = self._said.get(session.id)
        if said is not None and said.ended and session.ended is None:
            said.ended = False
            noted = by_host(self._clock().wall, traces.BEGAN_ANEW)
            said.anew = replace(noted, session=session.id, label=session.label)
            if said.statuses < STATUSES_PER_INTERVAL:
                self._journal.note([said.anew], patient=True)
                said.anew = None

    def _outcome(self, session: Session, change: Change) -> None:
        shown = change.extra.get("entry", {}).get("id")
        entry = next((entry for entry in session.ledger if entry.id == shown), None)
        if entry is not None:
            self._journal.note([_outcome_of(session, entry, _OUTCOMES[change.type], self._clock().wall)])

    def _hosting(self, session: Session, kind: ChangeType, text: str) -> None:
        noted = by_host(self._clock().wall, kind.value, text=text)
        self._journal.note([replace(noted, session=session.id, label=session.label)])

    def _status(self, session: Session, kind: ChangeType, text: str) -> None:
        said = self._said.setdefault(session.id, _Said())
        now = self._clock()
        words = Words(now.wall, session.id, session.label, kind.value, text)
        if now.mono - said.since >= coalesce.INTERVAL_S:
            said.since, said.statuses = now.mono, 0
        said.statuses += 1
        if said.statuses <= STATUSES_PER_INTERVAL:
            said.heard, written = coalesce.status(said.heard, words)
        else:
            said.heard, written = coalesce.color(said.heard, words, now.mono)
        self._write(written)

    def _color(self, session: Session) -> None:
        said = self._said.setdefault(session.id, _Said())
        now, color = self._clock(), session.color
        text = (color.value or color.raw) if color else ""
        words = Words(now.wall, session.id, session.label, ChangeType.COLOR.value, text)
        said.heard, written = coalesce.color(said.heard, words, now.mono)
        self._write(written)

    def _write(self, words: Sequence[Words]) -> None:
        """Pages' words may wait to be written together; nothing is done that needs them on disk."""
        if words:
            self._journal.note([_entry_of_words(one) for one in words], patient=True)


def _entry_of_words(words: Words) -> JournalEntry:
    return JournalEntry(
        at=words.at,
        by=PAGE,
        client="host",
        action=words.kind,
        session=words.session,
        label=words.label,
        outcome=Outcome.SAID,
        text=words.text,
    )


def _entry_of(intent: Intent, outcome: Outcome, text: str = "") -> JournalEntry:
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


def _outcome_of(session: Session, entry: Entry, outcome: Outcome, at: float) -> JournalEntry:
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
