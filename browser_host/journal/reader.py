"""Reading the journal, with or without a running host: nothing here can write to it."""

import contextlib
import os
import sqlite3
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

from browser_host.journal import entries, headfile, place, schema, wording
from browser_host.journal.chain import Mark, Row
from browser_host.journal.entries import OPEN, SENT_IS_LAST, Columns, JournalEntry, Outcome
from browser_host.journal.errors import JournalUnavailable, JournalUnreadable, unreadable
from browser_host.journal.verdict import Anchor, Finding, Flaw, Verdict, Witness, verify

BUSY_S = 2.0

_COLUMNS = ", ".join(entries.COLUMNS)
_OUTCOME = entries.COLUMNS.index("outcome")
_ACTION = entries.COLUMNS.index("action")


class Reader:
    """A read-only view of the journal as it was at the first look; writers go on meanwhile.

    Args:
        path: the database.

    Raises:
        JournalUnreadable: there is none, or it is no journal.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._head_remark: tuple[str, ...] = ()
        if not path.is_file():
            raise JournalUnreadable(f"no journal at {path}: a host writes one as soon as it runs")
        with self._errors_in_words():
            # Before the snapshot is taken: the head file may then only lag behind it, never run ahead.
            self._remembered = self._head_file()
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
        """Gives the snapshot back."""
        self._database.close()

    def history(
        self, *, since: float | None = None, session: str | None = None, limit: int = 1000
    ) -> Sequence[Mapping[str, Any]]:
        """The newest entries in the contract's JSON, newest last.

        Args:
            since: epoch seconds; entries of earlier moments are left out.
            session: only entries of this session.
            limit: at most so many.
        """
        wanted: list[tuple[str, str | int]] = []
        if since is not None:
            wanted.append(("at_ms >= ?", round(since * 1000)))
        if session is not None:
            wanted.append(("session = ?", session))
        where = " AND ".join(term for term, _ in wanted) or "1"
        # Only the terms above stand in the statement; what is asked for is bound.
        statement = f"SELECT seq, {_COLUMNS} FROM entries WHERE {where} ORDER BY seq DESC LIMIT ?"  # noqa: S608
        with self._errors_in_words():
            found = self._database.execute(statement, (*(value for _, value in wanted), limit)).fetchall()
        return tuple(entries.to_json(seq, tuple(columns)) for seq, *columns in reversed(found))

    def unfinished(self) -> Sequence[JournalEntry]:
        """The last entry of each instruction that was intended or sent and has no outcome, oldest first.

        Told apart by session and id: a host that could not read the journal may have given an id again.
        """
        statement = (
            f"SELECT {_COLUMNS} FROM entries WHERE seq IN (SELECT max(seq) FROM entries"  # noqa: S608 - constants
            " WHERE instruction IS NOT NULL GROUP BY session, instruction) ORDER BY seq"
        )
        with self._errors_in_words():
            found = self._database.execute(statement).fetchall()
        still_open = (_entry(columns) for columns in found if _is_open(tuple(columns)))
        return tuple(entry for entry in still_open if entry is not None)

    def newest(self, action: str, sessions: Collection[str]) -> Mapping[str, JournalEntry]:
        """The newest entry of an action for each of the sessions that has one."""
        statement = (
            f"SELECT {_COLUMNS} FROM entries WHERE session = ? AND action = ? ORDER BY seq DESC LIMIT 1"  # noqa: S608 - constants
        )
        with self._errors_in_words():
            found = [
                columns
                for session in sessions
                for columns in self._database.execute(statement, (session, action))
            ]
        return {str(entry.session): entry for columns in found if (entry := _entry(columns)) is not None}

    def since(
        self,
        before: Callable[[JournalEntry], bool],
        actions: Collection[str],
        most: int,
        newest_of: Collection[str] = (),
    ) -> Sequence[JournalEntry]:
        """What was done after the newest entry of which `before` is true, oldest first.

        Args:
            actions: entries of these are looked at, and those of all instructions.
            most: the newest so many are looked at, and no more.
            newest_of: of each session only the newest entry among these actions is looked at.
        """
        asked, once = (", ".join("?" * len(each)) for each in (actions, newest_of))
        statement = (
            f"SELECT {_COLUMNS} FROM entries WHERE instruction IS NOT NULL OR action IN ({asked})"  # noqa: S608
            f" OR seq IN (SELECT max(seq) FROM entries WHERE action IN ({once}) GROUP BY session)"
            " ORDER BY seq DESC LIMIT ?"  # only question marks and constants stand in the statement
        )
        found = []
        with self._errors_in_words():
            for columns in self._database.execute(statement, (*actions, *newest_of, most)):
                entry = _entry(columns)
                if entry is not None and before(entry):
                    break
                if entry is not None:
                    found.append(entry)
        return tuple(reversed(found))

    def rows(self) -> Iterator[Row]:
        """Every row as it is on disk, oldest first."""
        statement = f"SELECT seq, {_COLUMNS}, previous, hash FROM entries ORDER BY seq"  # noqa: S608 - constants
        with self._errors_in_words():
            for seq, *columns, previous, own in self._database.execute(statement):
                yield Row(seq, tuple(columns), _bytes(previous), _bytes(own))

    def export(self) -> Iterator[Mapping[str, Any]]:
        """Every entry with its hashes, oldest first: what `audit export` writes, a line each."""
        for row in self.rows():
            hashes = {"previous": row.previous.hex(), "hash": row.hash.hex()}
            yield {**entries.to_json(row.seq, row.columns), **hashes}

    def verify(self, noted: Mark | None = None) -> Verdict:
        """Follows the whole chain.

        Args:
            noted: a mark that somebody noted down earlier, elsewhere.
        """
        witnesses = [] if noted is None else [Witness("noted mark", noted)]
        if self._remembered is not None:
            witnesses.append(Witness("head file", self._remembered))
        verdict = verify(self.rows(), self._anchor(), self._head(), witnesses)
        finding = verdict.finding or self._flaw_of_the_file(verdict.head.seq)
        return replace(verdict, finding=finding, remarks=self._head_remark + verdict.remarks)

    def _flaw_of_the_file(self, seq: int) -> Finding | None:
        with self._errors_in_words():
            if altered := schema.alterations(self._database):
                text = f"not as Watchdeck made it: {', '.join(altered)}"
                return Finding(Flaw.UNGUARDED, seq, wording.kept(text, entries.TEXT_LIMIT))
            answer = str(self._database.execute("PRAGMA integrity_check(1)").fetchone()[0])
        if answer != "ok":
            return Finding(Flaw.DAMAGED, seq, wording.kept(answer, entries.TEXT_LIMIT))
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

    def _head_file(self) -> Mark | None:
        file = place.head_file(self._path)
        try:
            mark = headfile.read(file)
        except ValueError:
            self._head_remark = (
                f"the head file {file} is damaged: it can't show whether the end was cut off",
            )
            return None
        if mark is None:
            self._head_remark = (f"the head file {file} is gone: it can't show whether the end was cut off",)
        return mark

    @contextlib.contextmanager
    def _errors_in_words(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise unreadable(error, self._path) from error


def _opened(path: Path) -> sqlite3.Connection:
    address = f"file:{quote(str(path.absolute()))}?mode=ro"
    if not os.access(path.parent, os.W_OK) and not path.with_name(f"{path.name}-wal").exists():
        # A copy on a read-only disk: nobody writes there, and the index of the log can't be made beside it.
        address += "&immutable=1"
    return sqlite3.connect(address, uri=True, timeout=BUSY_S, isolation_level=None)


def _entry(columns: Sequence[entries.Column]) -> JournalEntry | None:
    """The entry; None for what was tampered with, which `verify` finds: the others are as good as before."""
    try:
        return entries.from_columns(tuple(columns))
    except ValueError:
        return None


def _is_open(columns: Columns) -> bool:
    outcome, action = columns[_OUTCOME], columns[_ACTION]
    return outcome in OPEN and not (outcome == Outcome.SENT and action in SENT_IS_LAST)


def _text(raw: bytes) -> str:
    """A tampered row may hold bytes that are no text; they must be read to be found."""
    return raw.decode("utf-8", "surrogateescape")


def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else b""
