"""An announcement as it leaves the host."""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from browser_host.errors import WatchdeckError


@dataclass(frozen=True, slots=True)
class NoticeMessage:
    """An announcement.

    Args:
        id: the same in each attempt, so that a receiver can recognise one that it has.
        body: the contract's JSON.
    """

    id: str
    body: str


class NotDelivered(WatchdeckError):  # noqa: N818 - says what it is
    """The command or webhook did not take it.

    Args:
        is_final: another attempt makes no sense.
    """

    code = "not_delivered"

    def __init__(self, text: str, *, is_final: bool = False) -> None:
        super().__init__(text)
        self.is_final = is_final


def message_of(body: Mapping[str, Any]) -> NoticeMessage:
    """The message with a body, under an id of its own."""
    return NoticeMessage(
        f"msg_{uuid.uuid4().hex}", json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    )
