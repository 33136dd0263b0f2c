"""Who is at the other end of the socket: the kernel's word, checked before a byte is read."""

import os
import pwd
import socket
import struct
from asyncio import Transport
from collections.abc import Container
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

_UCRED = struct.Struct("3i")  # pid, uid, gid: struct ucred of unix(7)

_FORBIDDEN = b"HTTP/1.1 403 Forbidden\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n"
_FORBIDDEN_BODY = (
    b'{"schema":1,"error":{"code":"refused","text":"this host serves its own user only (host.allow_uids)"}}'
)


def peer_uid(sock: socket.socket) -> int:
    """The uid of the process that connected."""
    credentials = sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _UCRED.size)
    uid: int = _UCRED.unpack(credentials)[1]
    return uid


def user_name(uid: int) -> str:
    """A user's name, or `uid N` where it has none."""
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


def checking_protocol(allowed: Container[int]) -> type[H11Protocol]:
    """Uvicorn's HTTP protocol for peers of these uids; others get a 403 and are cut off.

    The peer's name and uid become the request's `client`.
    """

    class CheckingProtocol(H11Protocol):
        def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as uvicorn's own
            super().connection_made(transport)
            sock: Any = transport.get_extra_info("socket")
            uid = peer_uid(sock)
            self.client = (user_name(uid), uid)
            if uid not in allowed:
                transport.write(_FORBIDDEN + _FORBIDDEN_BODY)
                transport.close()

    return CheckingProtocol
