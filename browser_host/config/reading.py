"""The configuration's file as values and lines, its syntax errors told rather than raised."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from browser_host.config.positions import Key, lines_of
from browser_host.errors import UsageError

MISTAKES_LIMIT = 10
"""Syntax errors told at once; each is found by reading on without the line of the one before."""

SIZE_LIMIT = 1 << 20
"""Bytes of the file: 1,000 sessions take some 150 kB; a device or a pipe has no end."""

_PLACE = re.compile(r"^(?P<text>.*) \(at (?:line (?P<line>\d+), column \d+|end of document)\)$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Document:
    """What was read.

    Args:
        values: as `tomllib` gives them; the loader lays the environment and the flags over them.
        lines: of each key.
        mistakes: the syntax errors, each with its line.
        found: whether there was a file.
        readable: whether what stands around the mistakes can be trusted to be in its own table.
    """

    values: dict[str, Any]
    lines: Mapping[Key, int]
    mistakes: tuple[tuple[int, str], ...]
    found: bool
    readable: bool


def read(place: Path, *, must_exist: bool) -> Document:
    """The file's content.

    Raises:
        UsageError: it must exist and does not, or can't be read.
    """
    try:
        with place.open("rb") as file:
            content = file.read(SIZE_LIMIT + 1)
    except FileNotFoundError:
        if must_exist:
            raise UsageError(f"no configuration at {place}; see: watchdeck config example") from None
        return Document({}, {}, (), found=False, readable=True)
    except OSError as error:
        raise UsageError(f"cannot read the configuration at {place}: {error.strerror}") from None
    if len(content) > SIZE_LIMIT:
        raise UsageError(
            f"the configuration at {place} has more than {SIZE_LIMIT >> 20} MiB; is it another file?"
        )
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return Document({}, {}, ((line, "expected UTF-8, got other bytes"),), found=True, readable=False)
    return parse(text)


def parse(text: str) -> Document:
    """A text's values and lines; lines with mistakes are left out of both."""
    lines = text.replace("\r\n", "\n").split("\n")
    mistakes: dict[int, str] = {}
    while len(mistakes) <= MISTAKES_LIMIT:
        try:
            rest = "\n".join(lines)
            values, found = tomllib.loads(rest), lines_of(rest)
        except tomllib.TOMLDecodeError as error:
            line, why = _mistake(error, len(lines))
            header = lines[line - 1].lstrip().startswith("[")
            if line in mistakes or header:
                mistakes.setdefault(line, why)
                break
            mistakes[line] = why
            lines[line - 1] = ""
        except (ValueError, RecursionError):
            mistakes.setdefault(1, "this can't be read: a number of thousands of digits, or lists too deep")
            break
        else:
            return Document(values, found, tuple(mistakes.items()), found=True, readable=True)
    return Document({}, {}, tuple(mistakes.items()), found=True, readable=False)


def _mistake(error: tomllib.TOMLDecodeError, last: int) -> tuple[int, str]:
    """`tomllib` says where only in its text; the value itself is never in it."""
    match = _PLACE.match(str(error))
    if match is None:
        return last, f"this is no TOML: {error}"
    text = match["text"]
    return int(match["line"] or last), f"this is no TOML: {text[:1].lower()}{text[1:]}"
