"""The journal's file: private, in a folder that only its owner can write to, and without symlinks."""

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from browser_host import private_files
from browser_host.journal.errors import JournalUnavailable

_COMPANIONS = ("-wal", "-shm", "-journal")
"""Files that SQLite keeps next to a database, with the database's permissions."""


@dataclass(frozen=True, slots=True)
class FileId:
    """Identifies a file, even if another one replaces it under its name."""

    device: int
    inode: int


def secure(path: Path) -> FileId:
    """Create the folder (0700) and the file (0600) if missing, and refuse what is unsafe.

    An existing folder is not changed, but refused if others may write to it: they could put another file in
    the journal's place. Others may list it, because every file in it is 0600.

    Raises:
        JournalUnavailable: a symlink, another owner, a folder that others may write to, or no regular file.
        OSError: the system's own refusal.
    """
    folder = path.parent
    private_files.make_folder(folder)
    found = folder.lstat()
    if stat.S_ISLNK(found.st_mode):
        raise JournalUnavailable(f"the journal's folder {folder} is a symlink; use the folder it points to")
    if found.st_uid not in {os.geteuid(), 0}:
        raise JournalUnavailable(f"the journal's folder {folder} belongs to another user")
    if found.st_mode & 0o022:
        raise JournalUnavailable(
            f"others may write to the journal's folder {folder}; run: chmod 700 {folder}"
        )
    for companion in (path.with_name(path.name + ending) for ending in _COMPANIONS):
        if companion.is_symlink():
            raise JournalUnavailable(f"{companion} is a symlink; the journal needs a file of its own there")
    return _private_file(path)


def present(path: Path) -> FileId | None:
    """The file that has the name now, or None."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        return None
    return FileId(found.st_dev, found.st_ino)


def _private_file(path: Path) -> FileId:
    try:
        found = private_files.create(path)
    except FileExistsError:
        # Checked by name only: closing a descriptor of a database that this process has open elsewhere
        # drops SQLite's locks on it (sqlite.org/howtocorrupt.html, 2.2).
        found = path.lstat()
    if stat.S_ISLNK(found.st_mode):
        raise JournalUnavailable(f"the journal {path} is a symlink; use the file it points to")
    if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid() or found.st_nlink != 1:
        raise JournalUnavailable(f"the journal {path} is not a regular file of this user")
    if private_files.exposed_mode(found.st_mode):
        path.chmod(private_files.FILE_MODE)
    return FileId(found.st_dev, found.st_ino)
