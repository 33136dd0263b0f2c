"""What a terminal sends and no hand typed does nothing; what a hand typed arrives."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual.message import Message

from tui.terminal_input import PASTE_AT_MOST, PASTE_S, SEQUENCE_S, STRING_S
from tui.terminal_reader import ESCAPE_OVER_SSH_S, ESCAPE_S, TerminalReader, escape_s

NOW = 1_000.0
LONG_S = 60.0

REPLIES = {
    "secondary device attributes": b"\x1b[>0;276;0c",
    "primary device attributes": b"\x1b[?62;22c",
    "xterm's version": b"\x1bP>|XTerm(388)\x1b\\",
    "background": b"\x1b]11;rgb:1e1e/2e2e/3e3e\x07",
    "background, ended by ST": b"\x1b]11;rgb:1e1e/2e2e/3e3e\x1b\\",
    "cursor position": b"\x1b[24;80R",
    "cursor position with a page": b"\x1b[?24;80;1R",
    "window title": b"\x1b]lsend d p c s e\x1b\\",
    "terminfo": b"\x1bP1+r544e=787465726d\x1b\\",
    "application command": b"\x1b_Gi=31;OK\x1b\\",
    "privacy message": b"\x1b^depcs\x1b\\",
    "start of string": b"\x1bXdepcs\x1b\\",
    "window size": b"\x1b[8;24;80t",
    "keyboard flags": b"\x1b[?9u",
    "unknown SS3": b"\x1bOz",
    "unknown final": b"\x1b[12;3z",
    "eight-bit CSI": b"\x9b>0;276;0c",
    "eight-bit OSC": b"\x9d11;rgb:d/e/p\x9c",
    "X10 mouse": b"\x1b[M !!",
    "X10 mouse beyond column 95": b"\x1b[MC\xb6*",
    "X10 mouse on letters": b"\x1b[Mdde",
    "urxvt mouse": b"\x1b[32;10;5M",
    "a key's release": b"\x1b[100;1:3u",
    "a code point that is none": b"\x1b[9999999;1u",
}
BROKEN = {
    "Latin-1": b"\xfc",
    "lone continuation": b"\x82",
    "lead byte and letter": b"\xc3j",
    "overlong": b"\xc0\xaf",
    "surrogate": b"\xed\xa0\x80",
    "beyond Unicode": b"\xf5\x80\x80\x80",
    "control in UTF-8": b"\xc2\x9b",
}
MEANT = {
    b"d": "d",
    b"\x1b[A": "up",
    b"\x1bOA": "up",
    b"\x1b[6~": "pagedown",
    b"\x1b[100;1;100u": "d",
    b"\x1b[27u": "escape",
    b"\x1b[27;1u": "escape",
    b"\x1b[1;5C": "ctrl+right",
    b"\x1b[[A": "f1",
    b"\x1bf": "ctrl+right",
    b"\x1bd": "alt+d",
    b"\r": "enter",
    b"\x7f": "backspace",
    "é".encode(): "é",
    "日".encode(): "日",
}


def read(*pieces: bytes, every: float = 0.0, escape: float = ESCAPE_S, then: float = LONG_S) -> list[Message]:
    """What is made of pieces that arrive so many seconds apart, and `then` of nothing more."""
    return list(_read(pieces, every, escape, then))


def _read(pieces: tuple[bytes, ...], every: float, escape: float, then: float) -> Iterator[Message]:
    reader, now = TerminalReader(escape), NOW
    for piece in pieces:
        yield from reader.feed(piece, now)
        now += every
    yield from reader.expire(now - every + then)


def keys(messages: list[Message]) -> list[str]:
    assert all(isinstance(message, events.Key) for message in messages), messages
    return [message.key for message in messages if isinstance(message, events.Key)]


@pytest.mark.parametrize("name", [*REPLIES, *BROKEN])
def test_what_no_hand_typed_is_nothing(name: str, caplog: pytest.LogCaptureFixture) -> None:
    data = {**REPLIES, **BROKEN}[name]
    assert read(data) == []
    assert keys(read(data + b"x")) == ["x"], "and what comes after it is heard"
    assert not caplog.records, "Textual's parser was asked"


@pytest.mark.parametrize("name", REPLIES)
@pytest.mark.parametrize("every", [0.0, 0.15, 0.25])
def test_a_split_reply_is_nothing(name: str, every: float) -> None:
    reply = REPLIES[name]
    whole = every * len(reply) < STRING_S
    pieces = [bytes([byte]) for byte in reply] if whole else [reply[:1], reply[1:2], reply[2:]]
    assert read(*pieces, every=every) == []


@pytest.mark.parametrize(("data", "key"), MEANT.items())
@pytest.mark.parametrize("every", [0.0, 0.15])
def test_what_a_hand_typed_is_its_key_however_split(data: bytes, key: str, every: float) -> None:
    assert keys(read(*(bytes([byte]) for byte in data), every=every)) == [key]


def test_a_bare_escape_is_a_key_after_its_delay() -> None:
    assert read(b"\x1b", then=ESCAPE_S - 0.01) == []
    assert keys(read(b"\x1b", then=ESCAPE_S + 0.01)) == ["escape"]
    assert keys(read(b"\x1b\x1b")) == ["escape", "escape"]
    assert keys(read(b"\x1b", b"d", every=ESCAPE_S + 0.01)) == ["escape", "d"]


def test_the_rest_of_a_sequence_after_the_delay_is_no_letter() -> None:
    assert keys(read(b"\x1b", b"[A", every=ESCAPE_S + 0.2)) == ["escape", "up"]
    assert keys(read(b"\x1b", b"[24;80R", every=ESCAPE_S + 0.2)) == ["escape"]


def test_a_sequence_that_never_ends_makes_nobody_deaf() -> None:
    assert keys(read(b"\x1b]11;rgb", b"d", every=SEQUENCE_S + 0.01)) == ["d"]
    assert keys(read(b"\x1b[12;", b"d", every=SEQUENCE_S + 0.01)) == ["d"]
    assert keys(read(b"\x1b[200~abc", b"d", every=PASTE_S + 0.01)) == ["d"]
    held = [b"d"] * int(STRING_S / 0.033 + 40)
    assert "d" in keys(read(b"\x1bP", *held, every=0.033))


def test_a_paste_is_one_text_without_sequences() -> None:
    (paste,) = read(b"\x1b[200~a\x1b[Ab\tc\r\xffd\x1b", b"[201~")
    assert isinstance(paste, events.Paste)
    assert paste.text == "a[Ab\tc\rd"


def test_a_paste_is_bounded() -> None:
    (paste,) = read(b"\x1b[200~", *[b"d" * 4096] * 200, b"\x1b[201~")
    assert isinstance(paste, events.Paste)
    assert len(paste.text) == PASTE_AT_MOST


def test_alt_types_nothing() -> None:
    (key,) = read(b"\x1bd")
    assert isinstance(key, events.Key)
    assert not key.is_printable


def test_the_mouse_is_heard() -> None:
    (press,) = read(b"\x1b[<0;12;5M")
    assert isinstance(press, events.MouseDown)
    assert (press.x, press.y) == (11, 4)


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, ESCAPE_S),
        ({"SSH_CONNECTION": "1"}, ESCAPE_OVER_SSH_S),
        ({"ESCDELAY": "25"}, 0.025),
        ({"ESCDELAY": "soon"}, ESCAPE_S),
        ({"ESCDELAY": "9" * 20}, 5.0),
    ],
)
def test_the_delay_is_escdelay_or_longer_over_ssh(environment: dict[str, str], expected: float) -> None:
    assert escape_s(environment) == expected


SEQUENCE = st.one_of(
    st.builds(
        lambda kind, body, end: kind + body + end,
        st.sampled_from([b"\x1b]", b"\x1bP", b"\x1bX", b"\x1b^", b"\x1b_"]),
        st.binary(max_size=20).map(lambda body: bytes(b for b in body if 0x20 <= b < 0x7F)),
        st.just(b"\x1b\\"),
    ),
    st.builds(
        lambda body, end: b"\x1b[" + body + end,
        st.text("<=>?;", min_size=1, max_size=8).map(str.encode),
        st.sampled_from([b"c", b"d", b"e", b"p", b"s", b"y", b"q"]),
    ),
    st.sampled_from([*REPLIES.values()]),
)


@given(st.lists(SEQUENCE, max_size=6))
def test_no_sequence_without_a_meaning_becomes_a_key(sequences: list[bytes]) -> None:
    assert read(b"".join(sequences)) == []


@given(st.lists(st.one_of(st.binary(max_size=8), SEQUENCE, st.sampled_from([*MEANT])), max_size=12))
def test_no_byte_ends_the_reader_and_it_hears_again(pieces: list[bytes]) -> None:
    reader, now = TerminalReader(ESCAPE_S), NOW
    parser = reader._parser
    for piece in pieces:
        list(reader.feed(piece, now))
        now += 0.01
    assert reader._parser is parser, "it could read all that it was given"
    now += LONG_S
    list(reader.expire(now))
    assert keys(list(reader.feed(b"d", now + LONG_S))) == ["d"]
