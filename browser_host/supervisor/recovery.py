"""What a host that did not stop in order had, by its journal: rows in, what is to come back out. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from browser_host.journal.entries import JournalEntry, Outcome
from browser_host.protocol.instructions import (
    Action,
    EndSession,
    Instruction,
    Mode,
    Raw,
    SetMode,
    SwitchColor,
)
from browser_host.sessions.instant import Instant
from browser_host.sessions.ledger import LIMIT, Entry, EntryState, Order, Via
from browser_host.sessions.ledger_rules import settled
from browser_host.sessions.session import Source
from browser_host.supervisor import traces

NEXT_COLOR = "next colour"
"""What the journal writes for a colour that was to be the page's next."""

_STATES = {
    Outcome.SENT: EntryState.SENT,
    Outcome.CONFIRMED: EntryState.CONFIRMED,
    Outcome.UNCONFIRMED: EntryState.UNCONFIRMED,
    Outcome.FAILED: EntryState.FAILED,
    Outcome.CANCELLED: EntryState.CANCELLED,
}
_NUMBER = re.compile(r"i(\d{1,15})", re.ASCII)
_WAY = re.compile(r"via (page|rest)(?:: (.*))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Past:
    """What was sent to a session by the host before: its ledger and its mode."""

    ledger: tuple[Entry, ...] = ()
    mode: Mode | None = None


@dataclass(frozen=True, slots=True)
class Hosted:
    """A session that the dead host had taken in by command.

    Args:
        visitor: short id, or None where it was added by its link.
        link: the link's fingerprint, or None.
    """

    id: str
    label: str
    visitor: str | None
    link: str | None


@dataclass(frozen=True, slots=True)
class Recovery:
    """What comes back.

    Args:
        sessions: added by command, neither removed nor ended since, in their order.
        pasts: of all sessions that the dead host hosted and that were told something, by id.
        links: visitors for whom links were asked for, and when (epoch seconds), oldest first.
        last_number: of all the instructions that the journal names; those to come have higher ones.
    """

    sessions: tuple[Hosted, ...] = ()
    pasts: Mapping[str, Past] = field(default_factory=dict)
    links: tuple[tuple[str, float], ...] = ()
    last_number: int = 0


def recover(rows: Iterable[JournalEntry], place: str, now: Instant) -> Recovery:
    """What the dead host on this place had.

    Args:
        rows: of instructions, of `traces.ACTIONS` and the newest of each session of `traces.PAGES_OWN`, since
            that place's host last stopped in order, oldest first; those of other hosts are not looked at.
        now: what was in flight at the death is unconfirmed since now.
    """
    fold = _Fold(place, now)
    for row in rows:
        fold.take(row)
    return fold.result()


def left_open(outcome: Outcome) -> str:
    """What is said of an instruction that has no outcome: all that is known."""
    known = "was sent" if outcome is Outcome.SENT else "may have been sent"
    return f"the host ended before its outcome was known: it {known}; it is not repeated"


@dataclass(slots=True)
class _Told:
    """What a session was told, by the instruction's number; the oldest give way."""

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
            case traces.HOST_STOPPED if traces.place_in(row) == self._place:
                self._forget_all()
            case traces.ADDED:
                self._added(row)
            case traces.REMOVED | traces.NOT_RECOVERED if row.session is not None:
                self._hosted.pop(row.session, None)
                self._told.pop(row.session, None)
            case traces.ENDED if row.session in self._hosted:
                self._ended.add(row.session)
            case traces.BEGAN_ANEW if row.session is not None:
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
        added = traces.read_added(row)
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
        if row.outcome is Outcome.INTENDED:
            instruction = _instruction_of(row)
            if instruction is not None:
                self._intended(told, row, int(number[1]), instruction)
        elif row.outcome is Outcome.SKIPPED:
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
        outcome = Outcome.SENT if entry.state is EntryState.SENT else Outcome.INTENDED
        return replace(entry, state=EntryState.UNCONFIRMED, finished_at=self._now, text=left_open(outcome))

    def _instant(self, wall: float) -> Instant:
        """A moment of another process, never later than now on the steady clock."""
        return Instant(mono=self._now.mono - max(0.0, self._now.wall - wall), wall=wall)


def _instruction_of(row: JournalEntry) -> Instruction | None:
    """What was intended; None for what no host writes. What an instruction as written said is not kept."""
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
        pass  # tampered with: what can't be understood is not shown
    return None
