"""What is rewritten paints the same screen as the original, and costs a fraction of its bytes."""

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyte.screens import Char

from tui.terminal_output import SETTLES_S, TerminalOutput

SIZE = WIDTH, HEIGHT = 12, 4
NO_WRAP = "\x1b[?7l"
"""What Textual begins with."""

_COLORS = ("", "31", "97", "38;5;200", "38;2;1;2;3", "39")
_GROUNDS = ("", "44", "101", "48;5;17", "48;2;9;9;9", "49")
_ATTRIBUTES = ("", "1", "2", "3", "4", "7", "9", "1;4", "22", "24", "27", "0")

_parameters = st.tuples(*map(st.sampled_from, (_ATTRIBUTES, _COLORS, _GROUNDS))).map(
    lambda chosen: ";".join(filter(None, chosen))
)
_text = st.text(st.sampled_from("ab   #█é世👩\u0301"), min_size=1, max_size=WIDTH).filter(
    lambda text: text[0] != "\u0301"  # Textual's segments hold whole characters
)
_styled = st.builds("\x1b[{}m{}\x1b[0m".format, _parameters, _text)
_left_open = st.builds("\x1b[{}m{}".format, _parameters, _text)
_move = st.builds("\x1b[{};{}H".format, st.integers(1, HEIGHT), st.integers(1, WIDTH))
_line = _move.map("\n{}".format)
_aside = st.one_of(_styled, _left_open).map("\x1b7\x1b[2;2H{}\x1b8".format)
"""Cursor and style are kept, and brought back."""
_other = st.sampled_from(("\n", "\r", "\x1b[2J", "\x1b[K", "\x1b[A", "\x07", "\x1b[?25l", "\x1b]0;title\x07"))
_pieces = st.one_of(_styled, _styled, _styled, _left_open, _text, _move, _move, _line, _aside, _other)
_writes = st.lists(st.lists(_pieces, max_size=8).map("".join), min_size=1, max_size=8)


class Emulator:
    """What a terminal shows after some writes."""

    def __init__(self, width: int = WIDTH, height: int = HEIGHT) -> None:
        self._screen = pyte.Screen(width, height)
        self._stream = pyte.Stream(self._screen)
        self.take(NO_WRAP)

    def take(self, text: str) -> None:
        self._stream.feed(text)

    def resize(self, width: int, height: int) -> None:
        self._screen.resize(height, width)

    def line(self, row: int) -> str:
        return self._screen.display[row]

    @property
    def shown(self) -> tuple[object, ...]:
        screen = self._screen
        rows, columns = range(screen.lines), range(screen.columns)
        cells = [[_seen(screen.buffer[row][column]) for column in columns] for row in rows]
        cursor = screen.cursor
        return cells, cursor.y, min(cursor.x, screen.columns - 1), cursor.attrs


def _seen(cell: Char) -> Char:
    """The cell without what no eye can see: the foreground of a blank."""
    if cell.data != " " or cell.underscore or cell.strikethrough or cell.reverse:
        return cell
    return Char(" ", bg=cell.bg)


@given(_writes, _writes, st.just(SIZE) | st.tuples(st.integers(1, 2 * WIDTH), st.integers(1, 2 * HEIGHT)))
def test_any_output_paints_the_same_screen(
    before: list[str], after: list[str], size: tuple[int, int]
) -> None:
    original, rewritten, output = Emulator(), Emulator(), TerminalOutput()
    for number, text in enumerate(before + after):
        is_resized = number >= len(before)
        if number == len(before):
            original.resize(*size)
            rewritten.resize(*size)
        original.take(text)
        rewritten.take(output.rewritten(text, size if is_resized else SIZE, SETTLES_S * number))
        assert rewritten.shown == original.shown


def test_what_stands_already_is_not_sent_again() -> None:
    output = TerminalOutput()
    frame = "\x1b[1;1H\x1b[1;44mone \x1b[0m\x1b[31mtwo\x1b[0m\n\x1b[2;1H"
    assert ["one" in output.rewritten(frame, SIZE, now) for now in (0.0, 1.0)] == [True, False]
    assert output.rewritten(frame, SIZE, 2.0) == ""


def test_all_is_sent_once_the_screen_was_forgotten() -> None:
    output = TerminalOutput()
    frame = "\x1b[1;1Hone\x1b[2;1H"
    output.rewritten(frame, SIZE, 0.0)
    output.forget()
    assert "one" in output.rewritten(frame, SIZE, 1.0)


def test_words_are_sent_whole() -> None:
    output = TerminalOutput()
    output.rewritten("\x1b[1;1Hone two\x1b[3;1H", SIZE, 0.0)
    assert output.rewritten("\x1b[1;1Hone too\x1b[3;1H", SIZE, 1.0) == "\x1b[1;5Htoo\x1b[3;1H"


@pytest.mark.parametrize("unknown", ["\x1b[?1049h", "\x1b[2J", "\x1bPq#0\x1b\\", "\x1b_Ga=T\x1b\\"])
def test_an_unknown_sequence_makes_all_cells_uncertain(unknown: str) -> None:
    output = TerminalOutput()
    frame = "\x1b[1;1Hone\x1b[2;1H"
    for now, text in enumerate((frame, unknown)):
        output.rewritten(text, SIZE, float(now))
    assert "one" in output.rewritten(frame, SIZE, 2.0)


@pytest.mark.parametrize(
    "picture",
    [
        "\x1bPq#0;2;0;0;0~~$-\x1b\\",
        "\x1b_Ga=T,m=1;QUJD\x1b\\\x1b_Gm=0;REVG\x1b\\",
        "\x1bPtmux;\x1b\x1b_Ga=T;QUJD\x1b\x1b\\\x1b\\",
        "\x1b]1337;File=inline=1:QUJD\x07",
    ],
)
def test_pictures_pass_unchanged(picture: str) -> None:
    output = TerminalOutput()
    output.rewritten("\x1b[1;1H\x1b[1mone\x1b[0m", SIZE, 0.0)
    assert picture in output.rewritten(f"\x1b7\x1b[2;1H{picture}\x1b8", SIZE, 1.0)


def test_all_is_sent_while_a_new_size_settles() -> None:
    output = TerminalOutput()
    frame = "\x1b[1;1Hone\x1b[2;1H"
    output.rewritten(frame, SIZE, 0.0)
    sent = [output.rewritten(frame, (20, 5), 5.0 + later) for later in (0.0, SETTLES_S, 2 * SETTLES_S)]
    assert ["one" in text for text in sent] == [True, True, False]


WIDE = "\x1b[1;1H漢字 {}\x1b[0m\x1b[31m{}\x1b[0m\n\x1b[2;1H"


def test_what_stands_beside_a_wide_text_is_not_sent_again() -> None:
    output = TerminalOutput()
    output.rewritten(WIDE.format("A", "one"), SIZE, 0.0)
    assert output.rewritten(WIDE.format("A", "one"), SIZE, 1.0) == ""
    sent = output.rewritten(WIDE.format("A", "two"), SIZE, 2.0)
    assert "two" in sent
    assert "漢" not in sent


def test_all_behind_another_wide_text_is_sent() -> None:
    """A terminal may draw it wider than it is counted."""
    output = TerminalOutput()
    output.rewritten(WIDE.format("A", "one"), SIZE, 0.0)
    assert "one" in output.rewritten(WIDE.format("B", "one"), SIZE, 1.0)


def test_a_line_whose_width_terminals_disagree_on_is_sent_whole() -> None:
    output = TerminalOutput()
    line = "\x1b[1;1H\x1b[32mहिन्दी\x1b[0m {}\n\x1b[2;1H"
    output.rewritten(line.format("draw"), SIZE, 0.0)
    assert "हिन्दी" in output.rewritten(line.format("off "), SIZE, 1.0)


@pytest.mark.parametrize(
    ("end", "shown"),
    [("  \x1b[31m|\x1b[0m", "   |##"), (" " * (WIDTH - 7), " " * (WIDTH - 6))],
    ids=["amid", "edge"],
)
def test_nothing_is_left_beside_a_text_that_is_drawn_narrower(end: str, shown: str) -> None:
    """Many terminals draw a heart with a selector, which counts as two columns, in one."""
    output, terminal = TerminalOutput(), Emulator()
    for now, text in enumerate(("#" * WIDTH, f"❤\ufe0f love{end}")):
        frame = output.rewritten(f"\x1b[1;1H{text}\n\x1b[2;1H", SIZE, float(now))
        terminal.take(frame.replace("\ufe0f", ""))
    assert terminal.line(0) == f"❤ love{shown}"


def test_a_lone_regional_indicator_is_not_taken_for_one_column() -> None:
    """It is drawn in two, so that all behind it stands elsewhere: as a box over half of a flag leaves it."""
    output = TerminalOutput()
    line = "\x1b[1;1H\U0001f1e9 {}\n\x1b[2;1H"
    output.rewritten(line.format("one"), SIZE, 0.0)
    assert "\U0001f1e9 oneself" in output.rewritten(line.format("oneself"), SIZE, 1.0)


def test_what_a_mark_may_have_joined_is_sent_again() -> None:
    """A box over half of a character of several parts may leave its mark at the box's edge."""
    output, terminal = TerminalOutput(), Emulator()
    for now, behind in enumerate(("e", "\u0301e", "a")):
        frame = f"\x1b[1;1H\x1b[32m##\x1b[0m{behind}\n\x1b[2;1H"
        terminal.take(output.rewritten(frame, SIZE, float(now)))
    assert terminal.line(0) == "##a         "
