"""The columns that fit a width: the essential ones, then a comfortable label, then more, most with `w`."""

from dataclasses import dataclass
from functools import lru_cache

from tui.view.sorting import SortKey

GUTTER = 2
"""Cells before the first column: the sign of cursor and mark, and a space."""

_ROOMY = 170
"""Cells from which two spaces separate the columns."""

_LAST = 99

_ESSENTIAL = 6
"""The rank up to which columns come before a comfortable label."""

_COMFORTABLE = {"label": 28, "stale": 18}
"""Cells of a column before any column that is not essential gets room."""

_FILLED_FIRST = ("label", "stale", "status", "color")
"""The order in which columns get spare room; the rest follow by rank."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table.

    Args:
        id: one word, also the sort key's if rows can be sorted by it.
        narrow: the fewest cells it is shown with.
        full: cells that hold all it can say.
        rank: the higher, the earlier it is left out.
        wide_rank: the same in the wide view.
        grows: its share of the cells that are left once every column has its full width.
    """

    id: str
    title: str
    narrow: int
    full: int
    rank: int
    wide_rank: int
    grows: int = 0

    @property
    def sort(self) -> SortKey | None:
        """What it can be sorted by."""
        return next((key for key in SortKey if key == self.id), None)


COLUMNS = (
    Column("label", "session", 16, 40, 1, 1, grows=1),
    Column("host", "host", 6, 16, 2, 2),
    Column("hosting", "hosting", 14, 14, 2, 2),
    Column("status", "status", 16, 16, 3, 3),
    Column("color", "color", 9, 18, 4, 4),
    Column("mode", "mode", 7, 7, 7, 6),
    Column("since", "in status", 9, 9, 8, 8),
    Column("quiet", "silent", 6, 6, 9, 10),
    Column("opened", "age", 4, 4, 10, 11),
    Column("stale", "stale", 10, 18, 6, 9),
    Column("instruction", "instruction", 15, 20, 5, 5),
    Column("trouble", "trouble", 19, 40, 11, 7, grows=3),
    Column("id", "id", 8, 10, _LAST, 12),
    Column("visitor", "visitor", 8, 12, _LAST, 13),
    Column("visitor_state", "service", 10, 10, _LAST, 13),
    Column("events", "events", 6, 7, _LAST, 14),
    Column("losses", "drops", 5, 6, _LAST, 15),
    Column("process", "proc", 4, 4, _LAST, 16),
    Column("source", "source", 10, 10, _LAST, 17),
    Column("link", "link", 8, 8, _LAST, 18),
)


_BESIDE_PANEL = 3
"""The rank up to which columns stay beside a panel: those that say which session and how it stands."""


def room_beside(width: int, *, several: bool) -> int:
    """Cells of a panel beside the table: at most half of them, with the most important columns still shown.

    Args:
        width: cells of the whole line.
        several: there are several hosts, and each row says whose it is.
    """
    kept = [column.narrow for column in _offered(several=several) if column.rank <= _BESIDE_PANEL]
    scroll_bar = 1
    return min(width // 2, width - GUTTER - sum(kept) - (len(kept) - 1) - scroll_bar)


@dataclass(frozen=True, slots=True)
class Placed:
    """A column in its place: its first cell and its width."""

    column: Column
    x: int
    width: int


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of a table of `width` cells, from left to right; `end` is the first cell after them."""

    width: int
    wide: bool
    placed: tuple[Placed, ...]
    end: int

    def has(self, column: str) -> bool:
        """Whether the column is shown."""
        return any(placed.column.id == column for placed in self.placed)


@lru_cache(maxsize=64)
def layout(width: int, *, wide: bool, several: bool = False) -> Layout:
    """Choose columns for `width` cells and share the room between them.

    Args:
        width: cells of the whole row, the gutter included.
        wide: the operator asked for more columns.
        several: there are several hosts, and each row says whose it is.
    """
    gap = 2 if width >= _ROOMY else 1
    chosen = _chosen(width - GUTTER, gap, wide=wide, several=several)
    widths = {column.id: column.narrow for column in chosen}
    spare = width - GUTTER - sum(widths.values()) - gap * (len(chosen) - 1)
    first_filled = sorted(chosen, key=lambda c: (_filled(c), _rank(c, wide=wide)))
    for column, cells in (
        *((column, _COMFORTABLE[column.id]) for column in first_filled if column.id in _COMFORTABLE),
        *((column, column.full) for column in first_filled),
    ):
        more = max(0, min(cells - widths[column.id], spare))
        widths[column.id] += more
        spare -= more
    shares = sum(column.grows for column in chosen)
    for column in chosen:
        if column.grows and spare > 0:
            more = spare * column.grows // shares
            widths[column.id] += more
            spare -= more
            shares -= column.grows
    placed, x = [], GUTTER
    for column in chosen:
        placed.append(Placed(column, x, widths[column.id]))
        x += widths[column.id] + gap
    return Layout(width, wide, tuple(placed), x - gap if placed else GUTTER)


def _filled(column: Column) -> int:
    return _FILLED_FIRST.index(column.id) if column.id in _FILLED_FIRST else len(_FILLED_FIRST)


def _rank(column: Column, *, wide: bool) -> int:
    return column.wide_rank if wide else column.rank


def _offered(*, several: bool) -> list[Column]:
    return [column for column in COLUMNS if several or column.id != "host"]


def _chosen(room: int, gap: int, *, wide: bool, several: bool) -> list[Column]:
    held: set[str] = set()
    reserved = sum(_COMFORTABLE[column.id] - column.narrow for column in COLUMNS if column.id in _COMFORTABLE)
    for column in sorted(_offered(several=several), key=lambda c: _rank(c, wide=wide)):
        rank = _rank(column, wide=wide)
        need = column.narrow + (gap if held else 0)
        if rank == _LAST or (held and need > room - (reserved if rank > _ESSENTIAL else 0)):
            break
        held.add(column.id)
        room -= need
    return [column for column in COLUMNS if column.id in held]
