"""The lives of sessions as the journal on disk has them, for statistics."""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from browser_host.journal import sanitize
from browser_host.journal.entries import NAME_LIMIT, Columns
from browser_host.journal.reader import Reader
from browser_host.supervisor.audit import lives, records
from browser_host.supervisor.audit.lives import Fact, Life
from browser_host.supervisor.audit.statistics import Window

MOST_ROWS = 200_000
"""Rows of the journal that are looked at, the newest first: about 2 s of work."""


def read(reader: Reader, since: float, until: float) -> tuple[Sequence[Life], Window]:
    """The lives that the journal tells of, and the window in which they are all there.

    Args:
        since: epoch seconds, as requested.
        until: the present moment, epoch seconds.
    """
    first, since = reader.beginning(since, records.HOST_STARTED, MOST_ROWS)
    return lives.lives(_facts(reader.columns(first, lives.ACTIONS))), Window(since, until)


def _facts(rows: Iterable[Columns]) -> Iterator[Fact]:
    for at_ms, by, _, action, session, label, outcome, text, *_ in rows:
        try:
            at = int(at_ms or 0) / 1000
        except ValueError:
            continue  # only a tampered row has no time, and `audit verify` reports it
        name = None if session is None else str(session)
        yield Fact(at, _name(by), str(action), name, _name(label), str(outcome), str(text))


@lru_cache(maxsize=1024)  # few names in many rows
def _name(value: object) -> str:
    return sanitize.kept(str(value), NAME_LIMIT)
