"""The main screen in the dashboard: targets in the palette, the view of last time, looking without hands."""

import json
from pathlib import Path
from typing import Any

import pytest
from textual.command import CommandPalette
from textual.css.stylesheet import Stylesheet
from textual.events import Key

from browser_host.sessions.views import InstructionView, StaleView
from tests.support.questions import is_asked
from tests.tui.wiring.dashboard import asked, notices, running, setup_for, until
from tests.tui.wiring.fake_host import FakeHost
from tui.host.deck import Access, lost
from tui.screens.confirm import ConfirmScreen
from tui.screens.help import HelpScreen
from tui.style.theme import LIGHT
from tui.trends.trend_screen import TrendScreen
from tui.view.saved_view import ViewFile
from tui.view.sorting import Sort, SortKey
from tui.view.view_state import Switch
from tui.widgets.lines import Lines

pytestmark = pytest.mark.usefixtures("no_quiet_time")

STALE = StaleView("pending", 1_790_000_000.0, 380, 300, "pending 6m20s, limit 5m")


async def choose(pilot: Any, app: Any, text: str, listed: str) -> None:
    await pilot.press("colon")
    await until(pilot, lambda: isinstance(app.screen, CommandPalette))
    await pilot.press(*text)

    def offered() -> bool:
        commands = app.screen.query_one("CommandList")
        return any(listed in str(option.prompt) for option in commands.options)

    await until(pilot, offered)
    await pilot.press("enter")
    await until(pilot, lambda: not isinstance(app.screen, CommandPalette))


async def test_end_stale_from_the_palette_goes_through_the_prompt(host: FakeHost) -> None:
    async with running(setup_for(host)) as (app, pilot):
        host.change("s1", "session.stale", stale=STALE)
        host.change("s3", "session.stale", stale=STALE)
        await until(pilot, lambda: sum(v.stale is not None for v in app.deck.sessions.values()) == 2)
        await choose(pilot, app, "end @stale", "the 2 stale sessions")
        await until(pilot, lambda: is_asked(app))
        host.change("s2", "session.stale", stale=STALE)
        await pilot.press("y")
        action, body = await asked(host)
        assert (action, body["ids"]) == ("endSession", ("s1", "s3"))


async def test_a_mode_for_all_that_is_shown(host: FakeHost) -> None:
    async with running(setup_for(host)) as (app, pilot):
        await pilot.press("slash", *"label:s2", "enter")
        await choose(pilot, app, "draw @shown", "the shown session")
        action, body = await asked(host)
        assert (action, body["ids"], body["mode"]) == ("setMode", ("s2",), "draw")


async def test_an_undo_typed_in_one_breath_undoes(host: FakeHost) -> None:
    async with running(setup_for(host)) as (app, pilot):
        await pilot.press("e")
        await until(pilot, lambda: is_asked(app))
        await pilot.press("y")
        assert (await asked(host))[0] == "endSession"
        await until(pilot, lambda: bool(app._commands.pending(app.deck)))
        for key in ("colon", *"undo", "enter"):  # all are there before the palette is
            app.post_message(Key(key, key if len(key) == 1 else None))
        await until(pilot, lambda: not host.asked.empty())
        assert await asked(host) == ("cancel", ("i1",))
        await until(pilot, lambda: not isinstance(app.screen, CommandPalette))


async def test_enter_in_an_untouched_palette_runs_nothing(host: FakeHost) -> None:
    async with running(setup_for(host)) as (app, pilot):
        await pilot.press("colon", "enter")
        assert isinstance(app.screen, CommandPalette)
        await pilot.press(*"no such thing", "enter")
        assert isinstance(app.screen, CommandPalette)
        assert not app._main.view.selection.marks


async def test_an_end_that_somebody_else_gave_is_not_given_again(host: FakeHost) -> None:
    async with running(setup_for(host)) as (app, pilot):
        theirs = InstructionView("i9", "endSession", "queued", 1_790_000_000.0, "zoe (4242)", "")
        host.change("s1", "instruction.queued", instruction=theirs)
        await until(pilot, lambda: app.deck.sessions["s1"].instruction is not None)
        await pilot.press("e")
        await pilot.pause()
        assert not isinstance(app.screen, ConfirmScreen)
        await pilot.press("space", "space", "e")
        await until(pilot, lambda: is_asked(app))
        await pilot.press("y")
        assert (await asked(host))[1]["ids"] == ("s2",)


async def test_order_width_and_filter_come_back(host: FakeHost, tmp_path: Path) -> None:
    path = tmp_path / "view.json"
    async with running(setup_for(host, views=ViewFile(path, "test"))) as (app, pilot):
        await pilot.press("w", "D", "D", "slash", *"label:s2", "enter")
        assert app._main.view.rows == ("s2",)
    async with running(setup_for(host, views=ViewFile(path, "test"))) as (app, pilot):
        view = app._main.view
        assert (view.rows, view.sort) == (("s2",), Sort(SortKey.STALE, reverse=True))
        assert Switch.WIDE in view.switches
        assert view.query.recalled
        await pilot.press("escape")
        assert app._main.view.rows == ("s1", "s2", "s3")
    assert json.loads(path.read_text())["views"]["test"]["filter"] == ""


async def test_a_broken_file_costs_a_word(host: FakeHost, tmp_path: Path) -> None:
    path = tmp_path / "view.json"
    path.write_text("{")
    async with running(setup_for(host, views=ViewFile(path, "test"))) as (app, pilot):
        await pilot.pause()
        assert "Can't read the saved view" in app._main._painter._said[0] + notices(app)


async def test_a_dashboard_that_only_looks_offers_nothing_that_changes(host: FakeHost) -> None:
    async with running(setup_for(host, access=Access.READ_ONLY)) as (app, pilot):
        await pilot.press("d", "e", "s", "z")
        await pilot.pause()
        assert host.asked.empty()
        assert "This dashboard is read-only (--read-only)" in app._main._painter._said[0]
        offered = {b.binding.id for b in app._main.active_bindings.values() if b.enabled}
        assert not offered & {"end", "plan", "mode-draw", "color-next", "color-choose", "undo"}


async def test_the_column_to_sort_by_is_chosen(host: FakeHost) -> None:
    async with running(setup_for(host)) as (app, pilot):
        await pilot.press("o")
        await until(pilot, lambda: app.screen is not app._main)
        await pilot.press("o", "o")
        await until(pilot, lambda: app.screen is not app._main)
        await pilot.press("D")
        await until(pilot, lambda: app._main.view.sort == Sort(SortKey.STALE))
        await pilot.press("o")
        await until(pilot, lambda: app.screen is not app._main)
        await pilot.press("enter")
        await until(pilot, lambda: app._main.view.sort == Sort(SortKey.STALE, reverse=True))


@pytest.mark.parametrize("key", ["colon", "S", "o"])
async def test_lists_can_be_paged_on_the_smallest_terminal(host: FakeHost, key: str) -> None:
    async with running(setup_for(host)) as (app, pilot):
        await pilot.resize_terminal(20, 3)
        await pilot.press(key)
        await until(pilot, lambda: app.screen is not app._main)
        await pilot.press("pagedown", "pageup", "home", "end", "down", "pagedown")
        await pilot.resize_terminal(120, 40)
        await pilot.press("pagedown", "escape")
        assert app.is_running


async def test_counts_over_time_open_and_close(host: FakeHost) -> None:
    async with running(setup_for(host)) as (app, pilot):
        await pilot.press("ctrl+t")
        await until(pilot, lambda: isinstance(app.screen, TrendScreen))
        shown = app.screen.query_one("#trend", Lines)
        await until(pilot, lambda: "live 3" in shown.render_line(2).text)
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app._main)


@pytest.mark.parametrize("key", ["ctrl+t", "I"])
async def test_charts_and_pictures_show_how_the_host_stands(host: FakeHost, key: str) -> None:
    async with running(setup_for(host)) as (app, pilot):
        await pilot.press(key)
        await until(pilot, lambda: app.screen is not app._main)
        app._take(lost(app.deck, 1_790_000_000.0))
        app._show()
        await until(pilot, lambda: "HOST LOST" in app.screen._compositor.render_strips(app.size)[0].text)
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))


async def test_a_notice_goes_when_a_question_opens(host: FakeHost) -> None:
    async with running(setup_for(host)) as (app, pilot):
        app.say("said before")
        await until(pilot, lambda: app._main._painter._said[0] == "said before")
        await pilot.press("e")
        await until(pilot, lambda: is_asked(app))
        assert app._main._painter._said[0] == ""


async def test_style_sheets_are_read_once(host: FakeHost, monkeypatch: pytest.MonkeyPatch) -> None:
    read_again: list[Stylesheet] = []
    monkeypatch.setattr(Stylesheet, "reparse", read_again.append)
    async with running(setup_for(host, theme="watchdeck-light")) as (app, _):
        assert app.theme_variables["background"].lower() == LIGHT.background
        assert (app.has_class("-light-mode"), app.has_class("-dark-mode")) == (True, False)
    assert read_again == []


async def test_an_unknown_theme_is_told(host: FakeHost) -> None:
    async with running(setup_for(host, theme="chalk")) as (app, _):
        assert "unknown theme 'chalk'" in app._main._painter._said[0] + notices(app)
