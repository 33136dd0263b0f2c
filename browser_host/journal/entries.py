"""What a line of the journal says, as a value that can't be wrong once it exists."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

from browser_host.journal import wording
from browser_host.protocol.instructions import Action
from browser_host.sessions.instant import iso

Column: TypeAlias = str | int | None
Columns: TypeAlias = tuple[Column, ...]
"""A row's columns in the order of `COLUMNS`."""

COLUMNS = ("at_ms", "by", "client", "action", "session", "label", "outcome", "text", "instruction", "peer")

NAME_LIMIT = 128
"""Characters of a name (user, client, action, session, label, instruction, peer)."""

TEXT_LIMIT = 500
"""Characters of an entry's text."""

HOST = "watchdeck"
"""Who did what the host does by itself."""


class Outcome(StrEnum):
    """How far the thing that an entry speaks of came."""

    INTENDED = "intended"
    """Written before the effect: it may happen from here on."""
    SENT = "sent"
    CONFIRMED = "confirmed"
    UNCONFIRMED = "unconfirmed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"
    SAID = "said"
    """The page's own word."""
    NOTED = "noted"
    """The host's own act or observation, such as its start."""


OPEN = frozenset({Outcome.INTENDED, Outcome.SENT})
"""Outcomes after which another is due."""

SENT_IS_LAST = frozenset({Action.SET_MODE, Action.RAW})
"""Instructions that nothing a page says can confirm, so that `sent` is their last word."""


class HostAction(StrEnum):
    """Actions of the journal itself; those of the host stand where they are taken."""

    TRIMMED = "journal.trimmed"
    INTERRUPTED = "journal.interrupted"
    """The journal could not be written for a while."""
    LOST = "journal.lost"
    """Rows are gone that the head file remembers."""


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One thing that happened. Its texts are bounded and made printable, and links in them masked.

    Args:
        at: epoch seconds; kept to the millisecond.
        by: who did it, a user's name and uid, a rule, or the page.
        client: what it was done with, such as `tui`, `cli` or `host`.
        action: an instruction's action, or an event's name, such as `session.added`.
        session: the session's id, or None where it speaks of none.
        outcome: how far it came.
        instruction: the ledger's id of the instruction, or None.
        peer: where the user's SSH connection came from, or None.
    """

    at: float
    by: str
    client: str
    action: str
    session: str | None = None
    label: str = ""
    outcome: Outcome = Outcome.NOTED
    text: str = ""
    instruction: str | None = None
    peer: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "at", round(self.at * 1000) / 1000)
        object.__setattr__(self, "outcome", Outcome(self.outcome))
        object.__setattr__(self, "text", wording.kept(self.text, TEXT_LIMIT))
        for name in ("by", "client", "action", "label"):
            object.__setattr__(self, name, wording.kept(getattr(self, name), NAME_LIMIT))
        for name in ("session", "instruction", "peer"):
            value = getattr(self, name)
            if value is not None:
                object.__setattr__(self, name, wording.kept(value, NAME_LIMIT))

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


def by_host(at: float, action: str, outcome: Outcome = Outcome.NOTED, text: str = "") -> JournalEntry:
    """What the host itself did or saw."""
    return JournalEntry(at=at, by=HOST, client="host", action=action, outcome=outcome, text=text)


def from_columns(columns: Columns) -> JournalEntry:
    """An entry as it was written down.

    Raises:
        ValueError: no entry can hold these columns; the row was tampered with.
    """
    at_ms, by, client, action, session, label, outcome, text, instruction, peer = columns
    return JournalEntry(
        at=int(at_ms or 0) / 1000,
        by=str(by),
        client=str(client),
        action=str(action),
        session=None if session is None else str(session),
        label=str(label),
        outcome=Outcome(str(outcome)),
        text=str(text),
        instruction=None if instruction is None else str(instruction),
        peer=None if peer is None else str(peer),
    )


def to_json(seq: int, columns: Columns) -> Mapping[str, Any]:
    """The contract's entry of `history`, with the instruction's id and the peer.

    It takes columns as they are on disk, a tampered row's too, which may hold what no entry can.
    """
    shown = {name: _shown(name, value) for name, value in zip(COLUMNS[1:], columns[1:], strict=True)}
    return {"seq": seq, "at": _moment(columns[0]), **shown}


def _shown(name: str, value: Column) -> str | None:
    limit = TEXT_LIMIT if name == "text" else NAME_LIMIT
    return None if value is None else wording.kept(str(value), limit)


def _moment(at_ms: Column) -> str | None:
    try:
        return iso(int(at_ms or 0) / 1000)
    except (ValueError, OverflowError, OSError, TypeError):
        return None  # no moment that a calendar has: only a tampered row holds one
