"""What a page's process may send in place of a batch: read as a batch of typed, bounded events, or refused.

A renderer that was broken into writes to the binding what it likes, so nothing of the script's making is
relied on here.
"""

import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from math import isfinite
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from browser_host.bridge import batches
from browser_host.protocol import message_reader, raw
from browser_host.protocol.message_reader import PLAIN_NAMES_ONLY, StatePaths
from browser_host.protocol.page_messages import PageEvent

SEEDS = range(4)
MESSAGES_A_SEED = 25_000
LONGEST_INTEGER = 10**400  # too large for a float, short enough for JSON's reader

EVENTS = get_args(PageEvent)
PATHS = StatePaths(status="state.session.phase", color="color.0", mode="m.0.1")
BLANKS_FROM = 0xA0

TEXTS = (
    "",
    "active",
    "terminated",
    "sessionStatusUpdate",
    "upscope.sessionState.update",
    "#ff0000",
    "rgb(1,2,3)",
    "\x1b]52;c;cHduZWQ=\x07",
    "\x9b2J\x1b[2J\r\n",
    "\u202egnp.exe",
    "\u2028\u2029\ufeff\u200b",
    "\ud800",
    "[bold red]x[/]",
    "a\u0301" * 40,
    "x" * 5_000,
    "__proto__",
)
NUMBERS = (
    0,
    1,
    -1,
    0.5,
    2**53,
    -(2**63),
    LONGEST_INTEGER,
    1e308,
    float("nan"),
    float("inf"),
    float("-inf"),
)
LEAVES = (*TEXTS, *NUMBERS, None, True, False)
KINDS = (
    "sessionStatusUpdate",
    "currentColor",
    "upscope.sessionState.update",
    "sessionEnded",
    "customMessage",
    "error",
    "constructor",
)
KEYS = ("type", "sessionStatus", "color", "state", "reason", "message", "session", "phase", "0", "__proto__")
PIECES = (
    '"',
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\\",
    "\\u",
    "\\ud800",
    "e9",
    "-",
    "NaN",
    "null",
    "\x00",
    "1" * 5_000,
)


def anything(dice: random.Random, depth: int = 3) -> Any:
    roll = dice.random()
    if depth == 0 or roll < 0.6:
        return dice.choice(LEAVES)
    if roll < 0.8:
        return [anything(dice, depth - 1) for _ in range(dice.randrange(4))]
    return {dice.choice(KEYS): anything(dice, depth - 1) for _ in range(dice.randrange(4))}


def message(dice: random.Random) -> Any:
    if dice.random() < 0.1:
        return anything(dice)
    said = {"type": dice.choice(KINDS)}
    return said | {dice.choice(KEYS): anything(dice) for _ in range(dice.randrange(1, 4))}


def line(dice: random.Random) -> Any:
    whole = [dice.randrange(9), dice.randrange(9), dice.random() * 99, "", message(dice)]
    if dice.random() < 0.1:
        whole[dice.randrange(5)] = anything(dice)
    if dice.random() < 0.03:
        del whole[dice.randrange(5)]
    return whole


def batch(dice: random.Random) -> Any:
    whole = {"at": 9.0, "messages": [line(dice)], "counts": [[1, 2, 3, 4]]}
    if dice.random() < 0.1:
        whole[dice.choice(tuple(whole))] = anything(dice)
    return whole


def payload(dice: random.Random) -> str:
    text = json.dumps(batch(dice), ensure_ascii=dice.random() < 0.5)
    if dice.random() < 0.6:
        return text
    for _ in range(dice.randrange(1, 4)):
        at = dice.randrange(len(text) + 1)
        cut = at + dice.randrange(6) if dice.random() < 0.5 else at
        text = text[:at] + dice.choice(PIECES) + text[cut:]
    return text


def texts_of(value: object) -> Iterator[str]:
    if type(value) is str:
        yield value
    elif is_dataclass(value):
        for field in fields(value):
            yield from texts_of(getattr(value, field.name))


def shows_all(text: str) -> bool:
    return all(one.isprintable() or (one.isspace() and ord(one) >= BLANKS_FROM) for one in text)


def check(text: str, paths: StatePaths) -> list[str]:
    """What became of a payload: names of events, or that it was refused; anything else is a fault."""
    try:
        found = batches.read(text)
    except batches.BadBatch:
        return ["refused"]
    assert all(isfinite(said.waited_ms) and said.waited_ms >= 0 for said in found.messages)
    events = [message_reader.read(said.data, paths) for said in found.messages]
    assert all(type(event) in EVENTS for event in events)
    for event in events:
        for word in texts_of(event):
            assert len(word) <= raw.LIMIT
            assert shows_all(word), ascii(word)
    return [type(event).__name__ for event in events]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_hundred_thousand_payloads_are_events_or_refused(seed: int) -> None:
    dice = random.Random(seed)
    became: Counter[str] = Counter()
    for number in range(MESSAGES_A_SEED):
        text = payload(dice)
        try:
            became.update(check(text, PATHS if number % 2 else PLAIN_NAMES_ONLY))
        except Exception as error:
            error.add_note(f"payload {number} of seed {seed}: {text!a}")
            raise
    # Both ends were reached, and every kind of event: else this would show nothing.
    assert {event.__name__ for event in EVENTS} <= set(became)
    assert became["refused"] > MESSAGES_A_SEED / 10
    assert became.total() - became["refused"] > MESSAGES_A_SEED / 3


ODD = st.recursive(
    st.none() | st.booleans() | st.integers(-LONGEST_INTEGER, LONGEST_INTEGER) | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text() | st.sampled_from(KEYS), inner),
    max_leaves=12,
)
LINE = st.tuples(ODD, ODD, ODD, ODD, ODD) | st.tuples(
    st.integers(0, 9), st.integers(0, 9), st.integers() | st.floats(), st.text(), ODD
)


@given(
    st.fixed_dictionaries({"at": ODD, "messages": st.lists(LINE, max_size=3) | ODD, "counts": ODD})
    | st.fixed_dictionaries(
        {
            "messages": st.lists(LINE, max_size=3),
            "counts": st.lists(st.tuples(ODD, ODD, ODD, ODD), max_size=2),
        }
    )
)
def test_a_batch_of_any_shape_is_events_or_refused(shape: object) -> None:
    check(json.dumps(shape), PATHS)


@pytest.mark.parametrize("waited", [LONGEST_INTEGER, -LONGEST_INTEGER, 1e308, "NaN", "Infinity", "-Infinity"])
def test_no_number_is_too_large_for_how_long_a_message_waited(waited: object) -> None:
    text = f'{{"at": 9.0, "messages": [[1, 0, {waited}, "", null]], "counts": []}}'
    (became,) = check(text, PLAIN_NAMES_ONLY)
    assert became == ("refused" if waited == "NaN" else "UnknownReceived")
