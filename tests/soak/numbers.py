"""A host's events for as long as it runs: each number once and in order, the newest kept."""

from collections import deque
from typing import Any

from tests.support.host_socket import Events

KEPT = 500


class Numbers(Events):
    """Takes events without keeping an hour of them; `wrong` says where numbers did not rise by one."""

    def __init__(self) -> None:
        super().__init__()
        self._newest: deque[dict[str, Any]] = deque(maxlen=KEPT)
        self._last = 0
        self.wrong: list[str] = []

    def take(self, event: dict[str, Any]) -> None:
        with self._changed:
            if event["type"] != "host.beat":
                if event["seq"] != self._last + 1:
                    self.wrong.append(f"event {event['seq']} ({event['type']}) came after {self._last}")
                self._last = event["seq"]
            self._newest.append(event)
            self._changed.notify_all()

    def so_far(self) -> list[dict[str, Any]]:
        with self._changed:
            return list(self._newest)
