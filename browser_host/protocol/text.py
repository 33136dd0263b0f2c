"""Makes text from pages fit to be shown: bounded, and without anything that a terminal acts upon or hides."""

import re

_ELLIPSIS = "…"
_PICTURES = 0x2400  # U+2400 pictures U+0000, and so on up to U+001F
_DELETE = 0x7F
_DELETE_PICTURE = "␡"
_BASIC_PLANE_END = 0xFFFF
_BLANKS = 0xA0  # white space from here on is a mere blank (U+00A0, U+3000), except for the two separators
_SEPARATORS = "\u2028\u2029"

# Drawn as nothing (or as a blank that is no blank) although `str.isprintable` lets them pass: what is left
# of Unicode's Default_Ignorable_Code_Point, the variation selectors among them, in which text can be smuggled
# and which make the width of the character before them differ between terminals.
_UNSEEN = "\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef"
# The combining marks that stack on one character without end: Latin, Cyrillic, Hebrew, Arabic, Thai, symbols.
_MARKS = (
    "\u0300-\u034e\u0350-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0e31\u0e34-\u0e3a"
    "\u0e47-\u0e4e\u1ab0-\u1ace\u1dc0-\u1dff\u20d0-\u20f0\ufe20-\ufe2f"
)
# A fourth mark in a row is no script's spelling but overflows its row; a first one in the text would sit on
# whatever the screen has left of it.
_DECEPTIVE = re.compile(rf"[{_UNSEEN}]|(?<=[{_MARKS}]{{3}})[{_MARKS}]|\A[{_MARKS}]")


def printable(text: str, limit: int) -> str:
    r"""Bounds text, and makes every character visible that a terminal would act upon or not show.

    C0 and DEL become control pictures (`␛`); C1, bidi controls, zero-width and other format characters, line
    and paragraph separators, lone surrogates, private, unassigned and tag characters, and variation selectors
    become `\u202e` (two of them, as in JSON, beyond U+FFFF). Markup is left to the screen.

    Args:
        text: anything; no more than `limit` + 1 characters of it are looked at.
        limit: the most characters that come back, an ellipsis included where the text was cut.
    """
    if limit <= 0:
        return ""
    shown = text[: limit + 1]
    if not (shown.isascii() and shown.isprintable()):
        shown = _DECEPTIVE.sub(_escaped_match, shown)
        if not shown.isprintable():
            shown = "".join(map(_visible, shown))
    return shown if len(shown) <= limit else shown[: limit - 1] + _ELLIPSIS


def _visible(character: str) -> str:
    code = ord(character)
    if character.isprintable() or (character.isspace() and code >= _BLANKS and character not in _SEPARATORS):
        return character
    if code < ord(" "):
        return chr(_PICTURES + code)
    return _DELETE_PICTURE if code == _DELETE else _escaped(character)


def _escaped_match(match: re.Match[str]) -> str:
    return _escaped(match.group())


def _escaped(character: str) -> str:
    if ord(character) <= _BASIC_PLANE_END:
        return f"\\u{ord(character):04x}"
    halves = character.encode("utf-16-be").hex()
    return f"\\u{halves[:4]}\\u{halves[4:]}"
