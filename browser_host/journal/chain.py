"""The chain of hashes over the rows. Pure; `verify.verify` follows it.

Each row carries SHA-256 over a tag, the hash of the row before, and a canonical encoding of its own
columns. This detects any single change: an altered, missing, inserted or moved row, and a row whose own hash
was recomputed (the row after it no longer follows).

A chain without a secret has a limit: whoever can write the file can also recompute every hash. A *rewritten
end* (rows removed or replaced, and all later rows hashed again) is detected only by comparison with a mark
kept elsewhere. The head record in the database detects rows deleted by hand. A mark noted on another machine
(`audit verify` prints one, `--noted` compares it) also detects that an older copy was restored, and what
somebody with the host user's rights rewrote.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from json.encoder import encode_basestring_ascii as _quoted
from typing import NamedTuple

from browser_host.journal.entries import Columns

_TAG = b"watchdeck journal 1\n"
_MARK = re.compile(r"(\d{1,19}):([0-9a-f]{64})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Mark:
    """A row's number and hash: `seq:hex`, short enough to write down."""

    seq: int
    hash: bytes

    def __str__(self) -> str:
        return f"{self.seq}:{self.hash.hex()}"

    @classmethod
    def parse(cls, text: str) -> "Mark":
        """A mark as `str` writes it.

        Raises:
            ValueError: it is not a mark.
        """
        match = _MARK.fullmatch(text.strip())
        if match is None:
            raise ValueError("a mark is a row's number, a colon and 64 hex digits")
        return cls(int(match[1]), bytes.fromhex(match[2]))


BEGINNING = Mark(0, hashlib.sha256(_TAG).digest())
"""The predecessor of the first row."""


class Row(NamedTuple):
    """A row as stored, even if tampered with. A tuple, because `verify` makes a million of them."""

    seq: int
    columns: Columns
    previous: bytes
    hash: bytes


def digest(seq: int, columns: Sequence[object], previous: bytes) -> bytes:
    """The hash of a row; escaped JSON never encodes two different rows alike."""
    # Column by column, which takes a third of the time of `json.dumps` of the whole.
    words = [_quoted(one) if type(one) is str else "null" if one is None else _number(one) for one in columns]
    text = f"[{seq},{','.join(words)}]"
    return hashlib.sha256(_TAG + previous + text.encode("ascii")).digest()


def _number(value: object) -> str:
    if type(value) is int:
        return str(value)
    return json.dumps(value, separators=(",", ":"), default=repr)  # only in a tampered row


def linked(after: Mark, entries: Iterable[Columns]) -> Iterator[Row]:
    """Rows with hashes that continue the chain from a mark."""
    seq, previous = after.seq, after.hash
    for columns in entries:
        seq += 1
        row = Row(seq, columns, previous, digest(seq, columns, previous))
        previous = row.hash
        yield row
