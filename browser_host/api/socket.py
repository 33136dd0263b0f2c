"""The host's socket: one file with mode 0600, in a folder of its user, held by a lock."""

import contextlib
import fcntl
import os
import socket
import stat
from collections.abc import Collection
from pathlib import Path
from types import TracebackType
from typing import Self

from browser_host.api.bounds import BACKLOG
from browser_host.api.socket_access import let_in
from browser_host.errors import HostRunning, WatchdeckError


class HostSocket:
    """The listening socket and the lock next to it, acquired and released together.

    The lock, not the socket file, shows whether a host runs: it ends with its process, however that dies. So
    a socket file without a locked lock is a dead host's, and is taken over. Both are created through the
    descriptor of the folder that was checked: replacing the folder meanwhile has no effect.

    Args:
        path: of the socket; at most 107 bytes (the configuration checks it).
        allow_uids: users who may use it besides the host's own and root.

    Raises:
        HostRunning: another host serves it.
        WatchdeckError: the folder can't be used, and why.
    """

    def __init__(self, path: Path, allow_uids: Collection[int] = ()) -> None:
        self.path = path
        self._allow_uids = allow_uids
        self._inode = 0
        self._giving_back = contextlib.ExitStack()
        self._take()

    def _take(self) -> None:
        self._inode = 0
        try:
            self._take_all(self.path)
        except OSError as error:  # others change the folder meanwhile, or the disk is full
            raise WatchdeckError(f"can't create the socket {self.path}: {error.strerror}") from error

    def _take_all(self, path: Path) -> None:
        with contextlib.ExitStack() as undo:
            self._folder = _open_folder(path.parent)
            undo.callback(os.close, self._folder)
            self._lock = _take_lock(path, self._folder)
            undo.callback(os.close, self._lock)
            self.socket = _bind(path, self._folder)
            undo.callback(self._unbind)
            self._inode = _look(path.name, self._folder).st_ino
            _check_folder(path.parent, self._folder)
            let_in(path, self._folder, self._allow_uids)
            self._giving_back = undo.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def is_there(self) -> bool:
        """Whether clients that connect to the path reach this socket."""
        try:
            found = self.path.lstat()
        except OSError:
            return False
        return found.st_ino == self._inode and stat.S_ISSOCK(found.st_mode)

    def renew(self) -> None:
        """Acquire the path again after its file or folder was removed; `socket` is a new one then.

        Raises:
            HostRunning: another host serves it now.
            WatchdeckError: the folder can't be used, and why.
        """
        self.close()
        self._take()

    def close(self) -> None:
        """Remove the socket's file, if it is still ours, and release the lock."""
        self._giving_back.close()

    def _unbind(self) -> None:
        self.socket.close()
        # Somebody may have removed it already.
        with contextlib.suppress(FileNotFoundError):
            if _look(self.path.name, self._folder).st_ino == self._inode:
                os.unlink(self.path.name, dir_fd=self._folder)


def _open_folder(folder: Path) -> int:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(folder, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise WatchdeckError(f"can't create the socket's folder {folder}: {error.strerror}") from error
    try:
        _check_folder(folder, descriptor)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _check_folder(folder: Path, descriptor: int) -> None:
    """Refuse a folder, or a symlink to it, whose content somebody else controls."""
    owners = (os.geteuid(), 0)
    found = os.fstat(descriptor)
    others_write = found.st_mode & (stat.S_IWGRP | stat.S_IWOTH) and not found.st_mode & stat.S_ISVTX
    if found.st_uid not in owners or others_write:
        raise WatchdeckError(
            f"others may write to the socket's folder {folder} (owner uid {found.st_uid}, "
            f"mode {stat.S_IMODE(found.st_mode):04o}); use a folder of your own with mode 0700"
        )
    try:
        named, way = folder.stat(), folder.lstat()
    except OSError as error:
        raise WatchdeckError(f"the socket's folder {folder} was removed: {error.strerror}") from error
    if not os.path.samestat(named, found):
        raise WatchdeckError(f"the socket's folder {folder} was replaced while the host started")
    if way.st_uid not in owners:
        raise WatchdeckError(
            f"the socket's folder {folder} is a symlink of another user (uid {way.st_uid}); "
            "use a folder of your own with mode 0700"
        )


def _look(name: str, folder: int) -> os.stat_result:
    return os.stat(name, dir_fd=folder, follow_symlinks=False)


def _take_lock(path: Path, folder: int) -> int:
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
    try:
        lock = os.open(f"{path.name}.lock", flags, 0o600, dir_fd=folder)
    except OSError as error:
        raise WatchdeckError(f"can't open the lock next to the socket {path}: {error.strerror}") from error
    if not stat.S_ISREG(os.fstat(lock).st_mode):
        os.close(lock)
        raise WatchdeckError(f"the lock next to the socket {path} is not a regular file; it was not touched")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        pid = os.pread(lock, 32, 0).decode("ascii", "replace").strip()
        os.close(lock)
        raise HostRunning(
            f"a host already runs on {path}{f' (pid {pid})' if pid.isdigit() else ''}; "
            "attach to it with: watchdeck attach, stop it with: watchdeck stop"
        ) from error
    try:
        os.ftruncate(lock, 0)
        os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
    except OSError:
        os.close(lock)  # else this process would block its own next attempt
        raise
    return lock


def _bind(path: Path, folder: int) -> socket.socket:
    try:
        if not stat.S_ISSOCK(_look(path.name, folder).st_mode):
            raise WatchdeckError(f"{path} exists and is not a socket; choose another path")
        os.unlink(path.name, dir_fd=folder)
    except FileNotFoundError:
        pass  # usually there is no such file
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
    mask = os.umask(0o177)
    try:
        listening.bind(f"/proc/self/fd/{folder}/{path.name}")
        listening.listen(BACKLOG)
    except OSError as error:
        listening.close()
        raise WatchdeckError(f"can't create the socket {path}: {error.strerror}") from error
    finally:
        os.umask(mask)
    listening.setblocking(False)  # noqa: FBT003 - the standard library's signature
    return listening
