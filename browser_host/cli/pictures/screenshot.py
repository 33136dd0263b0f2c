"""`watchdeck screenshot`: a picture of a session's page, in a file, on stdout or drawn in the terminal."""

import os
import shutil
import sys
from pathlib import Path

import click

from browser_host import private_files
from browser_host.api.bounds import LEAST_WIDTH, MOST_WIDTH, PAGE_WIDTH
from browser_host.api.schema import SCHEMA
from browser_host.cli.host_client import ask
from browser_host.cli.invocation import Invocation, with_hosts
from browser_host.cli.output import say, tell, write, write_bytes
from browser_host.errors import UsageError, WatchdeckError

_TRUECOLOR = frozenset({"truecolor", "24bit"})
STDOUT = Path("-")


@click.command()
@click.argument("session_id", metavar="ID")
@click.option(
    "-o", "--output", "path", type=click.Path(path_type=Path), metavar="FILE.png", help="Write here."
)
@click.option(
    "--width",
    type=click.IntRange(LEAST_WIDTH, MOST_WIDTH),
    metavar="PX",
    show_default=str(PAGE_WIDTH),
    help="Width of the picture in pixels.",
)
@with_hosts
def screenshot(invocation: Invocation, session_id: str, path: Path | None, width: int | None) -> None:
    """Take a picture of a session's page, as a PNG.

    Without -o it is drawn in the terminal, or written to stdout if that is none (-o - always does).
    Each look at somebody's screen is in the journal, and the host can refuse it (host.preview).
    """
    if invocation.json and path in (None, STDOUT):
        raise UsageError("--json needs -o FILE.png, because stdout has the picture otherwise")
    drawn = path is None and sys.stdout.isatty()
    if drawn:
        _require_colors()
        width = width or min(max(2 * shutil.get_terminal_size().columns, LEAST_WIDTH), MOST_WIDTH)
    png = ask(invocation.hosts, lambda client: client.screenshot(session_id, width))
    if drawn:
        _draw(png)
    elif path is None or path == STDOUT:
        write_bytes(png)
    else:
        _save(png, path)
        if invocation.json:
            tell({"schema": SCHEMA, "id": session_id, "file": str(path), "bytes": len(png)})
        else:
            say(f"{len(png):,} bytes in {path}")


def _save(png: bytes, path: Path) -> None:
    try:
        descriptor = private_files.open_output(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        with os.fdopen(descriptor, "wb") as file:
            file.write(png)
    except OSError as error:
        raise WatchdeckError(f"can't write {path}: {error.strerror}") from None


def _require_colors() -> None:
    """Check before anybody's screen is looked at.

    Raises:
        WatchdeckError: the terminal has no colours, or Pillow is not installed.
    """
    from browser_host.cli.pictures import decoding  # noqa: PLC0415 - `--help` needs no pictures

    if os.environ.get("NO_COLOR") or os.environ.get("TERM", "dumb") == "dumb":
        raise UsageError("this terminal shows no colours: write the picture to a file with -o FILE.png")
    decoding.require()


def _draw(png: bytes) -> None:
    from browser_host.cli.pictures import decoding, half_blocks  # noqa: PLC0415 - as above

    halved = _shows(half_blocks.BLOCK)
    columns, lines = shutil.get_terminal_size()
    pixels = decoding.decode(png, columns, max(lines - 1, 1), halved=halved)
    rows = half_blocks.halves(pixels) if halved else half_blocks.wholes(pixels)
    truecolor = os.environ.get("COLORTERM", "") in _TRUECOLOR
    write("".join(half_blocks.ansi(row, truecolor=truecolor) + "\n" for row in rows))


def _shows(text: str) -> bool:
    try:
        text.encode(sys.stdout.encoding)
    except UnicodeEncodeError:
        return False
    return True
