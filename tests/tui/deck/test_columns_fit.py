"""Columns and cells fit every width, and hold every text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from browser_host.cell_width import cell_width
from browser_host.sessions.session import Hosting
from browser_host.sessions.views import InstructionView, SessionView, StaleView
from tests.tui.deck.screen_samples import NOW, busy_deck, session
from tui.style.ages import age, span
from tui.style.cells import cut, text_width
from tui.style.glyphs import ASCII, UNICODE, glyphs_for
from tui.style.roles import printable
from tui.view import rows
from tui.view.columns import GUTTER, layout
from tui.view.rows import RowContext

HOSTILE = st.text(max_size=80) | st.just("a\x1b[31mred\x07\x9b1m\u202eevil\u2066 ﷽ 漢字 👩‍👩‍👧")


@given(width=st.integers(10, 400), wide=st.booleans())
def test_columns_stand_side_by_side_within_the_width(*, width: int, wide: bool) -> None:
    x = GUTTER
    for placed in layout(width, wide=wide).placed:
        assert placed.x >= x
        assert placed.width >= placed.column.narrow or len(layout(width, wide=wide).placed) == 1
        x = placed.x + placed.width + 1
    assert layout(width, wide=wide).end <= max(width, GUTTER + 16)


def test_a_terminal_of_80_columns_holds_what_is_essential() -> None:
    held = [placed.column.id for placed in layout(79, wide=False).placed]
    assert held == ["label", "hosting", "status", "color", "instruction"]


def widths(width: int, *, wide: bool = False) -> dict[str, int]:
    return {placed.column.id: placed.width for placed in layout(width, wide=wide).placed}


@pytest.mark.parametrize(("width", "least"), [(79, 19), (99, 28), (119, 28), (159, 28), (199, 40)])
def test_the_label_gets_spare_room_first(width: int, least: int) -> None:
    assert widths(width)["label"] >= least


@given(width=st.integers(34, 400), wide=st.booleans(), hosting=st.sampled_from(Hosting))
def test_hosting_is_never_cut(*, width: int, wide: bool, hosting: Hosting) -> None:
    assert "hosting" in widths(width, wide=wide)
    assert _told(session("x", hosting=hosting.value), "hosting", width, wide=wide).endswith(hosting.value)


def test_without_its_column_staleness_is_a_sign_at_the_status() -> None:
    stale = session("x", status="pendingRequest", stale=StaleView("pending", NOW - 380, 380, 300, ""))
    assert _told(stale, "status", 79) == "! pendingRequest"
    assert _told(stale, "status", 119) == "pendingRequest"


@given(
    text=st.text(st.sampled_from("aกิำहिन्दीភាសាខ្មែរ漢👩🏽\u200d\u0301é"), max_size=40),
    cells=st.integers(0, 30),
)
def test_marks_never_reach_beyond_their_cells(text: str, cells: int) -> None:
    short = cut(text, cells, "…")
    assert text_width(short) <= cells
    assert cell_width(short) <= cells
    assert short == text or short.removesuffix("…") == text[: len(short) - 1] or not cells


def test_indic_labels_leave_columns_in_place() -> None:
    for label in ("हिन्दी किताब", "ភាសាខ្មែរ", "สวัสดีชาวโลก", "\u0915" + "\u0903" * 41):
        columns = layout(119, wide=False)
        told = rows.cells(session("x", label=label), columns, RowContext(NOW))
        assert [cell_width("".join(part.text for part in cell)) for cell in told[1:]] == [
            placed.width for placed in columns.placed[1:]
        ]
        assert cell_width("".join(part.text for part in told[0])) <= columns.placed[0].width


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
def test_cells_are_printable_and_as_wide_as_columns(
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
    told = rows.cells(view, columns, RowContext(NOW, ASCII if ascii_only else UNICODE))
    for placed, cell in zip(columns.placed, told, strict=True):
        line = "".join(part.text for part in cell)
        assert text_width(line) == placed.width
        assert all(printable(part.text) == part.text for part in cell)


def test_control_characters_are_made_visible() -> None:
    assert printable("a\x1b[2J\u202eb") == "a␛[2J\\u202eb"


@given(text=HOSTILE)
def test_what_the_host_made_printable_stays_as_it_is(text: str) -> None:
    once = printable(text)
    assert printable(once) == once
    assert printable("👩‍👩‍👧 می‌خواهم") == "👩‍👩‍👧 می‌خواهم"


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


def _told(view: SessionView, column: str, width: int = 159, *, wide: bool = False) -> str:
    columns = layout(width, wide=wide)
    told = rows.cells(view, columns, RowContext(NOW))
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
