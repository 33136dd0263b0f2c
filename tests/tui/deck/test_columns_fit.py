"""Columns and cells fit every width, and hold every text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from browser_host.sessions.views import InstructionView, SessionView
from tests.tui.deck.screen_samples import NOW, busy_deck, session
from tui import rows
from tui.ages import age, span
from tui.columns import GUTTER, layout
from tui.glyphs import ASCII, UNICODE, glyphs_for
from tui.rows import Telling
from tui.tones import printable

HOSTILE = st.text(max_size=80) | st.just("a\x1b[31mred\x07\x9b1m\u202eevil\u2066 ﷽ 漢字 👩‍👩‍👧")


@given(width=st.integers(10, 400), wide=st.booleans())
def test_columns_stand_side_by_side_within_the_width(*, width: int, wide: bool) -> None:
    x = GUTTER
    for placed in layout(width, wide=wide).placed:
        assert placed.x >= x
        assert placed.width >= placed.column.narrow or len(layout(width, wide=wide).placed) == 1
        x = placed.x + placed.width + 1
    assert layout(width, wide=wide).end <= max(width, GUTTER + 12)


def test_a_terminal_of_80_columns_holds_what_is_essential() -> None:
    held = [placed.column.id for placed in layout(79, wide=False).placed]
    assert held == ["label", "hosting", "status", "color", "stale", "instruction"]


def test_a_wider_terminal_holds_more_and_wide_asks_for_the_rest() -> None:
    usual = {placed.column.id for placed in layout(159, wide=False).placed}
    assert {"stale", "quiet", "opened", "trouble"} <= usual
    assert {"id", "visitor"} <= {placed.column.id for placed in layout(199, wide=True).placed}


@given(
    label=HOSTILE,
    raw=HOSTILE,
    status=st.none() | HOSTILE,
    text=HOSTILE,
    width=st.integers(20, 220),
    ascii_only=st.booleans(),
)
def test_every_cell_is_exactly_as_wide_as_its_column_and_printable(
    *, label: str, raw: str, status: str | None, text: str, width: int, ascii_only: bool
) -> None:
    view = session(
        "x",
        label=label,
        color=None,
        color_raw=raw,
        status=status,
        visitor=text,
        instruction=InstructionView("i1", text, "failed", NOW, text, text),
    )
    columns = layout(width, wide=True)
    told = rows.cells(view, columns, Telling(NOW, ASCII if ascii_only else UNICODE))
    for placed, cell in zip(columns.placed, told, strict=True):
        line = "".join(part.text for part in cell)
        assert cell_len(line) == placed.width
        assert line.isprintable()


def test_control_characters_are_made_visible() -> None:
    assert printable("a\x1b[2J\u202eb") == "a\\u001b[2J\\u202eb"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "now"), (4.9, "now"), (5, "5s"),
        (9.9, "5s"), (10, "10s"), (59, "50s"), (60, "1m"), (3599, "59m"),
        (3661, "1h01"), (36000, "10h"), (90000, "1d"), (9e9, "999d"),
    ],
)  # fmt: skip
def test_ages_are_told_in_at_most_four_cells(seconds: float, words: str) -> None:
    assert span(seconds) == words
    assert len(words) <= 4


def test_what_has_not_happened_has_no_age() -> None:
    assert age(None, NOW) == ""


def _told(view: SessionView, column: str, width: int = 159) -> str:
    columns = layout(width, wide=False)
    told = rows.cells(view, columns, Telling(NOW))
    at = [placed.column.id for placed in columns.placed].index(column)
    return "".join(part.text for part in told[at]).strip()


def test_a_row_never_says_done() -> None:
    for state in ("queued", "sent", "confirmed", "unconfirmed", "failed", "cancelled"):
        view = session("x", instruction=InstructionView("i1", "switchColor", state, NOW, "root", ""))
        assert _told(view, "instruction", 79) == f"color {state}"[:15] or state == "unconfirmed"
        assert state[:7] in _told(view, "instruction", 79)


def test_a_colour_is_a_swatch_hex_and_name_where_there_is_room() -> None:
    assert _told(session("x"), "color", 199) == "██ #ff8c00 orange"
    assert _told(session("x"), "color", 79) == "█ #ff8c00"
    assert _told(session("x", color=None, color_raw="sunset"), "color") == "sunset"


def test_faults_are_what_wants_a_look() -> None:
    assert {name for name, view in busy_deck().sessions.items() if rows.is_fault(view)} >= {
        "s03", "s04", "s07", "s13",
    }  # fmt: skip
    assert not rows.is_fault(session("x"))
    assert not rows.is_fault(session("x", hosting="ended"))


def test_a_locale_without_utf8_gets_plain_letters() -> None:
    assert glyphs_for("UTF-8", {}) is UNICODE
    assert glyphs_for("ANSI_X3.4-1968", {}) is ASCII
    assert glyphs_for("no-such-thing", {}) is ASCII
    assert glyphs_for("UTF-8", {"LANG": "C", "LC_CTYPE": "C.UTF-8"}) is ASCII  # as Python coerces it
    assert glyphs_for("UTF-8", {"LANG": "C", "LC_ALL": "C.UTF-8"}) is UNICODE
    assert glyphs_for("UTF-8", {"LANG": "de_DE.UTF-8", "LC_CTYPE": "C.UTF-8"}) is UNICODE
    signs = [*ASCII.hosting.values(), ASCII.cursor, ASCII.mark, ASCII.swatch, ASCII.ellipsis, ASCII.thumb]
    assert "".join(signs).isascii()
