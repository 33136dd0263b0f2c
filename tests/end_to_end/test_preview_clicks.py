"""A click on the preview arrives at the page at the right place, however the terminal draws the picture."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Configure
from tests.support import host_socket
from tests.support.page_server import Page, serving
from tests.support.programs import Home, running
from tests.support.screen import Picture
from tests.support.terminal import Terminal, terminal
from tui.preview.gesture import HELD
from tui.preview.pictures import ERASE
from tui.terminal_graphics import TerminalGraphics, query

LIVE_WITHIN_S = 20.0
PICTURED_WITHIN_S = ARRIVES_WITHIN_S = 15.0
WIDE, HIGH = 640, 400
"""Pixels of a watch page."""

RECORDS = """
document.documentElement.style.cssText = 'height: 100%; background: #ff0000';
addEventListener('click', (e) => tell({type: 'clicked', x: e.clientX, y: e.clientY}));
st('viewerReady');
"""
ASKS = query({}).encode()
ANSWERS: Mapping[TerminalGraphics, Mapping[bytes, bytes]] = {
    TerminalGraphics.CELLS: {ASKS: b"\x1b[?62;22c"},
    TerminalGraphics.SIXEL: {ASKS: b"\x1b[?62;4;22c"},
    TerminalGraphics.KITTY: {ASKS: b"\x1b_Gi=8107;OK\x1b\\\x1b[?62;4c"},
}


@pytest.fixture(scope="module")
def hosted(home: Home, configure: Configure, log: Path) -> Iterator[str]:
    """A host that allows input, and the id of its session."""
    with serving({"seen": Page(RECORDS)}) as server:
        more = '[host]\ninput = true\n[tui]\npreview_every = "1s"\n'
        configure({"seen": server.address("seen")}, more=more)
        with running(home, "host", log=log):
            sessions = home.until(
                lambda found: all(one["status"] == "viewerReady" for one in found.values()), LIVE_WITHIN_S
            )
            yield sessions["seen"]["id"]


def picture_area(window: Terminal, graphics: TerminalGraphics) -> tuple[int, int, int, int]:
    """Left, top, columns and lines of the picture, as the terminal draws it."""
    found: re.Match[bytes] | None
    match graphics:
        case TerminalGraphics.KITTY:
            pattern = rb"\x1b7\x1b\[(\d+);(\d+)H(?:\x1b\[[\d;]*m)?\x1b_Ga=T[^;]*c=(\d+),r=(\d+)"
        case TerminalGraphics.SIXEL:
            pattern = rb'\x1b7\x1b\[(\d+);(\d+)H(?:\x1b\[[\d;]*m)?\x1bP[0-9;]*q"1;1;(\d+);(\d+)'
        case TerminalGraphics.CELLS:
            return window.until(lambda _: window.area_of("ff0000"), PICTURED_WITHIN_S)
    found = window.until(lambda _: re.search(pattern, window.raw), PICTURED_WITHIN_S)
    line, column, columns, lines = map(int, found.groups())
    cell = (10, 20) if graphics is TerminalGraphics.SIXEL else (1, 1)
    return column - 1, line - 1, columns // cell[0], lines // cell[1]


@pytest.mark.parametrize("graphics", TerminalGraphics, ids=lambda one: one.name)
def test_a_click_arrives_where_the_picture_was_clicked(
    home: Home, hosted: str, graphics: TerminalGraphics
) -> None:
    with terminal(home, "attach", size=(120, 32), answers=ANSWERS[graphics]) as window:
        window.row_says("seen", "viewerReady")
        window.press("d")
        window.row_says("seen", "draw")
        window.press("i")
        left, top, columns, lines = picture_area(window, graphics)
        assert (columns, lines) in {(59, 18), (59, 19)}
        for x, y in ((3, 2), (columns - 1, lines - 1)):
            window.click_at(left + x, top + y)
            place = ((x + 0.5) / columns * WIDE, (y + 0.5) / lines * HIGH)
            arrived = partial(has_arrived, home, hosted, place)
            window.until(arrived, ARRIVES_WITHIN_S)
        window.press("P")
        window.shows("PAUSED")
        window.click_at(left + 3, top + 2)
        window.shows(HELD[:40])
        window.press("Pi")
        if ERASE[graphics]:
            window.until(lambda _: ERASE[graphics].encode() in window.raw)
    kept = home.json("history", "--session", hosted)["entries"]
    clicks = [one["text"] for one in kept if one["action"] == "session.input"]
    assert [text.split()[0] for text in clicks[-2:]] == ["click", "click"]


def has_arrived(home: Home, session_id: str, place: tuple[float, float], _: Picture) -> bool:
    """Whether the page says that it was clicked last within a cell of a place."""
    told = host_socket.get(home.socket, f"/v1/sessions/{session_id}")["last_message"]
    clicked = json.loads(told or '{"x": -999, "y": -999}')
    return bool(abs(clicked["x"] - place[0]) <= WIDE / 59 and abs(clicked["y"] - place[1]) <= HIGH / 18)
