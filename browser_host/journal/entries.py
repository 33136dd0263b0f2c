"""An entry of the journal, as a value that is always valid."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any, TypeAlias

from browser_host.journal import sanitize
from browser_host.protocol.page_instructions import Action
from browser_host.sessions.clock import iso

Column: TypeAlias = str | int | None
Columns: TypeAlias = tuple[Column, ...]
"""A row's columns in the order of `COLUMNS`."""

COLUMNS = ("at_ms", "by", "client", "action", "session", "label", "outcome", "text", "instruction", "peer")

NAME_LIMIT = 128
"""Characters of a name (user, client, action, session, label, instruction, peer)."""

TEXT_LIMIT = 500
"""Characters of an entry's text."""

HOST = "watchdeck"
"""The `by` of what the host does unasked."""


class EntryOutcome(StrEnum):
    """How far the subject of an entry has come."""

    INTENDED = "intended"
    """Written before the effect, which may follow."""
    SENT = "sent"
    CONFIRMED = "confirmed"
    UNCONFIRMED = "unconfirmed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"
    SAID = "said"
    """Reported by the page."""
    NOTED = "noted"
    """Done or observed by the host, such as its start."""


OPEN = frozenset({EntryOutcome.INTENDED, EntryOutcome.SENT})
"""Outcomes that are not final."""

SENT_IS_LAST = frozenset({Action.SET_MODE, Action.RAW})
"""Instructions that no page event can confirm: `sent` is their final state."""


class HostAction(StrEnum):
    """Actions of the journal itself; those of the host are defined where they happen."""

    TRIMMED = "journal.trimmed"
    INTERRUPTED = "journal.interrupted"
    """The journal could not be written for a while."""


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """An event in the journal. Texts are bounded and made printable, and links in them are masked.

    Args:
        at: epoch seconds; kept to the millisecond.
        by: who did it, a user's name and uid, a rule, or the page.
        client: the program used, such as `tui`, `cli` or `host`.
        action: an instruction's action, or an event's name, such as `session.added`.
        session: the session's id, or None if it concerns none.
        outcome: its result so far.
        instruction: the ledger's id of the instruction, or None.
        peer: where the user's SSH connection came from, or None.
    """

    at: float
    by: str
    client: str
    action: str
    session: str | None = None
    label: str = ""
    outcome: EntryOutcome = EntryOutcome.NOTED
    text: str = ""
    instruction: str | None = None
    peer: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "at", round(self.at * 1000) / 1000)
        object.__setattr__(self, "outcome", EntryOutcome(self.outcome))
        object.__setattr__(self, "text", sanitize.kept(self.text, TEXT_LIMIT))
        for name in ("by", "client", "action", "label"):
            object.__setattr__(self, name, _name(getattr(self, name)))
        for name in ("session", "instruction", "peer"):
            value = getattr(self, name)
            if value is not None:
                object.__setattr__(self, name, _name(value))

    def columns(self) -> Columns:
        """What is stored and hashed: texts, whole milliseconds, and None."""
        return (
            round(self.at * 1000),
            self.by,
            self.client,
            self.action,
            self.session,
            self.label,
            self.outcome.value,
            self.text,
            self.instruction,
            self.peer,
        )


def _name(text: str) -> str:
    return _known_name(text) if len(text) <= NAME_LIMIT else sanitize.kept(text, NAME_LIMIT)


@lru_cache(maxsize=4096)
def _known_name(text: str) -> str:
    # Remembered because few names are in many rows: an entry takes half the time.
    return sanitize.kept(text, NAME_LIMIT)


def by_host(
    at: float, action: str, outcome: EntryOutcome = EntryOutcome.NOTED, text: str = ""
) -> JournalEntry:
    """An entry about the host itself."""
    return JournalEntry(at=at, by=HOST, client="host", action=action, outcome=outcome, text=text)


def from_columns(columns: Columns) -> JournalEntry:
    """The entry of a row's columns.

    Raises:
        ValueError: no valid entry has these columns; the row was tampered with.
    """
    at_ms, by, client, action, session, label, outcome, text, instruction, peer = columns
    return JournalEntry(
        at=int(at_ms or 0) / 1000,
        by=str(by),
        client=str(client),
        action=str(action),
        session=None if session is None else str(session),
        label=str(label),
        outcome=EntryOutcome(str(outcome)),
        text=str(text),
        instruction=None if instruction is None else str(instruction),
        peer=None if peer is None else str(peer),
    )


def to_json(seq: int, columns: Columns) -> Mapping[str, Any]:
    """The contract's entry of `history`, with the instruction's id and the peer.

    Accepts any columns from disk, even those of a tampered row, which may not be a valid entry.
    """
    shown = {name: _shown(name, value) for name, value in zip(COLUMNS[1:], columns[1:], strict=True)}
    return {"seq": seq, "at": _moment(columns[0]), **shown}


def _shown(name: str, value: Column) -> str | None:
    limit = TEXT_LIMIT if name == "text" else NAME_LIMIT
    return None if value is None else sanitize.kept(str(value), limit)


def _moment(at_ms: Column) -> str | None:
    try:
        return iso(int(at_ms or 0) / 1000)
    except (ValueError, OverflowError, OSError, TypeError):
        return None  # not a date: only a tampered row has one
