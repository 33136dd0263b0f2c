"""One request and its answer in HTTP/1.1, without I/O: h11's bytes and events."""

from collections.abc import Iterator, Mapping

import h11

READ_BYTES = 1 << 16
"""Bytes read at once."""

_CUT_OFF = "the connection was closed before the end of the answer"


class Wire:
    """A connection that carries one request.

    Args:
        method: of the request.
        path: with its query.
        headers: of the request.
        body: JSON, or None.
    """

    def __init__(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> None:
        self._connection = h11.Connection(h11.CLIENT)
        self._status = 0
        self._is_whole = False
        sent = [("host", "watchdeck"), ("connection", "close"), *headers.items()]
        if body is not None:
            sent += [("content-type", "application/json"), ("content-length", str(len(body)))]
        request = h11.Request(method=method, target=path, headers=sent)
        parts = [request, *([] if body is None else [h11.Data(data=body)]), h11.EndOfMessage()]
        self.request = b"".join(self._connection.send(part) or b"" for part in parts)

    @property
    def status(self) -> int:
        """The answer's HTTP status, 0 before its head has come."""
        return self._status

    @property
    def is_whole(self) -> bool:
        """Whether the answer has come to its end."""
        return self._is_whole

    def received(self, data: bytes) -> Iterator[bytes]:
        """Take in what the host sent, and yield what it has of the answer's body.

        Args:
            data: empty if the host closed the connection.

        Raises:
            EOFError: the host closed it before the answer's end.
            ValueError: it does not speak HTTP.
        """
        try:
            self._connection.receive_data(data)
            while not self._is_whole:
                event = self._connection.next_event()
                match event:
                    case h11.Response():
                        self._status = event.status_code
                    case h11.Data():
                        yield bytes(event.data)
                    case h11.EndOfMessage():
                        self._is_whole = True
                    case h11.NEED_DATA:
                        return
                    case _:  # h11 has seen the connection's end
                        raise EOFError(_CUT_OFF)
        except h11.RemoteProtocolError as error:
            if not data:
                raise EOFError(_CUT_OFF) from error
            raise ValueError(str(error)) from error


class LineSplitter:
    """Splits pieces of an answer into lines."""

    def __init__(self) -> None:
        self._rest = b""

    def split(self, piece: bytes) -> list[str]:
        """The lines that this piece completes."""
        *lines, self._rest = (self._rest + piece).split(b"\n")
        return [line.decode() for line in lines]
