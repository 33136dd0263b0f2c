"""Private files: created with mode 0600, opened only if regular, replaced atomically.

Only regular files are created, chmodded or replaced here: a device named by mistake belongs to the
whole machine.
"""

import contextlib
import errno
import os
import stat
from pathlib import Path

FILE_MODE = 0o600
FOLDER_MODE = 0o700

_OTHERS = 0o077


def make_folder(folder: Path) -> None:
    """Create a folder that only its owner can enter; an existing one is not changed.

    Raises:
        OSError: it can't be made, or something else has the name.
    """
    folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)


def exposed_mode(mode: int) -> str:
    """The permissions of a file that others can open, such as `0644`, or an empty text.

    Args:
        mode: `st_mode`; ignored for anything but a regular file.
    """
    return f"{stat.S_IMODE(mode):04o}" if stat.S_ISREG(mode) and mode & _OTHERS else ""


def open_plain(path: Path, flags: int) -> int:
    """Open a regular file without following links, and return its descriptor; make it private if written.

    Args:
        flags: of `os.open`; with `O_CREAT` a missing file is made 0600.

    Raises:
        OSError: a symlink, a pipe, a device or a folder has the name, or the system refuses.
    """
    descriptor = open_output(path, flags | os.O_NOFOLLOW)
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return descriptor
    os.close(descriptor)
    raise OSError(errno.EINVAL, "it is not a regular file", str(path))


def open_output(path: Path, flags: int) -> int:
    """Open the user's output file, following links; make it private if it is regular.

    Args:
        flags: of `os.open`.

    Raises:
        OSError: it can't be opened, or is a pipe that nobody reads.
    """
    # Without blocking: a pipe that nobody reads would block the caller for ever.
    descriptor = os.open(path, flags | os.O_NONBLOCK | os.O_CLOEXEC, FILE_MODE)
    try:
        _close_to_others(descriptor, flags)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def is_plain_or_absent(path: Path) -> bool:
    """Whether a file can be created or kept there, with its folder: False for a device or a pipe."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except OSError:
        return True  # opening it reports what is wrong


def create(path: Path) -> os.stat_result:
    """Create an empty file whose name survives a power cut.

    Raises:
        FileExistsError: something has the name.
        OSError: it can't be made.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, FILE_MODE)
    try:
        made = os.fstat(descriptor)
    finally:
        os.close(descriptor)
    _sync_folder(path.parent)
    return made


def replace(path: Path, content: bytes, *, durable: bool = True) -> None:
    """Create or replace a file atomically.

    Args:
        durable: whether the new content survives a power cut, which costs two syncs of the disk.

    Raises:
        OSError: it can't be written; the old file is unchanged.
    """
    import tempfile  # noqa: PLC0415 - it loads shutil and random, 10 ms of a command that writes nothing

    descriptor, draft = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            if durable:
                file.flush()
                os.fsync(descriptor)
        Path(draft).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(draft).unlink()
        raise
    if durable:
        _sync_folder(path.parent)


def _close_to_others(descriptor: int, flags: int) -> None:
    writes = flags & os.O_ACCMODE != os.O_RDONLY
    if writes and exposed_mode(os.fstat(descriptor).st_mode):
        os.fchmod(descriptor, FILE_MODE)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
