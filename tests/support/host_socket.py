"""Direct requests to the host's socket, fast enough to poll, and a collector of all its events."""

import contextlib
import http.client
import json
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.support.patience import patient

ANSWERS_WITHIN_S = 10.0


class NoAnswer(Exception):  # noqa: N818 - the missing answer is the point
    """The host closed the connection before it had answered."""


class _Connection(http.client.HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("host", timeout=ANSWERS_WITHIN_S)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


def get(path: Path, address: str) -> Any:
    """Send a GET request, and return the JSON of the answer."""
    return json.loads(get_text(path, address))


def post(path: Path, address: str, body: dict[str, Any]) -> Any:
    """Send a POST request, and return the JSON of the answer."""
    return json.loads(get_text(path, address, json.dumps(body)))


def ask(path: Path, address: str, body: dict[str, Any] | None = None) -> tuple[int, Any]:
    """Send a request, and return the status and the JSON of the answer, which may be a refusal.

    Raises:
        OSError: no host listens, or none answers in time.
        NoAnswer: the connection broke off.
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
    """All events of a host, collected in the background."""

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
        """Wait until `holds` is true of the events, and return them.

        Args:
            within: seconds.
        """
        with self._changed:
            met = self._changed.wait_for(lambda: holds(self._events), patient(within))
            events = list(self._events)
        assert met, f"not within {within} s; the last events: {json.dumps(events[-20:], indent=1)}"
        return events


@contextlib.contextmanager
def listening(path: Path, events: Events | None = None) -> Iterator[Events]:
    """Collect the host's events from the first on until the block ends.

    Args:
        events: the collector.
    """
    events = events or Events()
    connection = _Connection(path)
    connection.request("GET", "/v1/events?after=0")
    answer = connection.getresponse()

    def read() -> None:
        # The stream ends with the host or the block; the events until then count.
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
