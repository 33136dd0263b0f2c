"""Which columns a width holds: the essential ones first, more where there is room, all that `w` asks for."""

from dataclasses import dataclass
from functools import lru_cache

from tui.order import SortKey

GUTTER = 2
"""Cells before the first column: the sign of cursor and mark, and a blank."""

_ROOMY = 130
"""Cells from which two blanks part the columns."""

_LAST = 99

_WHOLE_WHEN_WIDE = 3
"""The rank to which columns stand at full width in a wide view with room: whose it is, and how it stands."""

_FILLED_FIRST = ("status", "stale", "label", "color")
"""What gets more room first: the page's own words whole, what is stale by which rule, whose they are."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table.

    Args:
        id: one word, also the sort key's where it can be sorted by.
        narrow: cells it needs to be of use.
        full: cells at which it says everything it has to say.
        rank: the higher, the earlier it yields where there is no room.
        wide_rank: the same with the wide view on.
        grows: its share of the cells that are left when all stand at full width.
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
    Column("label", "session", 12, 20, 1, 1, grows=1),
    Column("hosting", "hosting", 9, 14, 2, 2),
    Column("status", "status", 14, 16, 3, 3),
    Column("color", "color", 9, 18, 4, 4),
    Column("mode", "mode", 7, 7, 7, 6),
    Column("since", "for", 4, 4, 8, 8),
    Column("quiet", "quiet", 5, 5, 9, 10),
    Column("opened", "age", 4, 4, 10, 11),
    Column("stale", "stale", 10, 18, 6, 9),
    Column("instruction", "instruction", 15, 20, 5, 5),
    Column("trouble", "trouble", 19, 40, 11, 7, grows=3),
    Column("id", "id", 8, 10, _LAST, 12),
    Column("visitor", "visitor", 8, 12, _LAST, 13),
    Column("events", "events", 6, 7, _LAST, 14),
    Column("losses", "drops", 5, 6, _LAST, 15),
    Column("page", "page", 4, 4, _LAST, 16),
    Column("source", "source", 10, 10, _LAST, 17),
    Column("link", "link", 8, 8, _LAST, 18),
)


@dataclass(frozen=True, slots=True)
class Placed:
    """A column where it stands: its first cell and its cells."""

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


@lru_cache(maxsize=64)
def layout(width: int, *, wide: bool) -> Layout:
    """Chooses columns for `width` cells and shares the room between them.

    Args:
        width: cells of the whole row, the gutter included.
        wide: the operator asked for the further columns.
    """
    gap = 2 if width >= _ROOMY else 1
    chosen = _chosen(width - GUTTER, gap, wide=wide)
    widths = {column.id: _least(column, whole=wide and gap > 1) for column in chosen}
    spare = width - GUTTER - sum(widths.values()) - gap * (len(chosen) - 1)
    for column in sorted(chosen, key=lambda c: (_filled(c), _rank(c, wide=wide))):
        more = max(0, min(column.full - widths[column.id], spare))
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


def _least(column: Column, *, whole: bool) -> int:
    """Cells below which a column yields to others."""
    return column.full if whole and column.wide_rank <= _WHOLE_WHEN_WIDE else column.narrow


def _chosen(room: int, gap: int, *, wide: bool) -> list[Column]:
    held: set[str] = set()
    for column in sorted(COLUMNS, key=lambda c: _rank(c, wide=wide)):
        if _rank(column, wide=wide) == _LAST:
            continue
        need = _least(column, whole=wide and gap > 1) + (gap if held else 0)
        if held and need > room:
            break
        held.add(column.id)
        room -= need
    return [column for column in COLUMNS if column.id in held]
