"""What a terminal sends, cut into keys, sequences and pastes before Textual reads it; pure.

Textual's own reader re-issues a sequence that it does not know as letters, which then act: a late reply to a
query sets modes. It also decodes strictly and ends the program at a byte that is no UTF-8. So here sequences
are cut by their form (ECMA-48, and xterm's control sequences), whether or not anybody knows them, and only
those that mean a key, the mouse, the focus or an answer to Textual go further.
"""

import codecs
import re
from collections.abc import Iterator
from enum import Enum, auto

from textual._ansi_sequences import ANSI_SEQUENCES_KEYS, IGNORE_SEQUENCE
from textual._keyboard_protocol import FUNCTIONAL_KEYS

from tui.terminal_graphics import answered

ESC = "\x1b"

SEQUENCE_S = 1.0
"""Seconds without a byte after which an unfinished sequence is dropped; a hand's key may end it before."""

PASTE_S = 2.0
"""Seconds without a byte after which a paste counts as cut off, and is dropped."""

STRING_S = 5.0
"""Seconds that a control string may last in all, so that one without an end makes nobody deaf."""

SEQUENCE_AT_MOST = 64
"""Bytes of a sequence that can mean anything; longer ones are swallowed to their end."""

PASTE_AT_MOST = 64 * 1024
"""Characters of a paste that are kept; a filter takes 256."""

PASTE_BEGINS = f"{ESC}[200~"
"""What the unit of a paste begins with; the rest of it is the text."""

_PASTE_ENDS = b"\x1b[201~"
_X10_BYTES = 3
"""Bytes after `ESC [ M`: button, column, row, each of any value."""

_MOUSE = re.compile(r"\x1b\[<\d{1,4};-?\d{1,5};-?\d{1,5}[Mm]")
_FOCUS = re.compile(r"\x1b\[[IO]")
_MODE_REPORT = re.compile(r"\x1b\[\?(?:2026|2048);\d\$y")
_RESIZED = re.compile(r"\x1b\[48;\d{1,5};\d{1,5};\d{1,6};\d{1,6}t")
_POSITION = re.compile(r"\x1b\[\d+;\d+R")
_KITTY_KEY = re.compile(r"\x1b\[(\d{0,7})(?:;(\d{0,3})(?:;(\d{1,7}(?::\d{1,7})*)?)?)?([u~ABCDEFHPQS])")
_LAST_CODE_POINT = 0x10FFFF
_SURROGATES = range(0xD800, 0xE000)

_STRINGS = frozenset("P]X^_")
"""What begins DCS, OSC, SOS, PM and APC strings after ESC."""

_C1 = {0x8F: "O", 0x90: "P", 0x98: "X", 0x9B: "[", 0x9D: "]", 0x9E: "^", 0x9F: "_"}
"""Eight-bit forms of what begins a sequence: none is UTF-8 by itself, and some terminals reply with them."""

_CANCELS = frozenset({0x18, 0x1A})
"""CAN and SUB end any sequence."""

_BEL = 0x07
_INTRODUCES_ESC = 0x1B
_DELETE = 0x7F
_CONTINUES = range(0x80, 0xC0)


class _State(Enum):
    """What the bytes so far are the beginning of."""

    GROUND = auto()
    ESCAPE = auto()
    CSI = auto()
    SS3 = auto()
    X10 = auto()
    STRING = auto()
    PASTE = auto()


class TerminalInput:
    """Cuts a terminal's bytes into units that each mean one thing: a character, a sequence, a whole paste.

    A bare ESC is a unit once `escape_s` has passed without a byte after it, and ESC with a character is that
    key with alt.

    Args:
        escape_s: seconds to wait after ESC for the rest of a sequence that a slow line split.
    """

    def __init__(self, escape_s: float) -> None:
        self._escape_s = escape_s
        self._state = _State.GROUND
        self._held = bytearray()
        self._decoder = codecs.getincrementaldecoder("utf-8")("strict")
        self._since = 0.0
        self._last = 0.0
        self._escaped_at = -SEQUENCE_S

    @property
    def patience_s(self) -> float | None:
        """Seconds after the last byte at which `expire` has something to do, None while nothing is held."""
        match self._state:
            case _State.GROUND:
                return self._escape_s if self._pending else None
            case _State.ESCAPE:
                return self._escape_s
            case _State.PASTE:
                return PASTE_S
            case _:
                return SEQUENCE_S

    def feed(self, data: bytes, now: float) -> Iterator[str]:
        """Units that these bytes complete; `expire` comes first, with a moment before them.

        Args:
            now: when they arrived, in seconds of a steady clock.
        """
        self._last = now
        for byte in data:
            yield from self._take(byte, now)

    def expire(self, now: float) -> Iterator[str]:
        """What holds since too long: a bare ESC is a key, all else that is unfinished is dropped."""
        patience = self.patience_s
        if patience is None or now - self._last < patience:
            return
        if self._state is _State.ESCAPE:
            self._escaped_at = now
            yield from [ESC] * len(self._held)
        self._ground()

    @property
    def _pending(self) -> bytes:
        return self._decoder.getstate()[0]

    def _ground(self) -> None:
        self._state = _State.GROUND
        self._held.clear()
        self._decoder.reset()

    def _begin(self, introducer: str, now: float) -> None:
        """Begin what ESC and this character, or their eight-bit form, introduce."""
        self._decoder.reset()
        self._held[:] = f"{ESC}{introducer}".encode()
        self._since = now
        if introducer == "[":
            self._state = _State.CSI
        elif introducer == "O":
            self._state = _State.SS3
        else:
            self._state = _State.STRING

    def _take(self, byte: int, now: float) -> Iterator[str]:
        match self._state:
            case _State.GROUND:
                yield from self._take_text(byte, now)
            case _State.ESCAPE:
                yield from self._take_after_escape(byte, now)
            case _State.CSI:
                yield from self._take_csi(byte, now)
            case _State.SS3:
                yield from self._take_ss3(byte, now)
            case _State.X10:
                self._held.append(byte)
                if len(self._held) == _X10_BYTES:
                    self._ground()
            case _State.STRING:
                yield from self._take_string(byte, now)
            case _State.PASTE:
                yield from self._take_paste(byte)

    def _take_text(self, byte: int, now: float) -> Iterator[str]:
        if byte == _INTRODUCES_ESC:
            self._begin_escape()
        elif self._pending and byte not in _CONTINUES:
            self._decoder.reset()  # what was begun is broken, and so is what breaks it: no hand typed either
            if byte in _C1:
                self._begin(_C1[byte], now)
        elif not self._pending and byte in _C1:
            self._begin(_C1[byte], now)
        elif not self._pending and byte == ord("[") and now - self._escaped_at < SEQUENCE_S:
            self._begin("[", now)  # the rest of a sequence whose ESC came too long ago; no key is bound to [
        else:
            yield from self._decoded(byte)

    def _decoded(self, byte: int) -> Iterator[str]:
        try:
            text = self._decoder.decode(bytes([byte]))
        except UnicodeDecodeError:
            self._decoder.reset()
            return
        if text and not "\x80" <= text < "\xa0":
            yield text

    def _begin_escape(self) -> None:
        self._decoder.reset()
        self._held[:] = b"\x1b"
        self._state = _State.ESCAPE

    def _take_after_escape(self, byte: int, now: float) -> Iterator[str]:
        if byte == _INTRODUCES_ESC:
            self._held.append(byte)  # a hand's, each a key, unless a sequence follows: then alt, with it
            del self._held[:-SEQUENCE_AT_MOST]
            return
        character = chr(byte)
        if character in "[O" or character in _STRINGS:
            self._begin(character, now)
            return
        escapes = len(self._held)
        self._ground()
        yield from [ESC] * (escapes - 1)
        if byte <= _DELETE:
            yield f"{ESC}{character}"

    def _take_csi(self, byte: int, now: float) -> Iterator[str]:
        if byte == _INTRODUCES_ESC:
            self._begin_escape()
        elif byte in _CANCELS:
            self._ground()
        elif byte == ord("M") and self._held == b"\x1b[":
            self._state = _State.X10
            self._held.clear()
        elif 0x20 <= byte <= 0x7E:  # noqa: PLR2004 - ECMA-48, 5.4
            if len(self._held) < SEQUENCE_AT_MOST:
                self._held.append(byte)
            if byte >= 0x40 and not (byte == ord("[") and self._held == b"\x1b[["):  # noqa: PLR2004 - 5.4
                yield from self._finish(now)
        elif byte > 0x7E:  # noqa: PLR2004 - no byte of a sequence
            self._ground()

    def _take_ss3(self, byte: int, now: float) -> Iterator[str]:
        if byte == _INTRODUCES_ESC:
            self._begin_escape()
        elif byte in range(0x30, 0x40) and len(self._held) < SEQUENCE_AT_MOST:
            self._held.append(byte)  # a modifier, as some terminals put it
        else:
            self._held.append(byte)
            yield from self._finish(now)

    def _take_string(self, byte: int, now: float) -> Iterator[str]:
        ended = byte == _BEL or byte in _CANCELS or byte == 0x9C  # noqa: PLR2004 - ST in eight bits
        if self._held[-1] == _INTRODUCES_ESC and byte == ord("\\"):
            ended = True
        if len(self._held) < SEQUENCE_AT_MOST:
            self._held.append(byte)
        else:
            self._held[-1] = byte
        if ended:
            yield from self._finish(now)
        elif now - self._since > STRING_S:
            self._ground()

    def _finish(self, now: float) -> Iterator[str]:
        sequence = self._held.decode("ascii", "replace")
        self._ground()
        if sequence == PASTE_BEGINS:
            self._state = _State.PASTE
            self._since = now
        elif is_meant(sequence):
            yield sequence

    def _take_paste(self, byte: int) -> Iterator[str]:
        self._held.append(byte)
        if self._held.endswith(_PASTE_ENDS):
            text = self._held[: -len(_PASTE_ENDS)].decode("utf-8", "ignore")
            self._ground()
            yield PASTE_BEGINS + _as_text(text)
        elif len(self._held) > 4 * PASTE_AT_MOST:
            del self._held[PASTE_AT_MOST : -len(_PASTE_ENDS)]


def is_alt(unit: str) -> bool:
    """A unit is a character with alt, and not one of the keys that some terminals send so."""
    return len(unit) == 2 and unit[0] == ESC and unit not in ANSI_SEQUENCES_KEYS  # noqa: PLR2004 - ESC and it


def is_meant(sequence: str) -> bool:
    """A whole sequence is a key, the mouse, the focus, or an answer that Textual or the preview asked for."""
    if sequence in ANSI_SEQUENCES_KEYS:
        return ANSI_SEQUENCES_KEYS[sequence] is not IGNORE_SEQUENCE
    if _POSITION.fullmatch(sequence):
        return False
    if answered(sequence) is not None:
        return True
    if any(known.fullmatch(sequence) for known in (_MOUSE, _FOCUS, _MODE_REPORT, _RESIZED)):
        return True
    key = _KITTY_KEY.fullmatch(sequence)
    return key is not None and _is_key(*key.groups(default=""))


def _is_key(code: str, _modifiers: str, text: str, final: str) -> bool:
    """A key as kitty's protocol writes it: a code point that is one, or a function key that there is."""
    points = [int(part) for part in (code or "1", *text.split(":")) if part]
    named = final == "u" or f"{points[0]}{final}" in FUNCTIONAL_KEYS
    return named and all(0 < point <= _LAST_CODE_POINT and point not in _SURROGATES for point in points)


def _as_text(pasted: str) -> str:
    """A paste without what could be taken for a sequence."""
    return "".join(c for c in pasted if c in "\r\n\t" or c.isprintable())[:PASTE_AT_MOST]
