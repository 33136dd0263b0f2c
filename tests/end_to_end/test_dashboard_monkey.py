"""Random steps on a real terminal: real pages are told what was meant and nothing else.

Two thousand take a quarter of an hour: `WATCHDECK_MONKEY_STEPS=2000`.
"""

import os
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Configure
from tests.monkey.steps import NOISE, TEXTS
from tests.support.programs import Home, running
from tests.support.terminal import ESCAPE, YES, Terminal, terminal
from tests.support.upscope import Upscope, upscope

STEPS, SEED = int(os.environ.get("WATCHDECK_MONKEY_STEPS", "100")), 6
MEANT_EVERY = 40
COUNT = 10
SIZE = (120, 32)
SIZES = (SIZE, SIZE, (80, 24), (60, 12), (20, 5), (160, 45))

MOVES = ("j", "k", "g", "G", "\x1b[A", "\x1bOB", "\x1b[6~", "\x1b[5~")
VIEW = (
    " ",
    "v",
    "U",
    "a",
    "ff",
    "w",
    "PP",
    "L",
    "T",
    "R",
    "D",
    "?\x1b",
    "h\x1b",
    "I\x1b",
    "o\x1b",
    "\r\x1b",
    "t",
    "z",
)
TYPED = ("/dpcs\x1b", "/edy\r", "/status:active\x1b", "/label:s0\r", ":end\x1b")
ELSEWHERE = (*TEXTS, "yes\r", f"{YES}y")
"""What is typed once the question is seen, and right after a key that it knows."""

SCROLLS = "\x1b[A"

HANDS_S, PASTES_S = 0.12, 0.01
ESCAPES_S = 0.5
"""After escape: a key that follows at once is one with alt."""

RESTS_S = 0.8
"""After a question: keys that follow at once are dropped with those that cancelled it."""

HELD_UP_S = 0.25
"""Between two bytes that belong together; after 0.3 s they are two keys, after 0.5 s `YES` is an answer."""

SWALLOWED_S = 6.0
"""After a sequence that was left unfinished: a string lasts 5 s at most, and swallows keys."""


@pytest.fixture(scope="module")
def service(home: Home, log: Path) -> Iterator[Upscope]:
    with upscope(home, log, sessions=COUNT, scenario="normal") as found:
        yield found


@pytest.fixture(scope="module")
def window(home: Home, log: Path, service: Upscope, configure: Configure) -> Iterator[Terminal]:
    links = {f"s{number:02}": url for number, url in enumerate(service.urls)}
    configure(links, more='[end]\nundo = "1s"\n')
    with running(home, "host", log=log), terminal(home, "attach", size=SIZE) as found:
        found.shows(f"{COUNT} viewerReady", within=30)
        yield found


class Hand:
    """Somebody at the terminal; most of what they do means nothing to any page.

    On a busy machine this hand may be held up between two keys, and then they mean something else: it sees
    that, and types no further.

    Attributes:
        was_late: a byte was sent, and only then seen to be late: what came of it is not known.
    """

    def __init__(self, window: Terminal, dice: random.Random) -> None:
        self._window = window
        self._dice = dice
        self.was_late = False

    def step(self) -> None:
        """Something that no page is to hear of."""
        dice, window = self._dice, self._window
        roll = dice.random()
        if roll < 0.35:
            self._type(dice.choice(MOVES), 0.0)
        elif roll < 0.55:
            self._type(dice.choice(VIEW), HANDS_S)
        elif roll < 0.60:
            self._type(dice.choice(TYPED), dice.choice((HANDS_S, PASTES_S)))
        elif roll < 0.85:
            self._noise(dice.choice(NOISE), dice.choice((0.0, 0.0, 0.0, 0.05, 0.15)))
        elif roll < 0.93:
            window.press(f"\x1b[200~{dice.choice(TEXTS)}\x1b[201~")
        elif roll < 0.97:
            window.resize(*dice.choice(SIZES))
        else:
            self._ask_and_type_elsewhere()
        time.sleep(dice.choice((0.0, 0.01, 0.03)))

    def come_back(self) -> None:
        """To the table as it was at first, whatever lies over it."""
        self._window.resize(*SIZE)
        for _ in range(4):
            self._window.press(ESCAPE)
            time.sleep(0.8)
        self._window.press("U")
        text = self._window.picture.text
        if "PAUSED" in text:
            self._window.press("P")
        if f"{COUNT}/{COUNT} shown" not in text:
            self._window.press("f")
        self._window.shows("viewerReady", f"{COUNT}/{COUNT} shown")

    def _ask_and_type_elsewhere(self) -> None:
        self._window.press("e")
        try:
            self._window.until(lambda now: " Cancel " in now.text, within=1.0)
        except AssertionError:
            return  # nothing was asked: what is typed now would be for the table
        pace_s = self._dice.choice((HANDS_S, PASTES_S))
        self._send_together(
            [SCROLLS.encode(), *(key.encode() for key in self._dice.choice(ELSEWHERE))], pace_s
        )
        if " Cancel " in self._window.picture.text:
            self._window.answer(ESCAPE)
        self._window.prompt_is_gone()
        time.sleep(RESTS_S)

    def _type(self, keys: str, pace_s: float) -> None:
        typed, escape = keys.removesuffix(ESCAPE), keys.endswith(ESCAPE) and len(keys) > 1
        pieces = [keys] if keys.startswith(ESCAPE) else list(typed)
        whole = self._send_together([piece.encode() for piece in pieces], pace_s)
        for _ in range(escape + 2 * (not whole)):
            self._window.press(ESCAPE)
            time.sleep(ESCAPES_S)

    def _noise(self, data: bytes, split_s: float) -> None:
        pieces = [bytes([byte]) for byte in data] if split_s else [data]
        if not self._send_together(pieces, split_s):
            time.sleep(SWALLOWED_S)

    def _send_together(self, pieces: list[bytes], pace_s: float) -> bool:
        """Send bytes that belong together, or stop where that can't be kept up; whether all were sent."""
        last = time.monotonic()
        for number, piece in enumerate(pieces):
            if number and time.monotonic() - last > HELD_UP_S:
                return False
            began, last = last, time.monotonic()
            self._window.send(piece)
            self.was_late |= bool(number) and time.monotonic() - began > HELD_UP_S
            time.sleep(pace_s)
        return True


@pytest.mark.by_turns
@pytest.mark.timeout(1500)
def test_pages_are_told_what_was_meant_and_nothing_else(
    window: Terminal, home: Home, service: Upscope
) -> None:
    hand = Hand(window, random.Random(SEED))
    links = {label: session["link"] for label, session in home.look().items()}
    meant: list[tuple[str, str]] = []
    still_open = sorted(links)
    for number in range(1, STEPS + 1):
        hand.step()
        if number % MEANT_EVERY:
            continue
        hand.come_back()
        if hand.was_late:
            meant, hand.was_late = told(service), False
        assert told(service) == meant, f"seed {SEED}, by step {number}"
        act = number // MEANT_EVERY
        label = still_open[act % len(still_open)]
        window.go_to(label)
        if act % 2 or len(still_open) <= COUNT // 2:
            window.press("d")
            meant.append((links[label], "setMode"))
        else:
            window.ask_to_end("End 1 session?", label)
            window.answer(YES)
            window.row_says(label, "end confirmed")
            meant.append((links[label], "endSession"))
            still_open.remove(label)
        assert told(service, len(meant)) == meant, f"seed {SEED}, by step {number}"


def told(service: Upscope, count: int = 0) -> list[tuple[str, str]]:
    """What pages were told, each with its link, once they were told so much."""
    return [(seen["link"], seen["action"]) for seen in service.told(count)]
