"""The same screen in fewer bytes: cells that did not change are left out, styles are sent as differences."""

import re
from functools import lru_cache
from typing import TypeAlias

from rich.cells import cell_len, get_character_cell_size

from tui.sgr import PLAIN, REMEMBERED, Pen, applied, blank, change, for_blanks
from tui.style.cells import text_width

SETTLES_S = 1.0
"""Seconds after a change of size in which every cell is sent: the terminal may still be moving its lines."""

Size: TypeAlias = tuple[int, int]
"""Columns and rows."""
_NO_SIZE: Size = (0, 0)
_Cell: TypeAlias = tuple[str, Pen]

_KEEP, _BRING_BACK = "\x1b7", "\x1b8"
"""Cursor and style, as around a picture."""
_STRINGS = ("\x1b]", "\x1bP", "\x1b_", "\x1b^", "\x1bX")
_SPACE: _Cell = (" ", PLAIN)

_FLAGS = frozenset(map(chr, range(0x1F1E6, 0x1F200)))
"""Two of these are a flag. Textual counts a lone one as one column; most terminals draw it in two."""

_Part: TypeAlias = tuple[str, Pen]
"""A text as it was painted, and its style."""


class _Row:
    """What a line of the terminal shows: its cells, and the texts last painted in it, by their columns."""

    __slots__ = ("cells", "parts")

    def __init__(self) -> None:
        self.cells: list[_Cell | None] = []
        self.parts: dict[int, _Part] = {}

    def note(self, column: int, part: _Part) -> None:
        """Take in a text that was painted over what was there."""
        end = column + cell_len(part[0])
        for other, (text, _) in [*self.parts.items()]:
            if other < end and column < other + cell_len(text):
                del self.parts[other]
        self.parts[column] = part

    def lose(self, column: int) -> None:
        """Take nothing for certain from this column on."""
        del self.cells[column:]
        self.parts = {other: one for other, one in self.parts.items() if other + cell_len(one[0]) <= column}


_TOKEN = re.compile(
    r"\x1b\[(?P<style>[\d;:]*)m"
    r"|(?P<line>\n)?\x1b\[(?P<row>\d+);(?P<column>\d+)H"
    # Modes of keyboard, mouse and frames, and the bell: they leave cells and cursor alone.
    r"|(?P<harmless>\x1b\[\?(?:25|1000|1003|1004|1006|1015|1016|2004|2026|2048)[hl]|\x07)"
    r"|(?P<other>\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"
    # Pictures; on their way through tmux each escape in them is doubled.
    r"|\x1b[P_^X][^\x1b]*(?:\x1b\x1b[^\x1b]*)*\x1b\\"
    r"|\x1b(?:\[[0-?]*[ -/]*[@-~]|[ -/]*[0-~])?|[\x00-\x1f\x7f])"
    r"|(?P<text>[^\x00-\x1f\x7f]+)",
)


class TerminalOutput:
    """Rewrites what is written to a terminal; what the terminal then shows is the same.

    It keeps what each cell shows as far as that is certain. Unknown sequences and changes of size make cells
    uncertain, and so does another text of characters that are not one cell wide for those behind it: a
    terminal may draw it wider. What is painted there is sent as it comes. Where a terminal draws it narrower,
    blanks are left.
    """

    def __init__(self) -> None:
        self._size = _NO_SIZE
        self._settled_at = 0.0
        self._rows: dict[int, _Row] = {}
        self._wanted = self._kept = PLAIN
        self._pen: Pen | None = PLAIN  # as a shell leaves it
        self._target: tuple[int, int] | None = None  # row and column where the next character belongs
        self._cursor: tuple[int, int] | None = None  # where the terminal's cursor is
        self._out: list[str] = []

    def rewritten(self, data: str, size: Size, now: float) -> str:
        """What to write instead of `data`; afterwards style and cursor are what they are after `data`.

        Args:
            size: of the terminal at present.
            now: of a steady clock, in seconds.
        """
        if size != self._size:
            self._settled_at = now + SETTLES_S if self._size != _NO_SIZE else now
            self._size = size
            self._target = self._cursor = None
        if now <= self._settled_at:
            self._rows.clear()
        for token in _TOKEN.finditer(data):
            match token.lastgroup:
                case "text":
                    self._paint(token["text"])
                case "style":
                    self._wanted = applied(self._wanted, token["style"])
                case "column":
                    self._aim(int(token["row"]) - 1, int(token["column"]) - 1, after_line=bool(token["line"]))
                case "harmless":
                    self._out.append(token[0])
                case _:
                    self._pass_on(token[0])
        self._catch_up()
        text = "".join(self._out)
        self._out.clear()
        return text

    def forget(self) -> None:
        """Take no cell for certain, so that whatever is painted next is sent."""
        self._rows.clear()
        self._target = self._cursor = None
        self._pen = None

    def _aim(self, row: int, column: int, *, after_line: bool) -> None:
        width, height = self._size
        if after_line and (self._target is None or self._target[0] >= height - 1):
            self._pass_on("\n")  # of the last line: it moves all others
        if row < height and column < width:
            self._target = (row, column)
        else:
            self._pass_on(f"\x1b[{row + 1};{column + 1}H")

    def _paint(self, text: str) -> None:
        width, _ = self._size
        if self._target is None:
            self._put(text)
            return
        row, column = self._target
        end = column + cell_len(text)
        is_plain = _is_plain(text)
        if end > width or not (is_plain or (end < width and text_width(text) == end - column)):
            if end == width:
                self._clear(row, column, end)
            self._go(row, column)
            self._put(text)
            self._rows.pop(row, None)
            self._target = self._cursor = None
            return
        pen = self._wanted
        part = (text, pen)
        shown = self._rows.setdefault(row, _Row())
        if shown.parts.get(column) == part:  # nearly always: a tenth of the time that its cells would take
            self._target = (row, end)
            return
        if not is_plain:
            self._clear(row, column, end)
            self._go(row, column)
            self._put(text.rstrip(" "))
            # What a box cut off may begin with a mark, which joins the character before it.
            shown.lose(max(0, column - (get_character_cell_size(text[0]) == 0)))
            shown.note(column, part)
            self._target, self._cursor = (row, end), None
            return
        shown.note(column, part)
        on_blank = blank(pen)
        cells: list[_Cell | None] = [(one, on_blank if one == " " else pen) for one in text]
        held = shown.cells
        held.extend([None] * (end - len(held)))
        before = held[column:end]
        if before != cells:
            held[column:end] = cells
            # Whole words: a recording of the output stays readable, and can be searched.
            first = next(at for at, cell in enumerate(cells) if cell != before[at])
            first = text.rfind(" ", 0, first) + 1
            last = next(at for at in reversed(range(len(cells))) if cells[at] != before[at])
            behind = len(text) if (space := text.find(" ", last)) < 0 else max(space, last + 1)
            self._go(row, column + first)
            self._put(text[first:behind])
            self._cursor = (row, column + behind)
        self._target = (row, end)

    def _clear(self, row: int, column: int, end: int) -> None:
        """Paint blanks: a terminal that draws a text narrower would leave what was there at its end."""
        self._go(row, column)
        self._put(" " * (end - column))
        self._cursor = (row, end)

    def _put(self, text: str) -> None:
        self._dress(self._wanted if text.strip(" ") else for_blanks(self._pen, self._wanted))
        self._out.append(text)

    def _dress(self, pen: Pen) -> None:
        self._out.append(change(self._pen, pen))
        self._pen = pen

    def _go(self, row: int, column: int) -> None:
        if self._cursor == (row, column):
            return
        if column == self._size[0]:  # no sequence leads behind the last column: only its character does
            character, pen = self._rows[row].cells[-1] or _SPACE
            self._go(row, column - 1)
            self._dress(pen)
            self._out.append(character)
            self._cursor = (row, column)
            return
        to = f"\x1b[{row + 1};{column + 1}H"
        if self._cursor is not None and self._cursor[0] == row and (ahead := column - self._cursor[1]) > 0:
            to = min(to, "\x1b[C" if ahead == 1 else f"\x1b[{ahead}C", key=len)
        self._out.append(to)
        self._cursor = (row, column)

    def _pass_on(self, sequence: str) -> None:
        """Send what this doesn't know; afterwards nothing is certain."""
        self._catch_up()
        self._out.append(sequence)
        if sequence == _KEEP:
            self._kept = self._wanted
        elif sequence == _BRING_BACK:
            self._wanted = self._kept
        self._rows.clear()
        self._target = self._cursor = None
        if not sequence.startswith(_STRINGS):  # these leave the pen alone, and pictures come in several
            self._pen = None

    def _catch_up(self) -> None:
        if self._target is not None:
            self._go(*self._target)
        self._dress(self._wanted)


@lru_cache(maxsize=REMEMBERED)
def _is_plain(text: str) -> bool:
    """Whether each character fills one cell, whatever the terminal thinks of its neighbours."""
    return text.isascii() or all(get_character_cell_size(one) == 1 and one not in _FLAGS for one in text)
