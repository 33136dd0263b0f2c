"""Read the journal, with or without a running host; nothing here can write to it."""

import contextlib
import itertools
import os
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple, Self
from urllib.parse import quote

from browser_host.journal import entries, sanitize, schema
from browser_host.journal.chain import Mark, Row
from browser_host.journal.entries import OPEN, SENT_IS_LAST, Columns, EntryOutcome, JournalEntry
from browser_host.journal.errors import JournalUnavailable, JournalUnreadable, unreadable
from browser_host.journal.history_filter import HistoryFilter
from browser_host.journal.verify import Anchor, ChainFault, Flaw, Verification, verify
from browser_host.sessions.changes import ChangeType

BUSY_S = 2.0

MOST_SEARCHED = 200_000
"""Rows that a filter searches, the newest first: about 2 s of work."""

_LOWEST = -(1 << 63)
"""The lowest number that a tampered row can have."""

_COLUMNS = ", ".join(entries.COLUMNS)


class Most(NamedTuple):
    """How many entries of some actions are read, and how many of instructions."""

    of_actions: int
    of_instructions: int


class Unfinished(NamedTuple):
    """An instruction without an outcome: the number of its last row, and its session."""

    seq: int
    session: str | None


class Reader:
    """A read-only snapshot of the journal; writers continue meanwhile.

    Args:
        path: the database.

    Raises:
        JournalUnreadable: it is missing or not a journal.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        if not path.is_file():
            raise JournalUnreadable(f"no journal at {path}: a running host creates one")
        with self._errors_in_words():
            self._database = _opened(path)
        try:
            self._database.text_factory = _text
            with self._errors_in_words():
                self._database.execute("BEGIN")
                schema.check(self._database)
        except JournalUnavailable as error:
            self.close()
            raise JournalUnreadable(str(error)) from error
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Release the snapshot."""
        self._database.close()

    def history(
        self,
        *,
        since: float | None = None,
        session: str | None = None,
        limit: int = 1000,
        reported: bool = True,
        expression: str = "",
    ) -> Sequence[Mapping[str, Any]]:
        """The newest entries in the contract's JSON, newest last.

        Args:
            since: epoch seconds; older entries are left out.
            session: only entries of this session.
            limit: at most so many.
            reported: include what pages reported and changes of hosting, not only what people and rules did.
            expression: only entries that `HistoryFilter` finds with it.

        Raises:
            UsageError: the expression can't be read.
        """
        asked = HistoryFilter(expression)
        wanted: list[tuple[str, str | int]] = []
        if since is not None:
            wanted.append(("at_ms >= ?", round(since * 1000)))
        if session is not None:
            wanted.append(("session = ?", session))
        if not reported:
            wanted += [("outcome <> ?", EntryOutcome.SAID.value), ("action <> ?", ChangeType.HOSTING.value)]
        where = " AND ".join(term for term, _ in wanted) or "1"
        # The statement contains only the terms above; the caller's values are bound.
        statement = f"SELECT seq, {_COLUMNS} FROM entries WHERE {where} ORDER BY seq DESC LIMIT ?"  # noqa: S608
        most = MOST_SEARCHED if asked else limit
        with self._errors_in_words():
            rows = self._database.execute(statement, (*(value for _, value in wanted), most))
            found = list(itertools.islice((row for row in rows if asked.matches(row[1:])), limit))
        return tuple(entries.to_json(seq, tuple(columns)) for seq, *columns in reversed(found))

    def unfinished(self) -> Sequence[Unfinished]:
        """Each instruction that was intended or sent and has no outcome, by its last row, oldest first.

        Identified by session and id: a host that could not read the journal may have reused an id.
        """
        outcomes, final = (", ".join("?" * len(each)) for each in (OPEN, SENT_IS_LAST))
        statement = (
            "SELECT seq, session FROM entries WHERE seq IN (SELECT max(seq) FROM entries"  # noqa: S608 - placeholders
            " WHERE instruction IS NOT NULL GROUP BY session, instruction)"
            f" AND outcome IN ({outcomes}) AND NOT (outcome = ? AND action IN ({final})) ORDER BY seq"
        )
        with self._errors_in_words():
            found = self._database.execute(statement, (*OPEN, EntryOutcome.SENT, *SENT_IS_LAST)).fetchall()
        return tuple(Unfinished(*row) for row in found)

    def entries(self, numbers: Iterable[int]) -> Sequence[JournalEntry]:
        """The entries with these numbers, in their order, without those that are gone or tampered with."""
        statement = f"SELECT {_COLUMNS} FROM entries WHERE seq = ?"  # noqa: S608 - constants
        with self._errors_in_words():
            found = [self._database.execute(statement, (number,)).fetchone() for number in numbers]
        made = (_entry(columns) for columns in found if columns is not None)
        return tuple(entry for entry in made if entry is not None)

    def newest(self, action: str, sessions: Collection[str]) -> Mapping[str, JournalEntry]:
        """The newest entry of an action for each of the sessions that has one."""
        # One pass over the table: by the index of sessions, every row of each of them would be read.
        statement = "SELECT session, max(seq) FROM entries NOT INDEXED WHERE action = ? GROUP BY session"
        with self._errors_in_words():
            rows = self._database.execute(statement, (action,)).fetchall()
        found = self.entries(seq for session, seq in rows if session in sessions)
        return {str(entry.session): entry for entry in found}

    def since(
        self,
        stops: str,
        before: Callable[[JournalEntry], bool],
        actions: Collection[str],
        most: Most,
        newest_of: Collection[str] = (),
    ) -> Sequence[JournalEntry]:
        """The entries after the newest one that `before` accepts, oldest first.

        Args:
            stops: the action of the entries that `before` is called with.
            actions: which entries to return, besides those of all instructions.
            most: limits; the newest entries are returned.
            newest_of: actions of which only each session's newest entry is returned.
        """
        once = ", ".join("?" * len(newest_of))
        # Without an index: those that fit lead to the rows in the order of sessions, not of the file.
        later = "FROM entries NOT INDEXED WHERE seq > ? AND"
        of_instructions = f"SELECT seq {later} instruction IS NOT NULL ORDER BY seq DESC LIMIT ?"
        of_sessions = f"SELECT max(seq) {later} action IN ({once}) GROUP BY session"
        with self._errors_in_words():
            first, of_actions = self._of_actions(stops, before, actions, most.of_actions)
            found = (
                *self._database.execute(of_instructions, (first, most.of_instructions)),
                *self._database.execute(of_sessions, (first, *newest_of)),
            )
        return self.entries(sorted((*of_actions, *(seq for (seq,) in found))))

    def _of_actions(
        self, stops: str, before: Callable[[JournalEntry], bool], actions: Collection[str], most: int
    ) -> tuple[int, Sequence[int]]:
        """The number of the newest entry that `before` accepts, or 0, and those of some actions after it."""
        asked = ", ".join("?" * (len(actions) + 1))
        statement = f"SELECT seq, action FROM entries NOT INDEXED WHERE action IN ({asked}) ORDER BY seq DESC"  # noqa: S608
        found: list[int] = []
        for seq, action in self._database.execute(statement, (stops, *actions)):
            if action == stops and any(map(before, self.entries([seq]))):
                return int(seq), found
            if action in actions and len(found) < most:
                found.append(seq)
        return 0, found

    def beginning(self, since: float, begins: str, most: int) -> tuple[int, float]:
        """The row from which on to read what was so at `since`, and the moment from which on it is all there.

        Args:
            since: epoch seconds.
            begins: an action, such as a host's start: the newest such row before `since` tells enough.
            most: rows that are looked at, the newest first; older ones are passed over.
        """
        before = "SELECT seq, action FROM entries WHERE at_ms < ? ORDER BY at_ms DESC LIMIT ?"
        statement = f"SELECT coalesce(max(seq), 0) FROM ({before}) WHERE action = ?"  # noqa: S608 - constants
        with self._errors_in_words():
            database = self._database
            (begun,) = database.execute(statement, (round(since * 1000), most, begins)).fetchone()
            oldest, newest = database.execute("SELECT min(seq), max(seq) FROM entries").fetchone()
            first = (newest or 0) - most + 1
            if first <= max(begun, oldest or 0):
                return begun, since
            (at_ms,) = database.execute("SELECT at_ms FROM entries WHERE seq = ?", (first,)).fetchone()
            return first, max(since, at_ms / 1000)

    def newest_of(self, actions: Collection[str], most: int) -> Sequence[JournalEntry]:
        """The entries of some actions among the newest ones, oldest first.

        Args:
            most: limit of entries searched.
        """
        with self._errors_in_words():
            (newest,) = self._database.execute("SELECT coalesce(max(seq), 0) FROM entries").fetchone()
        rows = map(_entry, self.columns(newest - most, actions))
        return tuple(entry for entry in rows if entry is not None)

    def columns(self, first: int, actions: Collection[str]) -> Iterator[Columns]:
        """The rows of some actions from number `first` on, oldest first, as they are on disk."""
        asked = ", ".join("?" * len(actions))
        statement = f"SELECT {_COLUMNS} FROM entries WHERE seq >= ? AND action IN ({asked}) ORDER BY seq"  # noqa: S608
        with self._errors_in_words():
            yield from self._database.execute(statement, (first, *actions))

    def rows(self) -> Iterator[Row]:
        """Every row as stored, oldest first."""
        statement = f"SELECT seq, {_COLUMNS}, previous, hash FROM entries WHERE seq >= ? ORDER BY seq"  # noqa: S608 - constants
        following = _LOWEST
        with self._errors_in_words():
            try:
                # SQLite's own decoding is twice as fast; it stops at bytes that are not text.
                self._database.text_factory = str
                for row in map(_row, self._database.execute(statement, (following,))):
                    following = row.seq + 1
                    yield row
            except sqlite3.OperationalError:
                self._database.text_factory = _text
                yield from map(_row, self._database.execute(statement, (following,)))
            finally:
                self._database.text_factory = _text

    def export(self) -> Iterator[Mapping[str, Any]]:
        """Every entry with its hashes, oldest first: what `audit export` writes, a line each."""
        for row in self.rows():
            hashes = {"previous": row.previous.hex(), "hash": row.hash.hex()}
            yield {**entries.to_json(row.seq, row.columns), **hashes}

    def verify(self, noted: Mark | None = None) -> Verification:
        """Verify the whole chain.

        Args:
            noted: a mark noted earlier, elsewhere.
        """
        # SQLite checks the file beside, on a core of its own: it takes a third of the time.
        with ThreadPoolExecutor(1) as beside:
            answer = beside.submit(_integrity, self._path)
            found = verify(self.rows(), self._anchor(), self._head(), noted)
            with self._errors_in_words():
                flaw = self._flaw_of_the_file(found.head.seq, answer.result())
        return replace(found, finding=found.finding or flaw)

    def _flaw_of_the_file(self, seq: int, answer: str) -> ChainFault | None:
        if altered := schema.alterations(self._database):
            text = f"altered database schema: {', '.join(altered)}"
            return ChainFault(Flaw.UNGUARDED, seq, sanitize.kept(text, entries.TEXT_LIMIT))
        if answer != "ok":
            return ChainFault(Flaw.DAMAGED, seq, sanitize.kept(answer, entries.TEXT_LIMIT))
        return None

    def _anchor(self) -> Anchor:
        statement = "SELECT through, hash, announcement FROM checkpoints ORDER BY through DESC LIMIT 1"
        with self._errors_in_words():
            found = self._database.execute(statement).fetchone()
        return Anchor() if found is None else Anchor(Mark(found[0], _bytes(found[1])), str(found[2]))

    def _head(self) -> Mark | None:
        with self._errors_in_words():
            found = self._database.execute("SELECT seq, hash FROM head").fetchone()
        return None if found is None else Mark(found[0], _bytes(found[1]))

    @contextlib.contextmanager
    def _errors_in_words(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise unreadable(error, self._path) from error


def _opened(path: Path) -> sqlite3.Connection:
    address = f"file:{quote(str(path.absolute()))}?mode=ro"
    if not os.access(path.parent, os.W_OK) and not path.with_name(f"{path.name}-wal").exists():
        # A copy on a read-only disk: nobody writes there, and SQLite can't create the log's index next to it.
        address += "&immutable=1"
    return sqlite3.connect(address, uri=True, timeout=BUSY_S, isolation_level=None)


def _integrity(path: Path) -> str:
    """What SQLite itself finds in the file: `ok`, or what is wrong."""
    with contextlib.closing(_opened(path)) as database:
        return str(database.execute("PRAGMA integrity_check(1)").fetchone()[0])


def _entry(columns: Sequence[entries.Column]) -> JournalEntry | None:
    """The entry, or None for a tampered row, which `verify` reports; the other rows remain usable."""
    try:
        return entries.from_columns(tuple(columns))
    except ValueError:
        return None


def _text(raw: bytes) -> str:
    """Text of a column; a tampered row may have bytes that are not text, and must still be readable."""
    return raw.decode("utf-8", "surrogateescape")


def _row(stored: Sequence[Any]) -> Row:
    previous, own = stored[-2:]
    if type(previous) is not bytes or type(own) is not bytes:  # only a tampered row
        previous, own = _bytes(previous), _bytes(own)
    return Row(stored[0], tuple(stored[1:-2]), previous, own)


def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else b""
