"""Output of commands: data to stdout, messages to stderr, without control characters."""

import contextlib
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TextIO

import click

from browser_host.cell_width import cell_width, cut, padded
from browser_host.cli import standard_streams
from browser_host.errors import Exit, WatchdeckError
from browser_host.protocol.text import printable

CELL_LIMIT = 200
"""Characters of one cell; the longest is the text of a fault or an instruction."""

LINE_LIMIT = 2_000

NARROWEST = 4
"""Columns that a cell keeps when the terminal is too narrow for the table."""

NEVER_CUT = frozenset({"ID", "HOSTING", "STATE", "AT"})
"""Columns that are never cut: operators decide by them, and half a time is none."""

_GAP = "  "

_FAILED_HOSTS = "watchdeck.failed_hosts"


class OutputLost(WatchdeckError):  # noqa: N818 - says what it is
    """can't write to stdout: the disk is full, or it is closed."""

    code = "output"


class OutputUnread(WatchdeckError):  # noqa: N818 - says what it is
    """The reader of stdout closed it."""

    exit_code = Exit.UNREAD
    code = "output_unread"


def write(text: str) -> None:
    """Write text to stdout unchanged and flush it.

    Raises:
        OutputUnread: the reader is gone.
        OutputLost: it could not be written.
    """
    with _lost():
        sys.stdout.write(text)
        sys.stdout.flush()


def write_bytes(content: bytes) -> None:
    """Write bytes to stdout and flush it.

    Raises:
        OutputUnread: the reader is gone.
        OutputLost: it could not be written.
    """
    with _lost():
        sys.stdout.buffer.write(content)
        sys.stdout.flush()


@contextlib.contextmanager
def _lost() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        standard_streams.discard(1)
        raise OutputUnread("the reader of stdout is gone") from None
    except OSError as error:
        standard_streams.discard(1)
        raise OutputLost(f"can't write to stdout: {error.strerror}") from None


def tell(document: Mapping[str, Any]) -> None:
    """Write a JSON document as one line of stdout."""
    import json  # noqa: PLC0415 - most messages are text

    write(json.dumps(document, ensure_ascii=False).encode("utf-8", "replace").decode() + "\n")


def line(text: str) -> None:
    """Write a line of data."""
    write(printable(text, LINE_LIMIT) + "\n")


def lines(texts: Iterable[str]) -> None:
    """Write a line of data for each."""
    for text in texts:
        line(text)


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Write rows under a header as data: cut to the width of a terminal, in full to a file or pipe."""
    lines(columns(header, rows, _cells(sys.stdout)))


def say_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Write rows under a header as a message, cut as `table` does."""
    say("\n".join(columns(header, rows, _cells(sys.stderr))))


def say(text: str) -> None:
    """Write messages to stderr, each line made printable; drop them if stderr can't be written."""
    for part in text.splitlines():
        try:
            click.echo(printable(part, LINE_LIMIT), err=True)
        except OSError:
            standard_streams.discard(2)


def say_failed_hosts(reasons: Iterable[str]) -> None:
    """Say why hosts failed that the running command asked, each reason once, while others did not fail."""
    context = click.get_current_context(silent=True)
    told = set[str]() if context is None else context.meta.setdefault(_FAILED_HOSTS, set())
    for reason in reasons:
        if reason not in told:
            told.add(reason)
            say(f"watchdeck: {reason}")


def has_failed_hosts() -> bool:
    """Whether such a host was told of."""
    context = click.get_current_context(silent=True)
    return context is not None and bool(context.meta.get(_FAILED_HOSTS))


def report(code: Exit, tell_it: Callable[[], None]) -> Exit:
    """Report what was done, and return its exit code even if the report can't be written.

    Args:
        code: of what was done.
        tell_it: writes to stdout.
    """
    try:
        tell_it()
    except OutputUnread:
        pass  # the exit code reports what was done
    except OutputLost as error:
        done = (
            "the command itself succeeded" if code is Exit.OK else f"exit code {code} reports what was done"
        )
        say(f"watchdeck: {error}; {done}")
    return code


def columns(header: Sequence[str], rows: Sequence[Sequence[str]], cells: int | None = None) -> list[str]:
    """Rows under a header in plain columns, as wide as their cells; no borders.

    Args:
        cells: most terminal columns of a line; the widest columns are cut first.
    """
    texts = [list(header), *([printable(cell, CELL_LIMIT) for cell in row] for row in rows)]
    widths = [max(map(cell_width, column)) for column in zip(*texts, strict=True)]
    if cells is not None:
        least = [wide if name in NEVER_CUT else NARROWEST for name, wide in zip(header, widths, strict=True)]
        widths = _fitted(widths, least, cells - len(_GAP) * (len(widths) - 1))
    shown = (
        _GAP.join(padded(cell, wide) for cell, wide in zip(row, widths, strict=True)).rstrip()
        for row in texts
    )
    return [row if cells is None else cut(row, cells) for row in shown]


def _cells(stream: TextIO) -> int | None:
    if not stream.isatty():
        return None
    import shutil  # noqa: PLC0415 - it loads every kind of archive

    return shutil.get_terminal_size().columns


def _fitted(widths: Sequence[int], least: Sequence[int], room: int) -> list[int]:
    """Narrow the widest columns until all fit or none may get narrower."""
    fitted = list(widths)
    while sum(fitted) > room:
        spare = [(wide, at) for at, wide in enumerate(fitted) if wide > least[at]]
        if not spare:
            break
        fitted[max(spare)[1]] -= 1
    return fitted
