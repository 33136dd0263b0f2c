"""Disk faults: a full disk, and damaged files."""

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.support import ends

SMALL = "size=2m,mode=0700"
"""Mount options of a journal's disk: room for some thousand rows, and quickly filled."""


class Disk:
    """A disk for a journal that can be filled and freed.

    Args:
        folder: its mount point, or None where mounting is not allowed; then the host's files cannot grow.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    @contextlib.contextmanager
    def full(self, host: int) -> Iterator[None]:
        """Fill the disk to the last byte until the block ends."""
        if self._folder is None:
            with ends.full_disk(host):
                yield
            return
        filling = self._folder / "filling"
        with filling.open("wb") as file, contextlib.suppress(OSError):
            while True:
                os.write(file.fileno(), b"x" * 4096)
        try:
            yield
        finally:
            filling.unlink()


@contextlib.contextmanager
def small_disk(folder: Path) -> Iterator[Disk]:
    """Mount a small disk at `folder` if the kernel allows it."""
    folder.mkdir(mode=0o700, parents=True)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", SMALL, "tmpfs", folder], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        yield Disk(None)
        return
    try:
        yield Disk(folder)
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def flip(file: Path, at: int, count: int = 64) -> None:
    """Invert some bytes of a file in place."""
    with file.open("r+b") as opened:
        opened.seek(at)
        before = opened.read(count)
        opened.seek(at)
        opened.write(bytes(byte ^ 0xFF for byte in before))


def set_aside(journal: Path) -> None:
    """Move a journal and its companion files away, as the host tells the operator to."""
    for file in journal.parent.glob(f"{journal.name}*"):
        file.rename(file.with_name(f"aside-{file.name}"))
