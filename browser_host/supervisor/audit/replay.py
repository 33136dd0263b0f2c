"""Recover from the journal what a host had that did not stop gracefully: rows in, sessions out. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from browser_host.journal.entries import EntryOutcome, JournalEntry
from browser_host.protocol.page_instructions import (
    Action,
    EndSession,
    Instruction,
    Mode,
    Raw,
    SetMode,
    SwitchColor,
)
from browser_host.sessions.clock import Instant
from browser_host.sessions.ledger import LIMIT, Entry, EntryState, Order, Via
from browser_host.sessions.rules.ledger_rules import settled
from browser_host.sessions.session import Source
from browser_host.supervisor.audit import records

NEXT_COLOR = "next colour"
"""The journal's text for an instruction to switch to the page's next colour."""

_STATES = {
    EntryOutcome.SENT: EntryState.SENT,
    EntryOutcome.CONFIRMED: EntryState.CONFIRMED,
    EntryOutcome.UNCONFIRMED: EntryState.UNCONFIRMED,
    EntryOutcome.FAILED: EntryState.FAILED,
    EntryOutcome.CANCELLED: EntryState.CANCELLED,
}
_NUMBER = re.compile(r"i(\d{1,15})", re.ASCII)
_WAY = re.compile(r"via (page|rest)(?:: (.*))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Past:
    """What the previous host sent to a session: its ledger and its mode."""

    ledger: tuple[Entry, ...] = ()
    mode: Mode | None = None


@dataclass(frozen=True, slots=True)
class Hosted:
    """A session that was added to the dead host by command.

    Args:
        visitor: short id, or None if it was added by its link.
        link: the link's fingerprint, or None.
    """

    id: str
    label: str
    visitor: str | None
    link: str | None


@dataclass(frozen=True, slots=True)
class Recovery:
    """What the next host recovers.

    Args:
        sessions: added by command and neither removed nor ended since, in order.
        pasts: of all sessions of the dead host that got an instruction, by id.
        links: visitors for whom links were requested, and when (epoch seconds), oldest first.
        last_number: the highest number of an instruction in the journal; new ones get higher numbers.
    """

    sessions: tuple[Hosted, ...] = ()
    pasts: Mapping[str, Past] = field(default_factory=dict)
    links: tuple[tuple[str, float], ...] = ()
    last_number: int = 0


def recover(rows: Iterable[JournalEntry], place: str, now: Instant) -> Recovery:
    """What the dead host in this place had.

    Args:
        rows: of instructions, of `records.ACTIONS` and each session's newest of `records.PAGES_OWN`, since
            the host in that place last stopped gracefully, oldest first; rows of other hosts are ignored.
        now: when instructions that were under way become unconfirmed.
    """
    fold = _Fold(place, now)
    for row in rows:
        fold.take(row)
    return fold.result()


def left_open(outcome: EntryOutcome) -> str:
    """The text for an instruction without an outcome: only what is known."""
    known = "was sent" if outcome is EntryOutcome.SENT else "may have been sent"
    return f"the host ended before its outcome was known: it {known}; it is not repeated"


@dataclass(slots=True)
class _Told:
    """A session's instructions by number; the oldest are dropped beyond the ledger's limit."""

    entries: dict[int, Entry] = field(default_factory=dict)
    mode: Mode | None = None


class _Fold:
    def __init__(self, place: str, now: Instant) -> None:
        self._place = place
        self._now = now
        self._hosted: dict[str, tuple[Source, Hosted]] = {}
        self._ended: set[str] = set()
        self._told: dict[str, _Told] = {}
        self._links: list[tuple[str, float]] = []
        self._last_number = 0

    def take(self, row: JournalEntry) -> None:
        if row.instruction is not None:
            self._instruction(row, row.instruction)
            return
        match row.action:
            case records.HOST_STOPPED if records.place_in(row) == self._place:
                self._forget_all()
            case records.ADDED:
                self._added(row)
            case records.REMOVED | records.NOT_RECOVERED if row.session is not None:
                self._hosted.pop(row.session, None)
                self._told.pop(row.session, None)
            case records.ENDED if row.session in self._hosted:
                self._ended.add(row.session)
            case records.RESTARTED if row.session is not None:
                self._ended.discard(row.session)

    def result(self) -> Recovery:
        return Recovery(
            sessions=tuple(
                one
                for source, one in self._hosted.values()
                if source is Source.COMMAND and one.id not in self._ended
            ),
            pasts={
                session: Past(tuple(self._closed(entry) for entry in told.entries.values()), told.mode)
                for session, told in self._told.items()
                if told.entries
            },
            links=tuple(self._links),
            last_number=self._last_number,
        )

    def _forget_all(self) -> None:
        self._hosted.clear()
        self._ended.clear()
        self._told.clear()
        self._links.clear()

    def _added(self, row: JournalEntry) -> None:
        added = records.read_added(row)
        if added is None or added.place != self._place or row.session is None:
            return
        self._hosted[row.session] = (
            added.source,
            Hosted(row.session, row.label, added.visitor, added.link),
        )
        self._ended.discard(row.session)
        if added.visitor is not None and added.source is not Source.SIMULATOR:
            self._links.append((added.visitor, row.at))

    def _instruction(self, row: JournalEntry, shown: str) -> None:
        number = _NUMBER.fullmatch(shown)
        if number is None:
            return
        self._last_number = max(self._last_number, int(number[1]))
        if row.session is None or row.session not in self._hosted:
            return
        told = self._told.setdefault(row.session, _Told())
        if row.outcome is EntryOutcome.INTENDED:
            instruction = _instruction_of(row)
            if instruction is not None:
                self._intended(told, row, int(number[1]), instruction)
        elif row.outcome is EntryOutcome.SKIPPED:
            told.entries.pop(int(number[1]), None)
        elif row.outcome in _STATES and (entry := told.entries.get(int(number[1]))) is not None:
            after = told.entries[int(number[1])] = self._after(entry, row)
            if after.state is EntryState.SENT and isinstance(after.order.instruction, SetMode):
                told.mode = after.order.instruction.mode

    def _intended(self, told: _Told, row: JournalEntry, number: int, instruction: Instruction) -> None:
        at = self._instant(row.at)
        order = Order(number, instruction, row.by, row.client, at, not_before=at, confirm_within=0.0)
        told.entries[number] = Entry(order, EntryState.QUEUED)
        if len(told.entries) > LIMIT:
            del told.entries[min(told.entries)]

    def _after(self, entry: Entry, row: JournalEntry) -> Entry:
        way = _WAY.fullmatch(row.text)
        state, at = _STATES[row.outcome], self._instant(row.at)
        entry = replace(
            entry,
            state=state,
            text=(way[2] or "") if way else row.text,
            via=Via(way[1]) if way else entry.via,
        )
        return replace(entry, sent_at=at) if state is EntryState.SENT else replace(entry, finished_at=at)

    def _closed(self, entry: Entry) -> Entry:
        if settled(entry):
            return entry
        outcome = EntryOutcome.SENT if entry.state is EntryState.SENT else EntryOutcome.INTENDED
        return replace(entry, state=EntryState.UNCONFIRMED, finished_at=self._now, text=left_open(outcome))

    def _instant(self, wall: float) -> Instant:
        """A time of another process, never later than now on the steady clock."""
        return Instant(mono=self._now.mono - max(0.0, self._now.wall - wall), wall=wall)


def _instruction_of(row: JournalEntry) -> Instruction | None:
    """The instruction of a row; None if no host writes such a row. Raw instructions are stored empty."""
    try:
        match row.action:
            case Action.END_SESSION:
                return EndSession()
            case Action.SET_MODE:
                return SetMode(Mode(row.text))
            case Action.SWITCH_COLOR:
                return SwitchColor(None if row.text == NEXT_COLOR else row.text)
            case Action.RAW:
                return Raw({})
    except ValueError:
        pass  # tampered with: a row that can't be parsed is not shown
    return None
