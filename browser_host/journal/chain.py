"""The chain of hashes over the rows. Pure; `verdict.verify` follows it.

Each row carries SHA-256 over a tag, the hash of the row before, and a canonical encoding of its own
columns. So any single change is found: an altered, missing, inserted or moved row, and a row whose own
hash was made to fit (the row after it does not).

What a chain without a secret can't prove: whoever may write the file may also compute every hash anew.
A *rewritten end* (rows cut off or replaced, and all after them hashed again) is found only by comparing
with a mark that was kept elsewhere. There are three, from weak to strong: the head record in the database
(finds rows deleted by hand), the head file beside it (finds a database put back to an older copy), and a
mark that someone noted on another machine (`audit verify` prints one, `--noted` takes it back), which
alone stands against a person with the host user's rights.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from browser_host.journal.entries import Columns

_TAG = b"watchdeck journal 1\n"
_MARK = re.compile(r"(\d{1,19}):([0-9a-f]{64})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Mark:
    """A row's number and hash: `seq:hex`, short enough to be noted down."""

    seq: int
    hash: bytes

    def __str__(self) -> str:
        return f"{self.seq}:{self.hash.hex()}"

    @classmethod
    def parse(cls, text: str) -> "Mark":
        """A mark as `str` writes it.

        Raises:
            ValueError: it is none.
        """
        match = _MARK.fullmatch(text.strip())
        if match is None:
            raise ValueError("a mark is a row's number, a colon and 64 hex digits")
        return cls(int(match[1]), bytes.fromhex(match[2]))


BEGINNING = Mark(0, hashlib.sha256(_TAG).digest())
"""What the first row follows."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it is on disk, whatever was done to it."""

    seq: int
    columns: Columns
    previous: bytes
    hash: bytes


def digest(seq: int, columns: Sequence[object], previous: bytes) -> bytes:
    """The hash of a row; JSON with escapes is an encoding in which no two different rows look alike."""
    text = json.dumps([seq, *columns], ensure_ascii=True, separators=(",", ":"), default=repr)
    return hashlib.sha256(_TAG + previous + text.encode("ascii")).digest()


def linked(after: Mark, entries: Iterable[Columns]) -> Iterator[Row]:
    """The rows that continue the chain from a mark."""
    seq, previous = after.seq, after.hash
    for columns in entries:
        seq += 1
        row = Row(seq, columns, previous, digest(seq, columns, previous))
        previous = row.hash
        yield row
