"""The man pages in docs/man, made from the commands; `python -m tests.conventions.man_pages` writes them."""

import copy
import re
from importlib.metadata import version
from pathlib import Path

import click
from click_man.core import write_man_pages

from browser_host.cli.main import cli
from tests.conventions.named import ROOT
from tui.cli import attach, demo

FOLDER = ROOT / "docs" / "man"

LONGEST_TITLE = 100
"""Characters: a page's title is the first sentence of its help, uncut."""


def program() -> click.Command:
    """All commands, as `tui.cli.main` puts them together."""
    whole = copy.copy(cli)
    whole.commands = {**cli.loaded(), **{one.name or "": one for one in (attach, demo)}}
    return _titled(whole)


def write(folder: Path) -> None:
    """Write a page for each command; it bears no date, so that it changes with the commands alone."""
    write_man_pages("watchdeck", program(), version=version("watchdeck"), target_dir=folder, date="Watchdeck")
    for page in folder.glob("*.1"):
        # roff takes a line that starts with a quote for a request.
        page.write_text(re.sub(r"^'", r"\\&'", page.read_text("utf-8"), flags=re.MULTILINE), "utf-8")


def _titled(command: click.Command) -> click.Command:
    titled = copy.copy(command)
    titled.short_help = command.get_short_help_str(LONGEST_TITLE).removesuffix(".")
    if isinstance(titled, click.Group):
        titled.commands = {name: _titled(one) for name, one in titled.commands.items()}
    return titled


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.1"):
        old.unlink()
    write(FOLDER)
