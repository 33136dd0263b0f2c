"""Give the users of `host.allow_uids` access to the socket, by access lists on it and on its folder."""

import contextlib
import errno
import os
import pwd
import shlex
import stat
import struct
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from browser_host.errors import WatchdeckError

ATTRIBUTE = "system.posix_acl_access"

_VERSION = struct.pack("<I", 2)
_ENTRY = struct.Struct("<HHI")  # tag, permissions, id: posix_acl_xattr_entry of the kernel
_NO_ID = 0xFFFFFFFF
_READ_WRITE, _PASS = 6, 1


class _Tag(IntEnum):
    OWNER = 0x01
    USER = 0x02
    GROUP = 0x04
    MASK = 0x10
    OTHERS = 0x20


def let_in(path: Path, folder: int, uids: Collection[int]) -> None:
    """Give these users access to the socket and its folder, and those of earlier hosts none.

    Args:
        path: of the socket, which exists.
        folder: its folder's descriptor.

    Raises:
        WatchdeckError: the file system has no access lists, or the folder is another user's.
    """
    place = f"/proc/self/fd/{folder}"
    if not uids:
        # A file system without access lists has none to remove, and those in another user's folder are not
        # ours.
        with contextlib.suppress(OSError):
            os.removexattr(place, ATTRIBUTE)
        return
    try:
        os.setxattr(place, ATTRIBUTE, _list(uids, owner=7, named=_PASS))
        os.setxattr(f"{place}/{path.name}", ATTRIBUTE, _list(uids, owner=_READ_WRITE, named=_READ_WRITE))
    except OSError as error:
        users = ",".join(f"u:{uid}:x" for uid in sorted(uids))
        advice = (
            "set host.socket to a path on a file system with access lists"
            if error.errno == errno.EOPNOTSUPP
            else f"its owner can: setfacl -m {users} {path.parent}"
        )
        raise WatchdeckError(
            f"host.allow_uids: can't give them access to {path.parent}: {error.strerror} ({advice})"
        ) from error


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A folder above the socket's own that does not let users pass; the host does not change it."""

    folder: Path
    uids: tuple[int, ...]

    @property
    def text(self) -> str:
        """What is in the way."""
        users = ", ".join(map(str, self.uids))
        return f"{self.folder} does not let user {users} pass, so the socket can't be reached"

    @property
    def advice(self) -> str:
        """What to do."""
        users = ",".join(f"u:{uid}:x" for uid in self.uids)
        elsewhere = "name a host.socket elsewhere, such as /run/watchdeck/host.sock"
        return f"setfacl -m {users} {shlex.quote(str(self.folder))}, or {elsewhere}"


def obstacles(path: Path, uids: Collection[int]) -> Iterator[Obstacle]:
    """What keeps the users of `host.allow_uids` from the socket although its own folder lets them pass."""
    for folder in reversed(path.parent.parents):
        if folder.exists() and (shut := tuple(uid for uid in uids if not _lets_pass(folder, uid))):
            yield Obstacle(folder, shut)


def has_access_lists(path: Path) -> bool:
    """Whether the file system of a path, or of its nearest folder that exists, has access lists."""
    place = next(one for one in (path, *path.parents) if one.exists())
    try:
        os.getxattr(place, ATTRIBUTE)
    except OSError as error:
        return error.errno != errno.EOPNOTSUPP
    return True


def _lets_pass(folder: Path, uid: int) -> bool:
    status = folder.stat()
    if uid in (0, status.st_uid):
        return uid == 0 or bool(status.st_mode & stat.S_IXUSR)
    if (named := _named(folder).get(uid)) is not None:
        return bool(named & _PASS)
    belongs = status.st_gid in _groups(uid)
    return bool(status.st_mode & (stat.S_IXGRP if belongs else stat.S_IXOTH))


def _groups(uid: int) -> Collection[int]:
    try:
        user = pwd.getpwuid(uid)
    except KeyError:  # a user of another machine or container
        return ()
    return os.getgrouplist(user.pw_name, user.pw_gid)


def _named(folder: Path) -> Mapping[int, int]:
    """The permissions of the users that a folder's access list names."""
    try:
        entries = list(_ENTRY.iter_unpack(os.getxattr(folder, ATTRIBUTE)[len(_VERSION) :]))
    except OSError:  # it has none
        return {}
    mask = next((allowed for tag, allowed, _ in entries if tag == _Tag.MASK), 7)
    return {uid: allowed & mask for tag, allowed, uid in entries if tag == _Tag.USER}


def _list(uids: Collection[int], *, owner: int, named: int) -> bytes:
    entries = [
        (_Tag.OWNER, owner, _NO_ID),
        *((_Tag.USER, named, uid) for uid in sorted(set(uids))),
        (_Tag.GROUP, 0, _NO_ID),
        (_Tag.MASK, named, _NO_ID),
        (_Tag.OTHERS, 0, _NO_ID),
    ]
    return _VERSION + b"".join(_ENTRY.pack(*entry) for entry in entries)
