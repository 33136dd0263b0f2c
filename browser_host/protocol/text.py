"""Makes text from pages safe to show: bounded, and free of anything that a terminal acts on or hides."""

import re
import unicodedata
from functools import cache

_ELLIPSIS = "…"
_PICTURES = 0x2400  # U+2400 pictures U+0000, and so on up to U+001F
_DELETE = 0x7F
_DELETE_PICTURE = "␡"
_BASIC_PLANE_END = 0xFFFF
_BLANKS = 0xA0  # white space from here on is a plain blank (U+00A0, U+3000), except the two separators
_JOINERS = "\u200c\u200d"
_SEPARATORS = "\u2028\u2029"

MARKS_IN_A_ROW = 3
"""Combining marks kept on one character: no script needs a fourth, and a stack of them overflows its row."""

# Invisible (or a blank that is not white space) although `str.isprintable` accepts them: what is left of
# Unicode's Default_Ignorable_Code_Point. Variation selectors are among them: they can hide text, and
# terminals disagree on the width of the character before them.
_UNSEEN = "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"

# Anything but letters, digits and common punctuation, and the letters that are drawn as nothing: most names
# have none of it and stay as they are.
_ODD = r"[^\w -~\u00a1-\u00ac\u00ae-\u00bf\u2010-\u2027]|[\u115f\u1160\u3164\uffa0]"

# Scripts whose spelling needs joiners: Arabic to Tibetan and Myanmar, Khmer, Mongolian, Arabic's forms.
_JOINED = (
    "\u0620-\u065f\u066e-\u06d5\u06ee-\u06ff\u0710-\u109f"
    "\u1780-\u17b3\u17b6-\u17d3\u1820-\u18aa\ufb50-\ufdfb\ufe70-\ufefc"
)
_SKIN = "\U0001f3fb-\U0001f3ff"
_EMOJI = "\u2190-\u21ff\u2300-\u23ff\u2460-\u27bf\u2900-\u2bff\U0001f000-\U0001f3fa\U0001f400-\U0001faff"
# Legitimate uses of invisible characters: joiners inside words of these scripts, emoji of several parts,
# selectors between emoji and text style, and keycaps.
_SPELLED = (
    rf"(?<=[{_JOINED}])[\u200c\u200d](?=[{_JOINED}])"
    rf"|(?:(?<=[{_EMOJI}])|(?<=[{_EMOJI}][\ufe0f{_SKIN}]))\u200d(?=[{_EMOJI}])"
    rf"|(?<=[{_EMOJI}\u00a9\u00ae\u203c\u2049\u2122\u2139\u3030\u303d\u3297\u3299])[\ufe0e\ufe0f]"
    r"|(?<=[#*0-9])\ufe0f(?=\u20e3)"
)
# A skin role on anything but an emoji is drawn as a coloured square, or over the cell beside it.
_STRAY_SKIN = rf"(?<![{_EMOJI}])[{_SKIN}]"


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    # At the first text beyond ASCII: compiling all of them takes 3 ms, and most commands show none.
    return re.compile(pattern)


def printable(text: str, limit: int) -> str:
    r"""Bound a text, and make every character visible that a terminal would act on or hide.

    C0 and DEL become control pictures (`␛`); C1, bidi controls, zero-width and other format characters, line
    and paragraph separators, lone surrogates, private, unassigned and tag characters, and variation selectors
    become `\u202e` (two of them, as in JSON, beyond U+FFFF). Joiners and selectors stay inside emoji and
    inside words of scripts whose spelling needs them, and so do the first three combining marks on a
    character. Markup is not touched; the screen does not interpret it.

    Args:
        text: any text; at most `limit` + 1 characters of it are read.
        limit: the most characters to return, including the ellipsis of a cut text.
    """
    if limit <= 0:
        return ""
    shown = text[: limit + 1]
    if shown.isascii():
        shown = shown if shown.isprintable() else "".join(map(_visible, shown))
    elif _compiled(_ODD).search(shown):
        shown = _without_hidden(shown)
    return shown if len(shown) <= limit else shown[: limit - 1] + _ELLIPSIS


def _without_hidden(text: str) -> str:
    spelled = {found.start() for found in _compiled(_SPELLED).finditer(text) if _joins(text, found.start())}
    stray = {found.start() for found in _compiled(_STRAY_SKIN).finditer(text)}
    unseen = _compiled(_UNSEEN)
    shown: list[str] = []
    marks = MARKS_IN_A_ROW  # a mark at the start would combine with whatever the screen shows to its left
    for at, character in enumerate(text):
        if at in spelled and shown[-1] == text[at - 1]:
            shown.append(character)
            continue
        marks = marks + 1 if unicodedata.category(character)[0] == "M" else 0
        hidden = at in stray or marks > MARKS_IN_A_ROW or unseen.match(character)
        shown.append(_escaped(character) if hidden else _visible(character))
    return "".join(shown)


def _joins(text: str, at: int) -> bool:
    """Whether a visible letter or symbol follows a joiner; a selector needs none."""
    return text[at] not in _JOINERS or unicodedata.category(text[at + 1])[0] in "LS"


def _visible(character: str) -> str:
    code = ord(character)
    if character.isprintable() or (character.isspace() and code >= _BLANKS and character not in _SEPARATORS):
        return character
    if code < ord(" "):
        return chr(_PICTURES + code)
    return _DELETE_PICTURE if code == _DELETE else _escaped(character)


def _escaped(character: str) -> str:
    if ord(character) <= _BASIC_PLANE_END:
        return f"\\u{ord(character):04x}"
    halves = character.encode("utf-16-be").hex()
    return f"\\u{halves[:4]}\\u{halves[4:]}"
