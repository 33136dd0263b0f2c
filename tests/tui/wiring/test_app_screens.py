"""The screens that open over the main one, in a whole dashboard on a scripted host."""

import pytest

from browser_host.config.choices import GlyphChoice
from browser_host.sessions.views import EndedView
from tests.support.questions import is_asked
from tests.tui.wiring.dashboard import asked, notices, printed, running, setup_for, until
from tests.tui.wiring.fake_host import FakeHost, session
from tui.screens.choose_color import PALETTE, ChooseColorScreen
from tui.screens.detail import DetailScreen
from tui.screens.help import HelpScreen
from tui.screens.plan import PlanScreen
from tui.style.glyphs import chosen

pytestmark = pytest.mark.usefixtures("no_quiet_time")


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
