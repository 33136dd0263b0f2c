"""What keys tell of the keyboard: another script's layout, Caps Lock, a shell's habit; pure.

A terminal sends characters, not the state of Caps Lock: only what is typed can tell.
"""

from dataclasses import dataclass, replace
from enum import Enum

CAPS_AFTER = 3
"""Capital letters in a row after which Caps Lock is likely, if each of them does something."""


class KeyboardHint(Enum):
    """A hint, given once."""

    LAYOUT = "Keys are Latin letters; switch the keyboard's layout"
    SUSPEND = "ctrl-z does not suspend the dashboard: z undoes, q leaves"
    CAPS_LOCK = "Is Caps Lock on? Keys are lower-case letters, capitals are others"


AGAIN = "Caps Lock seems to be on: nothing opened; press {key} again for the bulk end"


@dataclass(frozen=True, slots=True)
class Keyboard:
    """What was noticed so far.

    Args:
        given: the hints that were given.
        capitals: capital letters since the last small one, without the bulk end's own.
    """

    given: frozenset[KeyboardHint] = frozenset()
    capitals: int = 0

    @property
    def has_caps_lock(self) -> bool:
        """Caps Lock is likely to be on."""
        return self.capitals >= CAPS_AFTER


@dataclass(frozen=True, slots=True)
class Pressed:
    """A key that no box took.

    Args:
        key: Textual's name of it.
        character: what it types, or None.
        is_bound: it does something here.
        is_bound_small: its small letter does.
        opens_plan: it opens the bulk end.
    """

    key: str
    character: str | None
    is_bound: bool
    is_bound_small: bool
    opens_plan: bool


@dataclass(frozen=True, slots=True)
class KeyResponse:
    """What follows from a key.

    Args:
        words: a hint for the operator, or empty.
        is_refused: the key must do nothing.
    """

    keyboard: Keyboard
    words: str = ""
    is_refused: bool = False


def heard(keyboard: Keyboard, pressed: Pressed) -> KeyResponse:
    """Take in a key."""
    letter = pressed.character if pressed.character is not None and pressed.character.isalpha() else ""
    if not pressed.is_bound and pressed.key == "ctrl+z":
        return _hint(keyboard, KeyboardHint.SUSPEND)
    if not pressed.is_bound and letter and not letter.isascii():
        return _hint(keyboard, KeyboardHint.LAYOUT)
    if letter.isupper():
        return _capital(keyboard, pressed)
    return KeyResponse(replace(keyboard, capitals=0) if letter else keyboard)


def _capital(keyboard: Keyboard, pressed: Pressed) -> KeyResponse:
    if pressed.opens_plan:
        if not keyboard.has_caps_lock:
            return KeyResponse(keyboard)
        return KeyResponse(replace(keyboard, capitals=0), AGAIN.format(key=pressed.key), is_refused=True)
    if not pressed.is_bound and pressed.is_bound_small:
        return _hint(replace(keyboard, capitals=CAPS_AFTER), KeyboardHint.CAPS_LOCK)
    return KeyResponse(replace(keyboard, capitals=keyboard.capitals + 1))


def _hint(keyboard: Keyboard, hint: KeyboardHint) -> KeyResponse:
    if hint in keyboard.given:
        return KeyResponse(keyboard)
    return KeyResponse(replace(keyboard, given=keyboard.given | {hint}), hint.value)
