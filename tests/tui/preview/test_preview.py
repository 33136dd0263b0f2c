"""The panel beside the table, against a scripted host on a real socket."""

import asyncio
import re

import pytest
from textual.pilot import Pilot

from browser_host.errors import Refused
from browser_host.protocol.pointer_input import Place, PointerInput, PointerKind
from browser_host.sessions.views import InstructionView
from tests.tui.wiring.dashboard import asked, running, setup_for, until
from tests.tui.wiring.fake_host import FakeHost
from tui.app import WatchdeckApp
from tui.preview.gesture import FRESH_S, OLD
from tui.preview.pictures import ERASE
from tui.terminal_graphics import GraphicsAnswered, TerminalGraphics

ATTRIBUTES = "\x1b[c"


def words(app: WatchdeckApp) -> list[str]:
    panel = app._main.preview
    return [panel.render_line(y).text.strip() for y in range(panel.size.height)]


async def test_i_shows_the_page_under_the_cursor_until_pressed(host: FakeHost) -> None:
    async with running(setup_for(host, preview_every_s=0.05)) as (app, pilot):
        panel = app._main.preview
        await pilot.press("i")
        assert await asked(host) == ("screenshot", ("s1", 2 * panel.room[0]))
        assert await asked(host) == ("screenshot", ("s1", 2 * panel.room[0]))  # and again
        await until(pilot, lambda: any("kB" in one for one in words(app)))
        assert words(app)[0] == "label of s1"
        drawn = [segment.style.bgcolor for segment in panel.render_line(1) if segment.style is not None]
        drawn = [drawn[1], drawn[-2]]
        assert [ground.triplet for ground in drawn if ground is not None] == [(255, 0, 0), (0, 0, 255)]
        await pilot.press("j")
        await until(pilot, lambda: words(app)[0] == "label of s2")
        while (await asked(host))[1][0] != "s2":
            pass
        await pilot.press("i")
        assert not panel.is_open
        await is_quiet(host, pilot)


async def test_a_refusal_is_shown_and_something_above_it_stops_it(host: FakeHost) -> None:
    host.refusal = Refused("this host gives no pictures")
    async with running(setup_for(host, preview_every_s=0.05)) as (app, pilot):
        await pilot.press("i")
        await until(pilot, lambda: "this host gives no pictures" in words(app))
        await pilot.press("E")
        await until(pilot, lambda: app.screen is not app._main)
        await is_quiet(host, pilot)


async def test_what_to_do_is_readable_in_a_narrow_panel(host: FakeHost) -> None:
    host.refusal = Refused("pictures need a library that is not installed: pip install 'watchdeck[preview]'")
    async with running(setup_for(host, preview_every_s=0.05)) as (app, pilot):
        await pilot.press("i")
        await until(pilot, lambda: "library" in " ".join(words(app)))
        assert "pip install 'watchdeck[preview]'" in " ".join(words(app))


async def input_asked(host: FakeHost) -> tuple[str, PointerInput]:
    while (asking := await asked(host))[0] != "input":
        pass
    return asking[1]  # type: ignore[no-any-return]


async def test_a_click_and_a_drag_go_to_the_page_that_was_seen(host: FakeHost) -> None:
    clock = [1_790_000_000.0]
    host.change("s1", mode="draw")
    async with running(setup_for(host, preview_every_s=60.0, clock=lambda: clock[0])) as (app, pilot):
        panel = app._main.preview
        await pilot.press("i")
        await until(pilot, lambda: any("kB" in one for one in words(app)))
        columns, lines = panel._drawing.size
        assert await pilot.click(panel, offset=(1 + 4, 1 + 3))
        click = Place(4.5 / columns, 3.5 / lines)
        assert await input_asked(host) == ("s1", PointerInput(PointerKind.CLICK, (click,)))
        await pilot.mouse_down(panel, offset=(1, 1))
        await pilot.hover(panel, offset=(3, 2))
        await pilot.mouse_up(panel, offset=(columns, 0))
        way = ((0, 0), (2, 1), (columns - 1, 0))
        places = tuple(Place((x + 0.5) / columns, (y + 0.5) / lines) for x, y in way)
        assert await input_asked(host) == ("s1", PointerInput(PointerKind.DRAG, places))
        await pilot.mouse_down(panel, offset=(3, 3))
        await pilot.press("j")  # to another session: what was begun is for nobody
        await pilot.mouse_up(panel, offset=(4, 4))
        await pilot.press("k")
        await until(pilot, lambda: any("kB" in one for one in words(app)))
        clock[0] += FRESH_S + 1
        await pilot.click(panel, offset=(5, 5))
        await until(pilot, lambda: OLD in app._main._painter._said[0])
        assert "input" not in {(await asked(host))[0] for _ in range(host.asked.qsize())}


async def test_a_narrow_terminal_shows_label_and_state_beside_it(host: FakeHost) -> None:
    app = WatchdeckApp(setup_for(host))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: bool(app.deck.sessions))
        await pilot.press("i")
        await until(pilot, lambda: app._main.preview.size.width > 0)
        table = app._main._painter.table
        await until(
            pilot, lambda: [one.column.id for one in table.columns.placed] == ["label", "hosting", "status"]
        )
        assert app._main.preview.room[0] >= 28
        host.change(
            "s1",
            "session.instruction",
            instruction=InstructionView("i1", "switchColor", "confirmed", 1.0, "ada", ""),
        )
        await until(pilot, lambda: "color confirmed" in words(app))


async def test_graphics_are_erased_when_something_covers_them(
    host: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(setup_for(host, preview_every_s=60.0)) as (app, pilot):
        written: list[str] = []
        monkeypatch.setenv("TMUX", "socket,1,0")
        monkeypatch.setattr(app, "_write", written.append)
        await pilot.press("i")
        assert written == [ATTRIBUTES]
        app.post_message(GraphicsAnswered(TerminalGraphics.KITTY))
        app.post_message(GraphicsAnswered(TerminalGraphics.SIXEL))  # the attributes of the same terminal
        await until(pilot, lambda: len(written) == 2)
        assert re.match(r"\x1b7\x1b\[5;62H\x1b_Ga=T,.*\x1b8$", written[1])
        await pilot.press("A")
        await until(pilot, lambda: written[2:] == [ERASE[TerminalGraphics.KITTY]])
        await pilot.press("escape")
        await until(pilot, lambda: len(written) == 4)
        await pilot.press("i", "i")
        await until(pilot, lambda: len(written) == 6)
        assert (written[4], written.count(ATTRIBUTES)) == (ERASE[TerminalGraphics.KITTY], 1)


async def is_quiet(host: FakeHost, pilot: Pilot[None]) -> None:
    """Nothing more is asked once what was under way is done."""
    while not host.asked.empty():
        host.asked.get_nowait()
        await pilot.pause(0.05)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(host.asked.get(), 0.1)
