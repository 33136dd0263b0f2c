"""Where the journal lies: a private file in a folder that nobody else may write to, reached by no symlink."""

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from browser_host.journal.errors import JournalUnavailable

_COMPANIONS = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a database; made with the database's own permissions."""


@dataclass(frozen=True, slots=True)
class FileId:
    """Tells a file from another one that took its name."""

    device: int
    inode: int


def head_file(path: Path) -> Path:
    """The file beside the journal that remembers its last row."""
    return path.with_name(f"{path.name}.head")


def secure(path: Path) -> FileId:
    """Makes the folder (0700) and the file (0600) where they are missing, and refuses what is unsafe.

    A folder that exists is left as it is, unless others may write to it: they could put another file in
    the journal's place. That others may list it does no harm, as every file in it is made 0600.

    Raises:
        JournalUnavailable: a symlink, a strange owner, a folder that others may write to, no regular file.
        OSError: the system's own refusal.
    """
    folder = path.parent
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    if stat.S_ISLNK(found.st_mode):
        raise JournalUnavailable(f"the journal's folder {folder} is a symlink; name the folder it leads to")
    if found.st_uid not in {os.geteuid(), 0}:
        raise JournalUnavailable(f"the journal's folder {folder} belongs to somebody else")
    if found.st_mode & 0o022:
        raise JournalUnavailable(
            f"others may write to the journal's folder {folder}; run: chmod 700 {folder}"
        )
    for companion in (*(path.with_name(path.name + ending) for ending in _COMPANIONS), head_file(path)):
        if companion.is_symlink():
            raise JournalUnavailable(f"{companion} is a symlink, where the journal keeps a file of its own")
    return _private_file(path)


def present(path: Path) -> FileId | None:
    """The file that bears the name now, or None."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        return None
    return FileId(found.st_dev, found.st_ino)


def _private_file(path: Path) -> FileId:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        # Looked at by name alone: closing a descriptor of a database that this process has open elsewhere
        # drops SQLite's locks on it (sqlite.org/howtocorrupt.html, 2.2).
        found = path.lstat()
    else:
        found = os.fstat(descriptor)
        os.close(descriptor)
        _sync(path.parent)
    if stat.S_ISLNK(found.st_mode):
        raise JournalUnavailable(f"the journal {path} is a symlink; name the file it leads to")
    if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid() or found.st_nlink != 1:
        raise JournalUnavailable(f"the journal {path} is no plain file of this user's own")
    if found.st_mode & 0o077:
        path.chmod(0o600)
    return FileId(found.st_dev, found.st_ino)


def _sync(folder: Path) -> None:
    """The new name must outlive a power cut; SQLite sees to it only for files it makes itself."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
