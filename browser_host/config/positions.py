"""The line of each key in a TOML text; `tomllib` reads the values but does not keep their positions."""

import re
import tomllib
from collections.abc import Mapping
from typing import TypeAlias

Key: TypeAlias = tuple[str | int, ...]
"""A place in the document: names of keys, and numbers in arrays."""

_BLANK = re.compile(r"[ \t]*")
_SPACE = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(
    r'"""(?:[^\\"]|\\.|"(?!""))*"{3,5}'
    r"|'''(?:[^']|'(?!''))*'{3,5}"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_SCALAR = re.compile(r"[^,\]}#\n]*")


def lines_of(text: str) -> Mapping[Key, int]:
    """The line (from 1) of every table, key and array item.

    Args:
        text: a TOML document that `tomllib` accepts.
    """
    scanner = _Scanner(text)
    scanner.document()
    return scanner.lines


def nearest(lines: Mapping[Key, int], key: Key) -> int:
    """The line of the key, or of the innermost table around it that the text has, else 1."""
    return next((lines[key[:end]] for end in range(len(key), 0, -1) if key[:end] in lines), 1)


class _Scanner:
    def __init__(self, text: str) -> None:
        self.lines: dict[Key, int] = {}
        self._text = text
        self._at = 0
        self._counted = (0, 1)
        self._arrays: dict[Key, int] = {}

    def document(self) -> None:
        table: Key = ()
        while self._skip(_SPACE) and self._at < len(self._text):
            if self._peek("[["):
                table = self._header(2)
            elif self._peek("["):
                table = self._header(1)
            elif not self._pair(table):
                return

    def _header(self, brackets: int) -> Key:
        line = self._line()
        self._at += brackets
        names = self._names()
        self._skip(_BLANK)
        self._at += brackets
        if brackets == 1:
            table = self._resolved(names)
        else:
            array = (*self._resolved(names[:-1]), *names[-1:])
            self._note((), array, line)
            self._arrays[array] = self._arrays.get(array, -1) + 1
            table = (*array, self._arrays[array])
        self._note((), table, line)
        return table

    def _resolved(self, names: list[str]) -> Key:
        """A header's names, with the last item's index after each name of an array of tables."""
        key: Key = ()
        for name in names:
            key = (*key, name)
            if key in self._arrays:
                key = (*key, self._arrays[key])
        return key

    def _pair(self, table: Key) -> bool:
        line = self._line()
        names = self._names()
        self._skip(_BLANK)
        if not names or not self._peek("="):
            return False
        self._at += 1
        key = (*table, *names)
        self._note(table, key, line)
        self._value(key)
        return True

    def _value(self, key: Key) -> None:
        self._skip(_BLANK)
        if self._peek("["):
            self._items(key)
        elif self._peek("{"):
            self._at += 1
            while self._skip(_SPACE) and not self._peek("}") and self._pair(key):
                self._comma()
            self._at += 1
        elif not self._skip(_STRING):
            self._skip(_SCALAR)

    def _items(self, key: Key) -> None:
        self._at += 1
        number = 0
        while self._skip(_SPACE) and self._at < len(self._text) and not self._peek("]"):
            start = self._at
            self._note((), (*key, number), self._line())
            self._value((*key, number))
            self._comma()
            if self._at == start:
                return  # invalid TOML: the rest can't be read
            number += 1
        self._at += 1

    def _comma(self) -> None:
        self._skip(_SPACE)
        if self._peek(","):
            self._at += 1

    def _names(self) -> list[str]:
        names: list[str] = []
        while True:
            self._skip(_BLANK)
            start = self._at
            if self._skip(_BARE_KEY):
                names.append(self._text[start : self._at])
            elif self._skip(_STRING):
                names.append(tomllib.loads(f"key = {self._text[start : self._at]}")["key"])
            else:
                return names
            self._skip(_BLANK)
            if not self._peek("."):
                return names
            self._at += 1

    def _note(self, table: Key, key: Key, line: int) -> None:
        """Note the key and the tables that a dotted key creates."""
        for end in range(len(table) + 1, len(key) + 1):
            self.lines.setdefault(key[:end], line)

    def _skip(self, pattern: re.Pattern[str]) -> bool:
        match = pattern.match(self._text, self._at)
        if match is None:
            return False
        self._at = match.end()
        return True

    def _peek(self, token: str) -> bool:
        return self._text.startswith(token, self._at)

    def _line(self) -> int:
        """The current line; counting continues from the last call, so that a long file is scanned once."""
        start, line = self._counted
        self._counted = (self._at, line + self._text.count("\n", start, self._at))
        return self._counted[1]
