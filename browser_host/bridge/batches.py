"""What the page's script sends, read with suspicion: its process also runs the watch pages. Pure."""

import json
from dataclasses import dataclass
from math import isfinite
from typing import Any

MAX_CHARS = 1_000_000
"""Longer than any batch the script makes: 262,144 characters and the three lanes of one slot more."""


_LONGEST_WAIT_MS = 10**9


class BadBatch(Exception):  # noqa: N818 - says what it is
    """A batch that the page's script cannot have made."""


@dataclass(frozen=True, slots=True)
class Said:
    """A message of a slot's own window.

    Args:
        origin: the origin it bears where the page did not know it as the slot's; empty where it did.
    """

    slot: int
    after: int
    waited_ms: float
    origin: str
    data: object


@dataclass(frozen=True, slots=True)
class Counted:
    """What a slot lost and what was refused of it since the batch before."""

    slot: int
    dropped: int
    refused: int


@dataclass(frozen=True, slots=True)
class Batch:
    """All that a page had to say at once."""

    messages: tuple[Said, ...]
    counts: tuple[Counted, ...]
    strangers: int


def read(payload: str) -> Batch:
    """Reads one call of the binding.

    Raises:
        BadBatch: too long, no JSON, or of another shape.
    """
    if len(payload) > MAX_CHARS:
        raise BadBatch("longer than a batch can be")
    try:
        raw: dict[str, Any] = json.loads(payload)
        messages = tuple(_said(*line) for line in raw["messages"])
        counts = tuple(Counted(_count(s), _count(d), _count(r)) for s, d, r in raw["counts"])
        return Batch(messages, counts, _count(raw["strangers"]))
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise BadBatch("not of a batch's shape") from error


def _said(slot: object, after: object, waited_ms: object, origin: object, data: object) -> Said:
    if not isinstance(waited_ms, int | float) or not isinstance(origin, str):
        raise TypeError
    waited = min(
        max(waited_ms, 0), _LONGEST_WAIT_MS
    )  # before it is a float: an integer may be too large for one
    if not isfinite(waited):
        raise ValueError
    return Said(_count(slot), _count(after), float(waited), origin, data)


def _count(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**53:
        raise TypeError
    return value
