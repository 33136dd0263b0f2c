"""The host's place in the file system: one socket, 0600, in a folder of its user, held by a lock."""

import fcntl
import os
import socket
import stat
from pathlib import Path
from types import TracebackType
from typing import Self

from browser_host.errors import HostRunning, WatchdeckError

BACKLOG = 64
"""Clients that may wait to be accepted."""


class HostSocket:
    """The listening socket and the lock beside it, taken and given back together.

    The lock, not the socket file, says whether a host runs: it goes with its process however that dies,
    so a socket file without it is a dead host's and is taken over.

    Args:
        path: of the socket; at most 107 bytes (the configuration checks it).

    Raises:
        HostRunning: another host serves it.
        WatchdeckError: the folder can't be used, in plain words.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        _make_folder(path.parent)
        self._lock = _take_lock(path)
        try:
            self.socket = _bind(path)
        except BaseException:
            os.close(self._lock)
            raise
        self._inode = path.stat().st_ino

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Takes the socket's file away, if it is still ours, and gives back the lock."""
        self.socket.close()
        try:
            if self.path.lstat().st_ino == self._inode:
                self.path.unlink()
        except FileNotFoundError:
            pass  # somebody took it away already, which is all that was wanted
        finally:
            os.close(self._lock)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.stat()
    except OSError as error:
        raise WatchdeckError(f"the socket's folder {folder} can't be made: {error.strerror}") from error
    others_write = found.st_mode & (stat.S_IWGRP | stat.S_IWOTH) and not found.st_mode & stat.S_ISVTX
    if found.st_uid not in (os.geteuid(), 0) or others_write:
        raise WatchdeckError(
            f"the socket's folder {folder} is writable for others (owner uid {found.st_uid}, "
            f"mode {stat.S_IMODE(found.st_mode):04o}); give it a folder of your own with mode 0700"
        )


def _take_lock(path: Path) -> int:
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        lock = os.open(path.with_name(f"{path.name}.lock"), flags, 0o600)
    except OSError as error:
        raise WatchdeckError(
            f"the lock beside the socket {path} can't be opened: {error.strerror}"
        ) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        pid = os.pread(lock, 32, 0).decode("ascii", "replace").strip()
        os.close(lock)
        raise HostRunning(
            f"a host runs on {path} already{f' (pid {pid})' if pid.isdigit() else ''}; "
            "attach to it with: watchdeck attach, end it with: watchdeck stop"
        ) from error
    os.ftruncate(lock, 0)
    os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
    return lock


def _bind(path: Path) -> socket.socket:
    try:
        if not stat.S_ISSOCK(path.lstat().st_mode):
            raise WatchdeckError(f"{path} is there and is no socket; it is left alone: choose another path")
        path.unlink()
    except FileNotFoundError:
        pass  # the usual case: nothing is in the way
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
    mask = os.umask(0o177)
    try:
        listening.bind(str(path))
        listening.listen(BACKLOG)
    except OSError as error:
        listening.close()
        raise WatchdeckError(f"the socket {path} can't be made: {error.strerror}") from error
    finally:
        os.umask(mask)
    listening.setblocking(False)  # noqa: FBT003 - the standard library's signature
    return listening
