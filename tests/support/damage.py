"""What goes wrong with disks: one that is full, and bytes on it that are no longer what was written."""

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.support import ends

SMALL = "size=2m,mode=0700"
"""Of a disk for a journal: some thousand rows, and soon filled."""


class Disk:
    """A journal's disk that can be made full, and free again.

    Args:
        folder: its mount point, or None where nobody may mount: then the host's own files can't grow.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    @contextlib.contextmanager
    def full(self, host: int) -> Iterator[None]:
        """Not a byte more goes onto it until the block ends."""
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
    """A small disk of its own under `folder`, where the kernel lets us mount one."""
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
    """Inverts some bytes of a file in place."""
    with file.open("r+b") as opened:
        opened.seek(at)
        before = opened.read(count)
        opened.seek(at)
        opened.write(bytes(byte ^ 0xFF for byte in before))


def set_aside(journal: Path) -> None:
    """Moves a journal and what SQLite and the host keep beside it away, as the operator is told to."""
    for file in journal.parent.glob(f"{journal.name}*"):
        file.rename(file.with_name(f"aside-{file.name}"))
