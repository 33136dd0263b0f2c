"""The peer of a connection, as the kernel reports it; checked before a byte is read."""

import os
import pwd
import socket
import struct
from collections.abc import Container

_UCRED = struct.Struct("3i")  # pid, uid, gid: struct ucred of unix(7)


def peer_uid(sock: socket.socket) -> int:
    """The uid of the process that connected."""
    credentials = sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _UCRED.size)
    uid: int = _UCRED.unpack(credentials)[1]
    return uid


def user_name(uid: int) -> str:
    """A user's name, or `uid N` if it has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid {uid}"


class AllowedUids:
    """Who may connect: the host's own user, root, and those of `host.allow_uids`."""

    def __init__(self, further: Container[int]) -> None:
        self._further = further

    def __contains__(self, uid: object) -> bool:
        return uid in (0, os.geteuid()) or uid in self._further
