"""The filter of `history`: entries that contain all words of an expression."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from browser_host.errors import UsageError
from browser_host.journal.entries import COLUMNS, Columns

NAMES = ("by", "client", "action", "session", "label", "outcome", "text", "instruction", "peer")
"""Columns that `name:word` can search."""

_TERM = re.compile(
    r'(?P<inverted>!?)(?:(?P<name>[a-z_]+):)?(?:"(?P<quoted>[^"]*)"|(?P<word>\S+))', re.IGNORECASE
)

Test: TypeAlias = Callable[[Mapping[str, str]], bool]


class HistoryFilter:
    """The terms of an expression, all of which an entry must match; no terms match every entry.

    Args:
        expression: words separated by spaces, quoted if they contain spaces; `action:endSession` searches one
            column, and `!` before a term inverts it. Case and Unicode forms are ignored.

    Raises:
        UsageError: it names an unknown column.
    """

    def __init__(self, expression: str) -> None:
        self._tests = tuple(_test(term) for term in _TERM.finditer(expression))

    def __bool__(self) -> bool:
        return bool(self._tests)

    def matches(self, columns: Columns) -> bool:
        """Whether a row matches; tampered rows are searched too."""
        texts = {
            name: _folded(str(value))
            for name, value in zip(COLUMNS, columns, strict=True)
            if name in NAMES and value is not None
        }
        return all(test(texts) for test in self._tests)


def _test(term: re.Match[str]) -> Test:
    name = (term["name"] or "").lower()
    if name and name not in NAMES:
        raise UsageError(
            f"filter: unknown column {name}; expected one of {', '.join(NAMES)}, or the word in quotes"
        )
    wanted = _folded(term["quoted"] if term["quoted"] is not None else term["word"])
    searched: Sequence[str] = (name,) if name else NAMES
    is_inverted = bool(term["inverted"])

    def test(texts: Mapping[str, str]) -> bool:
        return any(wanted in texts.get(one, "") for one in searched) is not is_inverted

    return test


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
