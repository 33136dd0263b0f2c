"""What an operator, a terminal and a host do at random; each step is a value, so that a play can be told."""

import random
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

PAUSES_S = (0.01, 0.03, 0.12, 0.12, 0.3, 0.6, 0.7, 2.0)
"""Between two steps: a paste without brackets, a key held down, a hand that types, a hand that thinks."""

A_HAND_S, READS_S = 0.12, 0.7
"""Between the keys of a text, and of somebody who reads the question."""

SIZES = ((20, 5), (31, 9), (40, 10), (80, 24), (120, 40), (120, 40), (200, 50))

KEYS = {
    **{key: key.encode() for key in "jkgGvaUdpcsSeEztfwPFLHTCMIDQAXOohn:/?qyYrx0123456789"},
    "space": b" ",
    "enter": b"\r",
    "tab": b"\t",
    "backspace": b"\x7f",
    "escape": b"\x1b",
    "up": b"\x1b[A",
    "down": b"\x1bOB",
    "pagedown": b"\x1b[6~",
    "pageup": b"\x1b[5~",
    "home": b"\x1b[H",
    "ctrl+c": b"\x03",
    "kitty d": b"\x1b[100;1;100u",
    "alt d": b"\x1bd",
}
FREQUENT = (
    "j",
    "k",
    "space",
    "d",
    "p",
    "c",
    "s",
    "e",
    "e",
    "e",
    "y",
    "y",
    "y",
    "escape",
    "escape",
    "a",
    "U",
    "z",
)

TEXTS = (
    "less re\t\r",
    "ssh yara@host\rhunter2y\r",
    "they say hey\r",
    "a note\twith tabs\ty\r",
    "12\ry",
    "y\ry\r",
)

NOISE = (
    b"\x1b[>0;276;0c",
    b"\x1b[?62;22c",
    b"\x1bP>|XTerm(388)\x1b\\",
    b"\x1b]11;rgb:1e1e/2e2e/3e3e\x07",
    b"\x1b]11;rgb:dede/2e2e/3e3e\x1b\\",
    b"\x1b[?2026;2$y",
    b"\x1b[24;80R",
    b"\x1b_Gi=31;OK\x1b\\",
    b"\x1b^depcs\x1b\\",
    b"\x1b[8;24;80t",
    b"\x1bOz",
    b"\x1b[12;3z",
    b"\x9b>0;276;0c",
    b"\x1b[MC\xb6*",
    b"\x1b[Mdde",
    b"\xfc",
    b"\x82",
    b"\xc3d",
    b"\xff\xfe",
    b"\x1b[I",
    b"\x1b[O",
    b"\x1b[100;1:3u",
)


GOES_BACK = 0.7
WEIGHTS = (57, 3, 3, 2, 8, 4, 2, 15, 6)
"""How often each kind of step is made, in the order in which the monkey names them."""


class Happening(Enum):
    """What the host tells by itself."""

    ARRIVE = auto()
    LEAVE = auto()
    CHANGE = auto()
    END = auto()
    ANSWER = auto()
    LOSE = auto()
    SHORTEN_UNDO = auto()


HAPPENINGS = (
    *(Happening.ARRIVE, Happening.ARRIVE, Happening.LEAVE, Happening.CHANGE, Happening.CHANGE, Happening.END),
    *(Happening.ANSWER, Happening.ANSWER, Happening.ANSWER, Happening.LOSE, Happening.SHORTEN_UNDO),
)


@dataclass(frozen=True, slots=True)
class Key:
    """A key that a hand pressed.

    Args:
        data: its bytes.
        split_s: seconds between its bytes; a slow line takes them apart.
        with_news: the host's news come in the same moment, just before it.
    """

    name: str
    data: bytes
    split_s: float = 0.0
    with_news: bool = False


@dataclass(frozen=True, slots=True)
class Paste:
    text: str


@dataclass(frozen=True, slots=True)
class Noise:
    """Bytes that no hand typed."""

    data: bytes
    split_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Mouse:
    """A press and release of the first button, or a turn of the wheel."""

    x: int
    y: int
    button: int = 0


@dataclass(frozen=True, slots=True)
class Resize:
    columns: int
    lines: int


@dataclass(frozen=True, slots=True)
class News:
    happening: Happening


@dataclass(frozen=True, slots=True)
class Wait:
    seconds: float


Step = Key | Paste | Noise | Mouse | Resize | News | Wait


class Monkey:
    """Makes steps from a seed."""

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        self._text: list[str] = []
        self._pace_s = A_HAND_S
        self._was_typing = False
        self._kinds: tuple[Callable[[], Step], ...] = (
            self._key,
            self._ask_and_type,
            self._ask_and_agree,
            lambda: Paste(dice.choice((*TEXTS, "y", "d", "pcsy\r"))),
            lambda: Noise(dice.choice(NOISE), dice.choice((0.0, 0.0, 0.05, 0.15))),
            lambda: Mouse(dice.randrange(120), dice.randrange(40), dice.choice((0, 0, 64, 65))),
            lambda: Resize(*dice.choice(SIZES)),
            lambda: News(dice.choice(HAPPENINGS)),
            lambda: Wait(dice.choice(PAUSES_S)),
        )

    def step(self, *, astray: bool) -> Step:
        """The next; texts that were begun are typed to their end, as hands do.

        Args:
            astray: something lies over the table, or a box has the keys: hands mostly go back then.
        """
        if self._text:
            return self._key_of(self._text.pop(0))
        if astray and self._dice.random() < GOES_BACK:
            return self._made("escape")
        (make,) = self._dice.choices(self._kinds, WEIGHTS)
        return make()

    def pause(self) -> float:
        """Before each key of a text, and after its last: an answer counts only if no key follows at once."""
        keeps_pace, self._was_typing = self._was_typing or bool(self._text), bool(self._text)
        return self._pace_s if keeps_pace else self._dice.choice(PAUSES_S)

    def _ask_and_type(self) -> Key:
        """Asks to end, and goes on typing what is meant for elsewhere."""
        self._text, self._pace_s = [*self._dice.choice(TEXTS)], A_HAND_S
        return self._key_of("e")

    def _ask_and_agree(self) -> Key:
        """Asks to end, and means it; sometimes takes it back."""
        self._text, self._pace_s = [*self._dice.choice(("y", "y", "yz"))], READS_S
        return self._key_of("e")

    def _key(self) -> Key:
        name = self._dice.choice(FREQUENT if self._dice.random() < 0.75 else tuple(KEYS))
        return self._made(name)

    def _key_of(self, character: str) -> Key:
        named = {"\t": "tab", "\r": "enter", " ": "space"}.get(character, character)
        return Key(named, character.encode())

    def _made(self, name: str) -> Key:
        data = KEYS[name]
        split = self._dice.choice((0.0, 0.0, 0.05, 0.15)) if len(data) > 1 else 0.0
        return Key(name, data, split, with_news=self._dice.random() < 0.15)
