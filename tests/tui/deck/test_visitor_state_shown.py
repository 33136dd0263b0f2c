"""The service's word in the table and in the detail: beside the page's status, never in its place."""

from dataclasses import replace

import pytest
from rich.console import Console

from browser_host.sessions.views import SessionView, VisitorStateView
from tests.tui.deck.screen_samples import NOW, session
from tui.style.glyphs import UNICODE
from tui.view.columns import layout
from tui.view.detail_text import facts
from tui.view.rows import RowContext, cells

STATE = VisitorStateView(True, True, NOW - 5, "https://shop.example/cart", ("vip",), NOW - 2)  # noqa: FBT003 - its order


def shown(view: SessionView) -> str:
    wide = layout(400, wide=True)
    place = next(n for n, placed in enumerate(wide.placed) if placed.column.id == "visitor_state")
    return "".join(span.text for span in cells(view, wide, RowContext(now=NOW))[place]).strip()


@pytest.mark.parametrize(
    ("state", "word"),
    [
        (STATE, "in session"),
        (replace(STATE, in_session=False), "online"),
        (replace(STATE, online=False, in_session=False), "offline"),
        (replace(STATE, online=None), "in session"),
        (replace(STATE, online=None, in_session=None), UNICODE.none),
        (None, UNICODE.none),
    ],
)
def test_a_column_says_where_the_visitor_is(state: VisitorStateView | None, word: str) -> None:
    assert shown(session("s1", visitor_state=state)) == word


def test_the_detail_says_it_with_its_age() -> None:
    console = Console(width=200, color_system=None)
    with console.capture() as capture:
        console.print(facts(session("s1", status="active", visitor_state=STATE), NOW))
    told = " ".join(capture.get().split())
    assert "online, in session · https://shop.example/cart · #vip · last seen" in told
    assert "checked" in told
    assert "status active" in told
