"""Verify the chain: find the first row that was changed, is missing or out of order. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from browser_host.journal.chain import BEGINNING, Mark, Row, digest
from browser_host.journal.entries import COLUMNS, HostAction

_ACTION = COLUMNS.index("action")
_TEXT = COLUMNS.index("text")


class Flaw(StrEnum):
    """What is wrong with the chain."""

    CHANGED = "changed"
    UNLINKED = "unlinked"
    """Valid in itself, but it does not follow the row before: one of the two was rewritten."""
    MISSING = "missing"
    REORDERED = "reordered"
    TRUNCATED = "truncated"
    DISPUTED = "disputed"
    """A mark kept elsewhere has another hash for this row: the chain was rewritten."""
    UNANNOUNCED = "unannounced"
    """Rows were removed from the start, and no row records this."""
    UNGUARDED = "unguarded"
    """A table or trigger was altered: rows could be changed with SQL."""
    DAMAGED = "damaged"
    """The database file is inconsistent, though the chain is valid."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """What the oldest row still kept must follow.

    Args:
        announcement: the text of the row that records the removal of the rows before; None if nothing was
            ever removed.
    """

    mark: Mark = BEGINNING
    announcement: str | None = None


@dataclass(frozen=True, slots=True)
class ChainFault:
    """The first flaw: the row's number and a sentence."""

    flaw: Flaw
    seq: int
    text: str


@dataclass(frozen=True, slots=True)
class Verification:
    """The result of following the chain.

    Args:
        rows: number of valid rows.
        first: number of the oldest row kept, None if there is none.
        head: the mark of the last valid row, to note elsewhere.
        remarks: worth knowing, but not proof of tampering.
    """

    rows: int
    first: int | None
    head: Mark
    finding: ChainFault | None = None
    remarks: tuple[str, ...] = ()


def verify(rows: Iterable[Row], anchor: Anchor, head: Mark | None, noted: Mark | None = None) -> Verification:
    """Follow the chain from its anchor to its head.

    Args:
        rows: all rows, in stored order.
        head: the database's own head record, which must be the last row; None if it is missing.
        noted: a mark kept elsewhere; if its row was removed since, it proves nothing, and a remark says so.
    """
    iterator = iter(rows)
    first, count = None, 0
    seq, previous = anchor.mark.seq, anchor.mark.hash
    announced = anchor.announcement is None
    finding = _disputed(anchor.mark, noted)
    questioned = None if noted is None else noted.seq
    if finding is None:
        for row in iterator:
            follows = row.seq == seq + 1 and row.previous == previous
            if not follows or digest(row.seq, row.columns, previous) != row.hash or row.seq == questioned:
                finding = _flaw_of(row, Mark(seq, previous), iterator) or _disputed(_mark_of(row), noted)
                if finding is not None:
                    break
            count, first = count + 1, first or row.seq
            seq, previous = row.seq, row.hash
            if not announced and row.columns[_ACTION] == HostAction.TRIMMED:
                announced = row.columns[_TEXT] == anchor.announcement
    last = Mark(seq, previous)
    if finding is None:
        finding = _cut_off(last, head, noted) or _unannounced(anchor, announced=announced)
    return Verification(count, first, last, finding, _remarks(anchor.mark, noted))


def _mark_of(row: Row) -> Mark:
    return Mark(row.seq, row.hash)


def _flaw_of(row: Row, last: Mark, following: Iterator[Row]) -> ChainFault | None:
    expected = last.seq + 1
    if row.seq > expected:
        if any(later.seq == expected for later in following):
            text = f"row {expected} comes after row {row.seq}"
            return ChainFault(Flaw.REORDERED, expected, text)
        return ChainFault(
            Flaw.MISSING, expected, f"row {expected} is missing: row {row.seq} comes after {last.seq}"
        )
    if row.seq < expected:
        return ChainFault(
            Flaw.REORDERED, row.seq, f"row {row.seq} comes after row {last.seq}, or is duplicated"
        )
    if digest(row.seq, row.columns, row.previous) != row.hash:
        return ChainFault(
            Flaw.CHANGED, row.seq, f"row {row.seq} was changed: its hash does not match its content"
        )
    if row.previous != last.hash:
        text = f"row {row.seq} does not follow row {last.seq}: one of the two was rewritten"
        return ChainFault(Flaw.UNLINKED, row.seq, text)
    return None


def _disputed(mark: Mark, noted: Mark | None) -> ChainFault | None:
    if noted is None or noted.seq != mark.seq or noted.hash == mark.hash:
        return None
    text = f"the noted mark has another hash for row {mark.seq}: the chain was rewritten"
    return ChainFault(Flaw.DISPUTED, mark.seq, text)


def _cut_off(last: Mark, head: Mark | None, noted: Mark | None) -> ChainFault | None:
    if noted is not None and noted.seq > last.seq:
        text = f"the rows after {last.seq} are missing: the noted mark is of row {noted.seq}"
        return ChainFault(Flaw.TRUNCATED, last.seq + 1, text)
    if head is None:
        return ChainFault(
            Flaw.TRUNCATED, last.seq + 1, "the head record is missing, so the last row is unknown"
        )
    if head.seq > last.seq:
        text = f"the rows after {last.seq} are missing: the head record counts {head.seq}"
        return ChainFault(Flaw.TRUNCATED, last.seq + 1, text)
    if head != last:
        return ChainFault(
            Flaw.DISPUTED, last.seq, f"the head record does not name row {last.seq} as the last"
        )
    return None


def _unannounced(anchor: Anchor, *, announced: bool) -> ChainFault | None:
    if announced:
        return None
    text = f"rows up to {anchor.mark.seq} were removed, and no row records it"
    return ChainFault(Flaw.UNANNOUNCED, anchor.mark.seq, text)


def _remarks(anchor: Mark, noted: Mark | None) -> tuple[str, ...]:
    if noted is None or noted.seq >= anchor.seq:
        return ()
    return (f"the noted mark is of row {noted.seq}, which was removed since: it proves nothing now",)
