"""The chain finds any single change, and says what it can't find."""

import hashlib
import json
from collections.abc import Sequence

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from browser_host.journal.chain import BEGINNING, Mark, Row, digest, linked
from browser_host.journal.entries import COLUMNS, Columns, EntryOutcome, HostAction, JournalEntry
from browser_host.journal.verify import Anchor, Flaw, Verification, verify

VALUES = st.none() | st.integers(-(2**63), 2**63 - 1) | st.text(max_size=20)


@st.composite
def chains(draw: st.DrawFn, least: int = 1) -> list[Row]:
    texts = draw(st.lists(st.text(max_size=8), min_size=least, max_size=12))
    made = [
        JournalEntry(
            float(number), "kim", "cli", "setMode", f"s{number % 3}", "l", EntryOutcome.SENT, text
        ).columns()
        for number, text in enumerate(texts)
    ]
    return list(linked(BEGINNING, made))


def look(
    rows: Sequence[Row], head: Mark, noted: Mark | None = None, *, anchor: Anchor | None = None
) -> Verification:
    return verify(rows, anchor or Anchor(), head, noted)


def end(rows: Sequence[Row]) -> Mark:
    return Mark(rows[-1].seq, rows[-1].hash)


@given(chains())
def test_an_untouched_chain_is_sound(rows: list[Row]) -> None:
    verified = look(rows, end(rows), end(rows))
    assert verified == Verification(len(rows), 1, end(rows))


def test_an_empty_journal_is_sound() -> None:
    assert look([], BEGINNING) == Verification(0, None, BEGINNING)


@given(chains(), st.data())
def test_any_changed_column_names_its_row(rows: list[Row], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(rows) - 1))
    column = data.draw(st.integers(0, len(COLUMNS) - 1))
    columns = list(rows[place].columns)
    value = data.draw(VALUES)
    assume((type(value), value) != (type(columns[column]), columns[column]))
    columns[column] = value
    bad = [*rows[:place], rows[place]._replace(columns=tuple(columns)), *rows[place + 1 :]]
    finding = look(bad, end(rows)).finding
    assert finding is not None
    assert (finding.flaw, finding.seq) == (Flaw.CHANGED, place + 1)


@given(chains(), st.data(), st.sampled_from(["previous", "hash"]), st.integers(0, 255))
def test_any_changed_hash_names_its_row(rows: list[Row], data: st.DataObject, name: str, bits: int) -> None:
    assume(bits)
    place = data.draw(st.integers(0, len(rows) - 1))
    spot = data.draw(st.integers(0, 31))
    raw = bytearray(getattr(rows[place], name))
    raw[spot] ^= bits
    changed = (
        rows[place]._replace(previous=bytes(raw))
        if name == "previous"
        else rows[place]._replace(hash=bytes(raw))
    )
    finding = look([*rows[:place], changed, *rows[place + 1 :]], end(rows)).finding
    assert finding is not None
    assert (finding.flaw, finding.seq) == (Flaw.CHANGED, place + 1)


@given(chains(least=2), st.data())
def test_rewritten_row_is_found_by_its_successor(rows: list[Row], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(rows) - 2))
    columns: Columns = (*rows[place].columns[:-1], "forged")
    forged = Row(place + 1, columns, rows[place].previous, digest(place + 1, columns, rows[place].previous))
    finding = look([*rows[:place], forged, *rows[place + 1 :]], end(rows)).finding
    assert finding is not None
    assert finding.flaw is Flaw.UNLINKED
    assert f"row {place + 1}" in finding.text


@given(chains(least=2), st.data())
def test_a_missing_row_is_named(rows: list[Row], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(rows) - 2))
    finding = look([*rows[:place], *rows[place + 1 :]], end(rows)).finding
    assert finding is not None
    assert (finding.flaw, finding.seq) == (Flaw.MISSING, place + 1)


@given(chains(), st.data())
def test_a_missing_end_is_named_by_head_record_or_noted_mark(rows: list[Row], data: st.DataObject) -> None:
    left = rows[: data.draw(st.integers(0, len(rows) - 1))]
    for verified in (look(left, end(rows)), look(left, BEGINNING, end(rows))):
        assert verified.finding is not None
        assert (verified.finding.flaw, verified.finding.seq) == (Flaw.TRUNCATED, len(left) + 1)


@given(chains(least=2), st.data())
def test_two_rows_that_changed_places_are_found(rows: list[Row], data: st.DataObject) -> None:
    one, other = sorted(
        data.draw(st.lists(st.integers(0, len(rows) - 1), min_size=2, max_size=2, unique=True))
    )
    moved = list(rows)
    moved[one], moved[other] = rows[other], rows[one]
    finding = look(moved, end(rows)).finding
    assert finding is not None
    assert (finding.flaw, finding.seq) == (Flaw.REORDERED, one + 1)


@given(chains(least=2), st.data())
def test_two_rows_that_changed_numbers_are_found(rows: list[Row], data: st.DataObject) -> None:
    one, other = sorted(
        data.draw(st.lists(st.integers(0, len(rows) - 1), min_size=2, max_size=2, unique=True))
    )
    moved = list(rows)
    moved[one], moved[other] = rows[other]._replace(seq=one + 1), rows[one]._replace(seq=other + 1)
    finding = look(moved, end(rows)).finding
    assert finding is not None
    assert (finding.flaw, finding.seq) == (Flaw.CHANGED, one + 1)


@given(chains(), st.data())
def test_a_row_put_in_between_is_found(rows: list[Row], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(rows)))
    before = end(rows[:place]) if place else BEGINNING
    (extra,) = linked(before, [rows[0].columns])
    later = [row._replace(seq=row.seq + 1) for row in rows[place:]]
    for bad in ([*rows[:place], extra, *rows[place:]], [*rows[:place], extra, *later]):
        assert look(bad, end(rows)).finding is not None or bad == rows


@given(chains())
def test_rehashed_chain_is_found_only_by_a_noted_mark(rows: list[Row]) -> None:
    forged = list(linked(BEGINNING, [(*row.columns[:-1], "forged") for row in rows]))
    assert look(forged, end(forged)).finding is None
    finding = look(forged, end(forged), end(rows)).finding
    assert finding is not None
    assert finding.flaw is Flaw.DISPUTED


@given(chains(least=3), st.data())
def test_a_trimmed_chain_is_sound_if_a_row_says_so(rows: list[Row], data: st.DataObject) -> None:
    gone = data.draw(st.integers(1, len(rows) - 1))
    said = JournalEntry(9.0, "watchdeck", "host", HostAction.TRIMMED, text="removed").columns()
    whole = [*rows, *linked(end(rows), [said])]
    anchor = Anchor(end(rows[:gone]), "removed")
    verified = look(whole[gone:], end(whole), anchor=anchor)
    assert (verified.finding, verified.first) == (None, gone + 1)
    unsaid = look(rows[gone:], end(rows), anchor=anchor).finding
    assert unsaid is not None
    assert unsaid.flaw is Flaw.UNANNOUNCED
    too_many = look(whole[gone + 1 :], end(whole), anchor=anchor).finding
    assert too_many is not None
    assert too_many.flaw in {Flaw.MISSING, Flaw.TRUNCATED}


def test_a_noted_mark_of_a_removed_row_is_remarked() -> None:
    rows = list(linked(BEGINNING, [JournalEntry(1.0, "k", "c", "a").columns()] * 4))
    said = JournalEntry(9.0, "watchdeck", "host", HostAction.TRIMMED, text="removed").columns()
    whole = [*rows, *linked(end(rows), [said])]
    verified = look(whole[3:], end(whole), end(rows[:1]), anchor=Anchor(end(rows[:3]), "removed"))
    assert verified.finding is None
    assert "noted mark is of row 1" in verified.remarks[0]


def test_a_head_record_that_is_gone_or_wrong_is_found() -> None:
    rows = list(linked(BEGINNING, [JournalEntry(1.0, "k", "c", "a").columns()] * 2))
    gone = verify(rows, Anchor(), None).finding
    wrong = look(rows, end(rows[:1])).finding
    assert gone is not None
    assert gone.flaw is Flaw.TRUNCATED
    assert wrong is not None
    assert wrong.flaw is Flaw.DISPUTED


def test_a_mark_is_read_as_it_is_written() -> None:
    assert Mark.parse(str(BEGINNING)) == BEGINNING
    for text in ("", "1:", "1:00", f"-1:{'0' * 64}", f"1:{'g' * 64}", f"1:{'0' * 65}"):
        with pytest.raises(ValueError, match="64 hex digits"):
            Mark.parse(text)


@given(st.lists(VALUES | st.floats() | st.booleans() | st.binary(max_size=4), min_size=1, max_size=12))
def test_the_hash_is_that_of_the_escaped_json_of_the_row(columns: list[object]) -> None:
    text = json.dumps([7, *columns], ensure_ascii=True, separators=(",", ":"), default=repr)
    expected = hashlib.sha256(b"watchdeck journal 1\n" + BEGINNING.hash + text.encode("ascii")).digest()
    assert digest(7, columns, BEGINNING.hash) == expected
