"""Reads the batches of a group, and trusts nothing in them: its process also runs the watch pages. Pure."""

import json
from dataclasses import dataclass
from math import isfinite
from typing import Any

MAX_CHARS = 2_000_000
"""More than the longest batch that the script makes: 262,144 characters and one page's three lanes."""


_LONGEST_WAIT_MS = 10**9
_LATEST_MS = 2**53


class BadBatch(Exception):  # noqa: N818 - says what it is
    """A batch that the group's script cannot have made."""


@dataclass(frozen=True, slots=True)
class PostedMessage:
    """A message that a session's own window posted.

    Args:
        page: number of the session page.
        after: number of the newest instruction posted to the frame before it, or 0.
        waited_ms: milliseconds from its arrival in the page to the sending of its batch.
        origin: the origin of its document; `null` for a document without one.
        at_ms: when it arrived, by the clock of the page's process.
    """

    page: int
    after: int
    waited_ms: float
    origin: str
    data: object
    at_ms: float


@dataclass(frozen=True, slots=True)
class MessageCounts:
    """Messages of a session that were dropped or refused since the previous batch.

    Args:
        page: number of the session page.
        nested: messages from frames inside its own.
    """

    page: int
    dropped: int
    refused: int
    nested: int


@dataclass(frozen=True, slots=True)
class Batch:
    """Messages and counts that a group sent together.

    Args:
        at_ms: when it was sent, by the clock of the group's process.
    """

    at_ms: float
    messages: tuple[PostedMessage, ...]
    counts: tuple[MessageCounts, ...]


def read(payload: str) -> Batch:
    """Read one call of the binding.

    Raises:
        BadBatch: it is too long, not JSON, or has another shape.
    """
    if len(payload) > MAX_CHARS:
        raise BadBatch("too long")
    try:
        raw: dict[str, Any] = json.loads(payload)
        at_ms = _finite(raw["at"])
        messages = tuple(_message(at_ms, line) for line in raw["messages"])
        counts = tuple(MessageCounts(*map(_count, line)) for line in raw["counts"])
        return Batch(at_ms, messages, counts)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise BadBatch("malformed") from error


def _message(at_ms: float, line: list[object]) -> PostedMessage:
    page, after, waited_ms, origin, data = line
    if not isinstance(origin, str):
        raise TypeError
    waited = min(_finite(waited_ms), _LONGEST_WAIT_MS)
    return PostedMessage(_count(page), _count(after), waited, origin, data, at_ms - waited)


def _finite(value: object) -> float:
    if not isinstance(value, int | float):
        raise TypeError
    bounded = min(max(value, 0), _LATEST_MS)  # before it becomes a float: an integer may be too large for one
    if not isfinite(bounded):
        raise ValueError
    return float(bounded)


def _count(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**53:
        raise TypeError
    return value
