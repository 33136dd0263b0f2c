"""The host's socket, asked without the command: quick enough to poll, and every event from the first."""

import contextlib
import http.client
import json
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ANSWERS_WITHIN_S = 10.0


class NoAnswer(Exception):  # noqa: N818 - says what came
    """The host went away before it had answered."""


class _Connection(http.client.HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("host", timeout=ANSWERS_WITHIN_S)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


def get(path: Path, address: str) -> Any:
    """What the host answers, as JSON."""
    return json.loads(get_text(path, address))


def post(path: Path, address: str, body: dict[str, Any]) -> Any:
    """What the host answers to a request with a body, as JSON."""
    return json.loads(get_text(path, address, json.dumps(body)))


def ask(path: Path, address: str, body: dict[str, Any] | None = None) -> tuple[int, Any]:
    """The status and the JSON of an answer that may be a refusal.

    Raises:
        OSError: nobody listens, or nobody answers in time.
        NoAnswer: the answer broke off.
    """
    status, text = _exchange(path, address, None if body is None else json.dumps(body))
    return status, json.loads(text)


def get_text(path: Path, address: str, body: str | None = None) -> str:
    status, text = _exchange(path, address, body)
    assert status == 200, f"{address}: {status} {text}"
    return text


def _exchange(path: Path, address: str, body: str | None) -> tuple[int, str]:
    with contextlib.closing(_Connection(path)) as connection:
        try:
            connection.request("GET" if body is None else "POST", address, body)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        except http.client.HTTPException as error:
            raise NoAnswer(f"{address}: {error!r}") from error


class Events:
    """All events of a host from its first, collected in the background."""

    def __init__(self) -> None:
        self._events: list[dict[str, Any]] = []
        self._changed = threading.Condition()

    def take(self, event: dict[str, Any]) -> None:
        with self._changed:
            self._events.append(event)
            self._changed.notify_all()

    def so_far(self) -> list[dict[str, Any]]:
        with self._changed:
            return list(self._events)

    def until(self, holds: Callable[[list[dict[str, Any]]], bool], within: float) -> list[dict[str, Any]]:
        """The events once `holds` is true of them.

        Args:
            within: seconds.
        """
        with self._changed:
            met = self._changed.wait_for(lambda: holds(self._events), within)
            events = list(self._events)
        assert met, f"not within {within} s; the last events: {json.dumps(events[-20:], indent=1)}"
        return events


@contextlib.contextmanager
def listening(path: Path, events: Events | None = None) -> Iterator[Events]:
    """Collects the host's events until the block ends.

    Args:
        events: takes them.
    """
    events = events or Events()
    connection = _Connection(path)
    connection.request("GET", "/v1/events?after=0")
    answer = connection.getresponse()

    def read() -> None:
        # The end of the host, or of the block, ends the stream; what came until then is what counts.
        with contextlib.suppress(OSError, ValueError, http.client.HTTPException):
            while line := answer.readline():
                events.take(json.loads(line))

    assert connection.sock is not None
    stream = connection.sock
    stream.settimeout(None)
    reader = threading.Thread(target=read, name="events")
    reader.start()
    try:
        yield events
    finally:
        with contextlib.suppress(OSError):
            stream.shutdown(socket.SHUT_RDWR)
        reader.join(ANSWERS_WITHIN_S)
        connection.close()
