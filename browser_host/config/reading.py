"""The configuration's file as values and lines; syntax errors are collected, not raised."""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from browser_host import text_files
from browser_host.config.positions import Key, lines_of
from browser_host.errors import UsageError

MISTAKES_LIMIT = 10
"""Syntax errors reported at once; each is found by reading on without the previous faulty line."""

SIZE_LIMIT = 1 << 20
"""Bytes of the file: 1,000 sessions take about 150 kB, and a device or pipe may never end."""

READ_WITHIN_S = 4.0
"""Seconds for the file; a reload has ten for it and all files it names."""

_PLACE = re.compile(r"^(?P<text>.*) \(at (?:line (?P<line>\d+), column \d+|end of document)\)$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Document:
    """The content of the file.

    Args:
        values: as from `tomllib`; the loader applies the environment and the flags.
        lines: of each key.
        mistakes: the syntax errors, each with its line.
        found: whether there was a file.
        readable: whether keys around the mistakes are certainly in their own tables.
        mode: `st_mode` of the file, 0 if there is none.
    """

    values: dict[str, Any]
    lines: Mapping[Key, int]
    mistakes: tuple[tuple[int, str], ...]
    found: bool
    readable: bool
    mode: int = 0


def read(place: Path, *, must_exist: bool) -> Document:
    """The file's content.

    Raises:
        UsageError: it must exist and does not, or can't be read.
    """
    try:
        with text_files.opened(place) as descriptor:
            mode = os.fstat(descriptor).st_mode
            content = text_files.content_of(descriptor, SIZE_LIMIT, READ_WITHIN_S)
    except FileNotFoundError:
        if must_exist:
            raise UsageError(f"no configuration at {place}; see: watchdeck config example") from None
        return Document({}, {}, (), found=False, readable=True)
    except OSError as error:
        raise UsageError(f"cannot read the configuration at {place}: {error.strerror}") from None
    if len(content) > SIZE_LIMIT:
        raise UsageError(
            f"the configuration at {place} has more than {SIZE_LIMIT >> 20} MiB; is it the right file?"
        )
    try:
        document = parse(text_files.decoded(content))
    except text_files.EncodingError as error:
        line = content.count(b"\n", 0, error.at) + 1
        document = Document({}, {}, ((line, str(error)),), found=True, readable=False)
    return replace(document, mode=mode)


def parse(text: str) -> Document:
    """A text's values and lines, both without lines that have mistakes."""
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
            mistakes.setdefault(1, "invalid TOML: a number of thousands of digits, or lists nested too deep")
            break
        else:
            return Document(values, found, tuple(mistakes.items()), found=True, readable=True)
    return Document({}, {}, tuple(mistakes.items()), found=True, readable=False)


def _mistake(error: tomllib.TOMLDecodeError, last: int) -> tuple[int, str]:
    """The line and message of an error; `tomllib` gives the line only in its text, and never the value."""
    match = _PLACE.match(str(error))
    if match is None:
        return last, f"invalid TOML: {error}"
    text = match["text"]
    return int(match["line"] or last), f"invalid TOML: {text[:1].lower()}{text[1:]}"
