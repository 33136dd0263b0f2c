"""The whole dashboard against a scripted host on a real socket."""

import asyncio
import io
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from textual.pilot import Pilot
from textual.widgets import Static

from browser_host.api.schema import RESYNC
from browser_host.config.choices import GlyphChoice
from browser_host.errors import Refused
from browser_host.sessions.clock import system_clock
from browser_host.sessions.views import EndedView
from tests.support.patience import patient
from tests.support.questions import is_asked
from tests.tui.wiring.fake_host import FakeHost, session
from tui.app import WatchdeckApp
from tui.host.connection import GONE
from tui.host.deck import ConnectionState
from tui.screens import quiet
from tui.screens.choose_color import PALETTE, ChooseColorScreen
from tui.screens.confirm import ConfirmScreen
from tui.screens.detail import DetailScreen
from tui.screens.help import HelpScreen
from tui.screens.plan import PlanScreen
from tui.setup import Setup
from tui.style.glyphs import chosen

DEADLINE_S = 5


@pytest.fixture(autouse=True)
def no_guard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quiet, "QUIET_S", 0.001)


def setup_for(host: FakeHost, **changes: Any) -> Setup:
    basis = Setup(
        socket=host.path,
        refresh_hz=50,
        theme="watchdeck",
        log=Path("tui.log"),
        animate=False,
        environment="test",
    )
    return replace(basis, **changes)


async def until(pilot: Pilot[None], holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(patient(DEADLINE_S)):
        while not holds():
            await pilot.pause(0.01)


@asynccontextmanager
async def running(setup: Setup) -> AsyncIterator[tuple[WatchdeckApp, Pilot[None]]]:
    app = WatchdeckApp(setup)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: app.attached)
        yield app, pilot


async def asked(host: FakeHost) -> tuple[str, Any]:
    async with asyncio.timeout(patient(DEADLINE_S)):
        return await host.asked.get()


def printed(app: WatchdeckApp) -> str:
    """What the statics of the screen on top say."""
    console = Console(width=120, color_system=None, file=io.StringIO())
    with console.capture() as capture:
        for widget in app.screen.query(Static):
            console.print(widget.content)
    return capture.get()


def notices(app: WatchdeckApp) -> str:
    return app._main._painter._said[0]


async def test_a_key_instructs_the_session_under_the_cursor(host: FakeHost) -> None:
    async with running(setup_for(host)) as (_, pilot):
        await pilot.press("j", "d")
        action, body = await asked(host)
        assert (action, body["ids"], body["mode"], body["wait"]) == ("setMode", ("s2",), "draw", False)


async def test_a_refusal_is_told_in_plain_words(host: FakeHost) -> None:
    host.refusal = Refused("this host is [b]read-only[/b]")
    async with running(setup_for(host)) as (app, pilot):
        await pilot.press("s")
        await until(pilot, lambda: "[b]read-only[/b]" in notices(app))


async def test_end_asks_and_ends_the_targets_of_the_key_press(host: FakeHost) -> None:
    async with running(setup_for(host)) as (app, pilot):
        await pilot.press("j", "e")
        await until(pilot, lambda: is_asked(app))
        for number in range(5):
            host.change("s1", events=number)
        await pilot.press("y")
        action, body = await asked(host)
        assert (action, body["ids"]) == ("endSession", ("s2",))


async def test_nothing_is_ended_if_undo_got_shorter_meanwhile(
    host: FakeHost,
) -> None:
    async with running(setup_for(host)) as (app, pilot):
        await pilot.press("e")
        await until(pilot, lambda: is_asked(app))
        host.undo_s = 0.0
        host.events.publish(RESYNC, None, system_clock(), {})
        await until(pilot, lambda: app.deck.host is not None and app.deck.host.undo_s == 0.0)
        await pilot.press("y")
        await until(pilot, lambda: "nothing was ended" in notices(app))
        assert host.asked.empty()


async def test_cancelling_ends_nothing(host: FakeHost) -> None:
    async with running(setup_for(host)) as (app, pilot):
        await pilot.press("e")
        await until(pilot, lambda: is_asked(app))
        await pilot.press("enter")
        await until(pilot, lambda: not isinstance(app.screen, ConfirmScreen))
        await pilot.press("d")
        assert (await asked(host))[0] == "setMode"


async def test_the_ends_that_wait_are_counted_down_and_taken_back(host: FakeHost) -> None:
    async with running(setup_for(host)) as (app, pilot):
        await pilot.press("space", "space", "e")
        await until(pilot, lambda: is_asked(app))
        await pilot.press("y")
        assert (await asked(host))[1]["ids"] == ("s1", "s2")
        await until(pilot, lambda: app._ends.counted_down.startswith("Ending 2 sessions in "))
        await pilot.press("z")
        assert await asked(host) == ("cancel", ("i1", "i2"))
        await until(pilot, lambda: app._ends.counted_down == "")


async def test_leaving_with_ends_pending_asks(host: FakeHost) -> None:
    async with running(setup_for(host)) as (app, pilot):
        await pilot.press("e")
        await until(pilot, lambda: is_asked(app))
        await pilot.press("y")
        await until(pilot, lambda: bool(app._commands.pending(app.deck)))
        await pilot.press("q")
        await until(pilot, lambda: is_asked(app))
        said = "\n".join(str(widget.render()) for widget in app.screen.query(Static))
        assert "1 end is pending. If you leave now, the host keeps running and sends them" in said
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, ConfirmScreen))
        await pilot.press("q")
        await until(pilot, lambda: is_asked(app))
        await pilot.press("y")
        await until(pilot, lambda: not app.is_running)


@pytest.mark.parametrize("key", ["q", "ctrl+q"])
async def test_leaving_with_nothing_pending_leaves(host: FakeHost, key: str) -> None:
    async with running(setup_for(host)) as (app, pilot):
        await pilot.press(key)
        await until(pilot, lambda: not app.is_running)


async def test_escape_never_leaves(host: FakeHost) -> None:
    async with running(setup_for(host)) as (app, pilot):
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, DetailScreen))
        await pilot.press("escape", "escape", "escape")
        assert app.is_running
        assert not isinstance(app.screen, DetailScreen)


async def test_the_detail_acts_on_its_session_and_no_other(host: FakeHost) -> None:
    async with running(setup_for(host)) as (app, pilot):
        await pilot.press("a", "enter")
        await until(pilot, lambda: isinstance(app.screen, DetailScreen))
        assert (await asked(host))[0] == "detail"
        for key, action in (("d", "setMode"), ("p", "setMode"), ("c", "setMode"), ("s", "switchColor")):
            await pilot.press(key)
            while (told := await asked(host))[0] == "detail":
                pass
            assert (told[0], told[1]["ids"]) == (action, ("s1",))
        await pilot.press("e")
        await until(pilot, lambda: is_asked(app))
        await pilot.press("y")
        while (told := await asked(host))[0] == "detail":
            pass
        assert (told[0], told[1]["ids"]) == ("endSession", ("s1",))
        assert [type(screen) for screen in app.screen_stack[-1:]] == [DetailScreen]
        await pilot.press("question_mark")
        assert any(isinstance(screen, HelpScreen) for screen in app.screen_stack)


async def test_the_detail_of_an_ended_session_offers_no_action(host: FakeHost) -> None:
    host.sessions["s1"] = session("s1", ended=EndedView("terminated", 1.0), hosting="ended")
    async with running(setup_for(host)) as (app, pilot):
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, DetailScreen))
        offered = {b.binding.id for b in app.screen.active_bindings.values() if b.enabled}
        assert not offered & {"end", "mode-draw", "color-next"}
        frame = app.screen.query_one("VerticalScroll")
        await until(pilot, lambda: frame.border_subtitle == "esc back, z undo, ? help")
        await pilot.press("e")
        assert "has already ended" in str(frame.border_subtitle)


async def test_a_colour_is_chosen_by_name_or_typed(host: FakeHost) -> None:
    async with running(setup_for(host)) as (app, pilot):
        await pilot.press("S")
        await until(pilot, lambda: isinstance(app.screen, ChooseColorScreen))
        await pilot.press("down", "enter")
        assert (await asked(host))[1]["color"] in PALETTE.values()
        await until(pilot, lambda: not isinstance(app.screen, ChooseColorScreen))
        await pilot.press("S")
        await until(pilot, lambda: isinstance(app.screen, ChooseColorScreen))
        await pilot.press("tab", *"zz", "enter")
        assert isinstance(app.screen, ChooseColorScreen)
        await pilot.press("backspace", "backspace", *"1E90ff", "enter")
        assert (await asked(host))[1]["color"] == "#1e90ff"


async def test_the_detail_is_live_and_shows_a_pages_text_as_data(host: FakeHost) -> None:
    async with running(setup_for(host)) as (app, pilot):
        await pilot.press("enter")
        assert await asked(host) == ("detail", "s1")

        def shown() -> str:
            return printed(app)

        await until(pilot, lambda: "hm" in shown())
        assert "[b]active[/b]" in shown()
        assert "\x1b[2J" not in shown()
        host.change("s1", status="terminated")
        await until(pilot, lambda: "terminated" in shown())
        assert await asked(host) == ("detail", "s1")


async def test_help_shows_the_users_own_keys(host: FakeHost) -> None:
    async with running(setup_for(host, keymap={"end": "x", "ned": "y"})) as (app, pilot):
        assert "unknown action 'ned', did you mean 'end'" in notices(app)
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        line = next(line for line in printed(app).splitlines() if line.rstrip().endswith(" end"))
        assert line.split()[0] == "x"
        await pilot.press("escape", "x")
        await until(pilot, lambda: is_asked(app))


async def test_help_has_the_filter_language_and_a_search(host: FakeHost) -> None:
    async with running(setup_for(host)) as (app, pilot):
        await pilot.press("question_mark")
        assert "pendingRequest" in printed(app)
        await pilot.press("slash", *"silent q")
        assert isinstance(app.screen, HelpScreen), "q was typed"
        await pilot.press("backspace", "backspace", "enter")
        assert "silent>" in printed(app)
        assert "pendingRequest" not in printed(app)
        await pilot.press("slash", "escape")
        assert "pendingRequest" in printed(app)
        await pilot.press("escape")
        assert len(app.screen_stack) == 1


async def test_caps_lock_opens_no_bulk_end_unnoticed(host: FakeHost) -> None:
    async with running(setup_for(host)) as (app, pilot):
        await pilot.press("ctrl+z")
        assert "z undoes, q leaves" in notices(app)
        await pilot.press("J", "E")
        assert app.screen is app._main
        assert "press E again" in notices(app)
        await pilot.press("E")
        await until(pilot, lambda: isinstance(app.screen, PlanScreen))


async def test_ascii_glyphs_leave_no_other_sign(host: FakeHost) -> None:
    async with running(setup_for(host, glyphs=chosen(GlyphChoice.ASCII))) as (app, pilot):
        for key in ("f1", "h", "E", "question_mark", "e", "enter"):
            await pilot.press(key)
            await pilot.pause()
            strips = app.screen._compositor.render_strips(app.size)
            lines = ["".join(segment.text for segment in strip) for strip in strips]
            assert [line for line in lines if not line.isascii() and "[b]" not in line] == [], key
            await pilot.press("escape")


async def test_the_palette_runs_an_action_by_its_name(host: FakeHost) -> None:
    async with running(setup_for(host)) as (_, pilot):
        await pilot.press("colon", *"pointer", "enter")
        action, body = await asked(host)
        assert (action, body["mode"]) == ("setMode", "pointer")


async def test_a_lost_host_is_told_and_attached_to_again(host: FakeHost) -> None:
    async with running(setup_for(host)) as (app, pilot):
        await host.go_away()
        await until(pilot, lambda: app.deck.link is ConnectionState.LOST)
        assert list(app.deck.sessions) == ["s1", "s2", "s3"]
        await until(pilot, lambda: GONE in notices(app))
        await host.serve()
        await until(pilot, lambda: app.attached)


async def test_the_end_of_the_dashboards_own_host_is_told(host: FakeHost) -> None:
    async with running(setup_for(host, host_ended=lambda: "the host ended with exit code 9")) as (app, pilot):
        await host.go_away()
        await until(pilot, lambda: "exit code 9" in notices(app))


async def test_a_fault_is_told_without_locals(host: FakeHost, capsys: pytest.CaptureFixture[str]) -> None:
    app = WatchdeckApp(setup_for(host))
    canary = "canary-of-a-page"

    async def fails() -> None:
        async with app.run_test():
            local = canary
            app.call_later(lambda: len(local) / 0)
            await asyncio.wait_for(app._exception_event.wait(), DEADLINE_S)

    with pytest.raises(ZeroDivisionError):
        await fails()
    assert canary not in capsys.readouterr().err


async def test_t_tries_the_row_under_the_cursor_again(host: FakeHost) -> None:
    async with running(setup_for(host)) as (app, pilot):
        await pilot.press("j", "t")
        assert await asked(host) == ("retry", ("s2",))
        await until(pilot, lambda: "Retrying 1" in app._main._painter._said[0])


async def test_a_key_held_down_instructs_each_session_once(host: FakeHost) -> None:
    async with running(setup_for(host)) as (app, pilot):
        await pilot.press("a", *["d"] * 60)
        assert sorted((await asked(host))[1]["ids"]) == ["s1", "s2", "s3"]
        assert "Already under way" in notices(app)
        await pilot.press("p", *["p"] * 20)
        assert (await asked(host))[1]["mode"] == "pointer"
        assert host.asked.empty()


async def test_one_notice_at_a_time_stands_on_its_line(host: FakeHost) -> None:
    async with running(setup_for(host)) as (app, pilot):
        for _ in range(3):
            app.notify("first", severity="warning")
            app.notify("second", severity="error")
        await pilot.pause()
        assert not app._notifications
        assert notices(app) == "second"


async def test_after_a_bulk_end_marks_go_and_a_summary_stands(host: FakeHost) -> None:
    host.undo_s = 0.0
    async with running(setup_for(host)) as (app, pilot):
        await pilot.press("a", "e")
        await until(pilot, lambda: is_asked(app))
        await pilot.press("y")
        await asked(host)
        await until(pilot, lambda: all(view.instruction for view in app.deck.sessions.values()))
        for session_id, state in (("s1", "confirmed"), ("s2", "confirmed"), ("s3", "unconfirmed")):
            host.outcome(session_id, state)
        await until(pilot, lambda: notices(app) == "2 of 3 ended: 2 confirmed, 1 unconfirmed")
        assert app._main.view.selection.marks == {"s3"}
