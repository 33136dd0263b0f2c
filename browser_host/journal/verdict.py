"""Following the chain: names the first row that was tampered with, is missing or out of order. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from browser_host.journal.chain import BEGINNING, Mark, Row, digest
from browser_host.journal.entries import COLUMNS, HostAction

_ACTION = COLUMNS.index("action")
_TEXT = COLUMNS.index("text")

REMARKS = 20
"""Remarks kept in a verdict; a journal has a handful in its life."""


class Flaw(StrEnum):
    """What is wrong with the chain."""

    CHANGED = "changed"
    UNLINKED = "unlinked"
    """Sound in itself, and yet no successor of the row before: one of the two was rewritten."""
    MISSING = "missing"
    REORDERED = "reordered"
    TRUNCATED = "truncated"
    DISPUTED = "disputed"
    """A mark kept elsewhere names another hash for this row: the chain was rewritten."""
    UNANNOUNCED = "unannounced"
    """Rows were removed from the beginning, and no row says so."""
    UNGUARDED = "unguarded"
    """A table or trigger is not as it was made: rows could be changed from inside."""
    DAMAGED = "damaged"
    """The database file contradicts itself, though the chain is sound."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """What the oldest row still kept must follow.

    Args:
        announcement: the text of the row in which the removal of what stood before was journalled;
            None where nothing was ever removed.
    """

    mark: Mark = BEGINNING
    announcement: str | None = None


@dataclass(frozen=True, slots=True)
class Witness:
    """A mark of the journal that was kept outside its rows, and where."""

    source: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Finding:
    """The first thing that is wrong: the row's number and plain words."""

    flaw: Flaw
    seq: int
    text: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the verification found.

    Args:
        rows: how many were found sound.
        first: number of the oldest row kept, None where there is none.
        head: the last sound row's mark, to be noted elsewhere.
        remarks: what is no proof of tampering and should be known.
    """

    rows: int
    first: int | None
    head: Mark
    finding: Finding | None = None
    remarks: tuple[str, ...] = ()


def verify(
    rows: Iterable[Row], anchor: Anchor, head: Mark | None, witnesses: Sequence[Witness] = ()
) -> Verdict:
    """Follows the chain from its anchor to its head.

    Args:
        rows: all that are kept, in the order in which they are kept.
        head: the database's own head record, which must be the last row; None where it is gone.
        witnesses: marks kept elsewhere; one of a row removed since proves nothing, and is remarked.
    """
    remarks = [_too_old(witness) for witness in witnesses if witness.mark.seq < anchor.mark.seq]
    iterator = iter(rows)
    last, first, count = anchor.mark, None, 0
    announced = anchor.announcement is None
    finding = _disputed(anchor.mark, witnesses)
    if finding is None:
        for row in iterator:
            finding = _flaw_of(row, last, iterator) or _disputed(Mark(row.seq, row.hash), witnesses)
            if finding is not None:
                break
            count, first, last = count + 1, first or row.seq, Mark(row.seq, row.hash)
            trimmed = row.columns[_ACTION] == HostAction.TRIMMED
            announced = announced or (trimmed and row.columns[_TEXT] == anchor.announcement)
            if row.columns[_ACTION] == HostAction.LOST and len(remarks) < REMARKS:
                remarks.append(f"row {row.seq} says: {row.columns[_TEXT]}")
    if finding is None:
        finding = _cut_off(last, head, witnesses) or _unannounced(anchor, announced=announced)
    return Verdict(count, first, last, finding, tuple(remarks))


def _flaw_of(row: Row, last: Mark, following: Iterator[Row]) -> Finding | None:
    expected = last.seq + 1
    if row.seq > expected:
        if any(later.seq == expected for later in following):
            text = f"row {expected} comes after row {row.seq}"
            return Finding(Flaw.REORDERED, expected, text)
        return Finding(
            Flaw.MISSING, expected, f"row {expected} is missing: row {row.seq} comes after {last.seq}"
        )
    if row.seq < expected:
        return Finding(Flaw.REORDERED, row.seq, f"row {row.seq} comes after row {last.seq}, or comes twice")
    if digest(row.seq, row.columns, row.previous) != row.hash:
        return Finding(
            Flaw.CHANGED, row.seq, f"row {row.seq} was changed: its hash is not that of what it says"
        )
    if row.previous != last.hash:
        text = f"row {row.seq} does not follow row {last.seq}: one of the two was rewritten"
        return Finding(Flaw.UNLINKED, row.seq, text)
    return None


def _disputed(mark: Mark, witnesses: Sequence[Witness]) -> Finding | None:
    for witness in witnesses:
        if witness.mark.seq == mark.seq and witness.mark.hash != mark.hash:
            text = f"the {witness.source} knows row {mark.seq} by another hash: the chain was rewritten"
            return Finding(Flaw.DISPUTED, mark.seq, text)
    return None


def _cut_off(last: Mark, head: Mark | None, witnesses: Sequence[Witness]) -> Finding | None:
    for witness in witnesses:
        if witness.mark.seq > last.seq:
            text = f"the rows after {last.seq} are gone: the {witness.source} knows row {witness.mark.seq}"
            return Finding(Flaw.TRUNCATED, last.seq + 1, text)
    if head is None:
        return Finding(Flaw.TRUNCATED, last.seq + 1, "the head record is gone, so the last row is not known")
    if head.seq > last.seq:
        text = f"the rows after {last.seq} are gone: the head record counts {head.seq}"
        return Finding(Flaw.TRUNCATED, last.seq + 1, text)
    if head != last:
        return Finding(Flaw.DISPUTED, last.seq, f"the head record does not name row {last.seq} as the last")
    return None


def _unannounced(anchor: Anchor, *, announced: bool) -> Finding | None:
    if announced:
        return None
    text = f"rows up to {anchor.mark.seq} were removed, and no row says that they were"
    return Finding(Flaw.UNANNOUNCED, anchor.mark.seq, text)


def _too_old(witness: Witness) -> str:
    return f"the {witness.source} marks row {witness.mark.seq}, removed since: it proves nothing any more"
