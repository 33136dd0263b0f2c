"""The head file: a mark of the last row, kept beside the database and written after each commit.

As it is written after the commit, it may lag behind the database (a crash in between), and then proves
less; it can run ahead only where rows that were once on disk are gone. It is written in place and never
grows, so that a full disk does not stop it; it is not synced, as a lagging mark is no false one.
"""

import os
from pathlib import Path

from browser_host.journal.chain import Mark

_FIRST_WORDS = "watchdeck journal head"
_LENGTH = 256


def write(path: Path, mark: Mark) -> None:
    """Puts the mark into the file.

    Raises:
        OSError: it could not be written.
    """
    line = f"{_FIRST_WORDS} {mark}".ljust(_LENGTH - 1) + "\n"
    flags = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
    descriptor = os.open(path, flags, 0o600)
    try:
        os.pwrite(descriptor, line.encode("ascii"), 0)
    finally:
        os.close(descriptor)


def read(path: Path) -> Mark | None:
    """The mark in the file; None where there is no file.

    Raises:
        ValueError: the file holds no mark.
        OSError: it could not be read.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        text = file.read(_LENGTH).decode("ascii", "replace").rstrip()
    if not text.startswith(_FIRST_WORDS):
        raise ValueError("the head file holds no mark")
    return Mark.parse(text.removeprefix(_FIRST_WORDS))
