"""The events of a host, checked for gapless numbers; only the newest are kept."""

from collections import deque
from typing import Any

from tests.support.host_socket import Events

KEPT = 500


class EventOrder(Events):
    """Collects the newest events; `wrong` tells where numbers did not rise by one."""

    def __init__(self) -> None:
        super().__init__()
        self._newest: deque[dict[str, Any]] = deque(maxlen=KEPT)
        self._last: int | None = None
        self.wrong: list[str] = []

    def take(self, event: dict[str, Any]) -> None:
        with self._changed:
            if event["type"] != "host.beat":
                if self._last is not None and event["seq"] != self._last + 1:
                    self.wrong.append(f"event {event['seq']} ({event['type']}) came after {self._last}")
                self._last = event["seq"]
            self._newest.append(event)
            self._changed.notify_all()

    def so_far(self) -> list[dict[str, Any]]:
        with self._changed:
            return list(self._newest)
