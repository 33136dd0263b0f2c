"""The main screen at the keys: what it asks for, of whom, and what it refuses."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from textual.events import MouseScrollDown
from textual.pilot import Pilot

from tests.tui.deck.screen_samples import HOST, NOW, SampleApp, deck, session
from tui.host import deck as state
from tui.host.deck import Deck
from tui.screens import messages
from tui.view.actions import ACTIONS
from tui.view.view_state import Switch
from tui.widgets.table import SessionTable

FIVE = deck(*(session(f"s{n}", label=f"label {n}") for n in range(5)))
MANY = deck(*(session(f"s{n:03}", label=f"label {n}") for n in range(200)))


@asynccontextmanager
async def showing(
    held: Deck, size: tuple[int, int] = (100, 30)
) -> AsyncIterator[tuple[SampleApp, Pilot[None]]]:
    app = SampleApp()
    async with app.run_test(size=size) as pilot:
        await shown(app, pilot, held)
        yield app, pilot


async def shown(app: SampleApp, pilot: Pilot[None], held: Deck) -> None:
    app.main.show(held, NOW)
    await pilot.pause()


def screen_text(app: SampleApp) -> str:
    size = app.size
    return "\n".join(
        "".join(segment.text for segment in strip) for strip in app.screen._compositor.render_strips(size)
    )


@pytest.mark.parametrize(
    ("key", "instruction"),
    [
        ("d", {"action": "setMode", "mode": "draw"}),
        ("p", {"action": "setMode", "mode": "pointer"}),
        ("c", {"action": "setMode", "mode": "cursor"}),
        ("s", {"action": "switchColor"}),
    ],
)
async def test_a_reversible_key_instructs_the_row_under_the_cursor(
    key: str, instruction: dict[str, str]
) -> None:
    async with showing(FIVE) as (app, pilot):
        await pilot.press("j", key)
        assert app.asked == [messages.Instructed(("s1",), instruction)]


async def test_keys_hit_the_marks_when_there_are_any() -> None:
    async with showing(FIVE) as (app, pilot):
        await pilot.press("space", "space", "G", "e", "S")
        assert app.asked == [
            messages.EndAsked(("s0", "s1"), "the 2 marked sessions"),
            messages.ColorChoiceAsked(("s0", "s1")),
        ]


async def test_ids_are_those_of_the_key_press() -> None:
    async with showing(FIVE) as (app, pilot):
        await pilot.press("j", "e")
        await shown(app, pilot, deck(session("zz", label="newcomer"), FIVE.sessions["s4"]))
        assert app.asked == [messages.EndAsked(("s1",), "the session under the cursor")]


async def test_each_asking_key_asks_the_app() -> None:
    async with showing(FIVE) as (app, pilot):
        await pilot.press("enter", "y", "z", "question_mark", "colon", "ctrl+p", "q")
        kinds = [type(message) for message in app.asked]
        assert kinds == [
            messages.DetailAsked,
            messages.CopyAsked,
            messages.UndoAsked,
            messages.HelpAsked,
            messages.PaletteAsked,
            messages.PaletteAsked,
            messages.QuitAsked,
        ]
        assert app.asked[:2] == [messages.DetailAsked("s0"), messages.CopyAsked("s0")]


async def test_no_key_typed_into_the_filter_acts() -> None:
    async with showing(FIVE) as (app, pilot):
        await pilot.press("slash")
        for action in ACTIONS:
            for key in action.keys.split(","):
                if key not in {"enter", "escape"}:
                    await pilot.press(key)
        assert app.asked == []
        assert not app.main.view.selection.marks
        assert app.main.view.switches is Switch.NONE
        await pilot.press("escape")
        assert app.asked == []
        assert app.main.view.rows == tuple(FIVE.sessions)


async def test_the_filter_works_while_it_is_typed_and_enter_keeps_it() -> None:
    async with showing(FIVE) as (app, pilot):
        await pilot.press("slash", *"el 3")
        assert app.main.view.rows == ("s3",)
        await pilot.press("enter")
        await pilot.press("d")
        assert app.asked == [messages.Instructed(("s3",), {"action": "setMode", "mode": "draw"})]
        assert "el 3" in screen_text(app)
        await pilot.press("escape")
        assert app.main.view.rows == tuple(FIVE.sessions)


async def test_a_filter_that_cannot_be_read_says_where_and_is_not_kept() -> None:
    async with showing(FIVE) as (app, pilot):
        await pilot.press("slash", *"hosting:x", "enter")
        assert "character 9" in screen_text(app)
        await pilot.press("d")
        assert app.asked == [], "the box is still open"


async def test_leaving_the_filter_goes_back_to_the_row() -> None:
    async with showing(FIVE) as (app, pilot):
        await pilot.press("j", "j", "slash", *"el 4")
        assert app.main.view.selection.cursor == "s4"
        await pilot.press("escape")
        assert app.main.view.selection.cursor == "s2"


async def test_cursor_moved_by_itself_is_named_before_acting() -> None:
    async with showing(FIVE) as (app, pilot):
        await pilot.press("j")
        await shown(app, pilot, deck(*(view for view in FIVE.sessions.values() if view.id != "s1")))
        await pilot.press("d")
        assert app.asked == []
        await pilot.pause()
        assert "The target is now label 2" in screen_text(app)
        await pilot.press("d")
        assert app.asked == [messages.Instructed(("s2",), {"action": "setMode", "mode": "draw"})]


async def test_cursor_is_named_before_acting_once_all_marks_left() -> None:
    async with showing(FIVE) as (app, pilot):
        await pilot.press("space")
        await shown(app, pilot, deck(*(view for view in FIVE.sessions.values() if view.id != "s0")))
        await pilot.press("d")
        assert app.asked == []
        await pilot.pause()
        assert "The target is now label 1" in screen_text(app)
        await pilot.press("d")
        assert app.asked == [messages.Instructed(("s1",), {"action": "setMode", "mode": "draw"})]


async def test_following_never_lends_its_row_to_a_key() -> None:
    async with showing(FIVE) as (app, pilot):
        await pilot.press("F")
        await shown(app, pilot, replace(FIVE, newest="s3"))
        assert app.main.view.selection.cursor == "s3"
        await pilot.press("e")
        assert app.asked == []
        assert Switch.FOLLOW not in app.main.view.switches


async def test_row_out_of_sight_is_shown_before_acting() -> None:
    async with showing(MANY) as (app, pilot):
        table = app.main.query_one(SessionTable)
        for _ in range(20):
            await pilot._post_mouse_events([MouseScrollDown], table)
        assert not table.in_sight("s000")
        await pilot.press("d")
        assert app.asked == []
        assert table.in_sight("s000")
        await pilot.press("d")
        assert len(app.asked) == 1


async def test_a_click_moves_the_cursor_to_the_row_that_is_drawn_there() -> None:
    async with showing(MANY) as (app, pilot):
        await pilot.press("G")
        await pilot.pause()
        await pilot.click(SessionTable, offset=(5, 3))
        table = app.main.query_one(SessionTable)
        assert app.main.view.selection.cursor == f"s{200 - table.size.height + 3:03}"


async def test_paging_and_edges_keep_the_cursor_in_sight() -> None:
    async with showing(MANY) as (app, pilot):
        table = app.main.query_one(SessionTable)
        for key in ("pagedown", "pagedown", "pageup", "G", "up", "g", "end", "home", "down"):
            await pilot.press(key)
            assert table.in_sight(app.main.view.selection.cursor or "")


async def test_a_smaller_terminal_keeps_cursor_and_marks() -> None:
    async with showing(MANY, (120, 40)) as (app, pilot):
        await pilot.press(*["j"] * 30, "space")
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        held = app.main.view.selection
        assert (held.cursor, held.marks) == ("s031", frozenset({"s030"}))
        assert app.main.query_one(SessionTable).in_sight("s031")


async def test_a_lost_host_greys_the_rows_and_refuses_in_words() -> None:
    async with showing(FIVE) as (app, pilot):
        await shown(app, pilot, state.lost(FIVE, NOW - 60))
        await pilot.press("d", "e", "z")
        await pilot.pause()
        text = screen_text(app)
        assert app.asked == []
        assert "HOST LOST 1m" in text
        assert "Connection to the host lost; nothing can be sent until it is back" in text
        assert "label 3" in text
        await shown(app, pilot, FIVE)
        await pilot.press("d")
        assert len(app.asked) == 1


async def test_a_read_only_host_offers_no_instruction() -> None:
    async with showing(replace(FIVE, host=replace(HOST, read_only=True))) as (app, pilot):
        await pilot.press("d", "e", "s", "S")
        await pilot.pause()
        text = screen_text(app)
        assert app.asked == []
        assert "READ-ONLY" in text
        assert "The host is read-only" in text
        assert " e end " not in text
        offered = {b.binding.id for b in app.main.active_bindings.values() if b.enabled}
        assert not offered & {"end", "mode-draw", "color-next", "color-choose", "undo"}
        assert {"mark", "filter", "detail"} <= offered


async def test_paused_holds_the_picture_loudly_until_it_goes_on() -> None:
    async with showing(FIVE) as (app, pilot):
        await pilot.press("P")
        await shown(app, pilot, deck(session("later", label="later")))
        text = screen_text(app)
        assert "PAUSED" in text
        assert "label 3" in text
        assert "later" not in text
        await pilot.press("P")
        await pilot.pause()
        assert "later" in screen_text(app)


async def test_a_paused_picture_still_says_that_the_host_is_lost() -> None:
    async with showing(FIVE) as (app, pilot):
        await pilot.press("P")
        await shown(app, pilot, state.lost(FIVE, NOW))
        assert "HOST LOST" in screen_text(app)


async def test_faults_only_and_wide() -> None:
    held = deck(session("well"), session("ill", hosting="lost"))
    async with showing(held, (200, 30)) as (app, pilot):
        await pilot.press("f", "w")
        await pilot.pause()
        assert app.main.view.rows == ("ill",)
        assert "visitor" in screen_text(app)


async def test_a_key_that_changes_nothing_in_sight_says_so() -> None:
    async with showing(FIVE, (80, 24)) as (app, pilot):
        await pilot.press("w")
        await pilot.pause()
        assert "No room for other columns" in screen_text(app)
        await pilot.press("space", "L")
        await pilot.pause()
        assert "Rows keep their places" in screen_text(app)
        await pilot.press("P", "d")
        await pilot.pause()
        assert "P shows the outcome" in screen_text(app)
        await pilot.press("P", "U")
        assert isinstance(app.asked[-1], messages.Instructed)


async def test_a_wide_terminal_has_room_for_other_columns() -> None:
    async with showing(FIVE, (200, 30)) as (app, pilot):
        await pilot.press("w")
        await pilot.pause()
        assert "No room" not in screen_text(app)


async def test_a_filter_that_cannot_be_read_is_named_so() -> None:
    async with showing(FIVE) as (app, pilot):
        await pilot.press("slash", *"status:foo")
        await pilot.pause()
        text = screen_text(app)
        assert "The filter can't be read yet" in text
        assert "No session matches" not in text


async def test_the_cursor_comes_back_to_its_session_after_faults_only() -> None:
    held = deck(session("a"), session("b"), session("ill", hosting="lost"))
    async with showing(held) as (app, pilot):
        await pilot.press("j", "f")
        assert app.main.view.selection.cursor == "ill"
        await pilot.press("f")
        assert app.main.view.selection.cursor == "b"
        await pilot.press("d")
        assert app.asked == [messages.Instructed(("b",), {"action": "setMode", "mode": "draw"})]


async def test_the_cursor_comes_back_after_a_filter_that_was_kept() -> None:
    async with showing(FIVE) as (app, pilot):
        await pilot.press("j", "j", "slash", *"el 4", "enter", "escape")
        assert app.main.view.selection.cursor == "s2"
        await pilot.press("slash", *"el 4", "enter", "d", "escape")
        assert app.main.view.selection.cursor == "s4", "it was acted on"


async def test_sorting_keeps_the_cursor_and_shows_its_arrow() -> None:
    held = deck(session("a", label="zeta"), session("b", label="alpha"))
    async with showing(held) as (app, pilot):
        await pilot.press("L")
        await pilot.pause()
        assert app.main.view.rows == ("b", "a")
        assert app.main.view.selection.cursor == "a"
        assert "session↑" in screen_text(app)
        await pilot.press("L")
        assert app.main.view.rows == ("a", "b")


async def test_an_empty_table_says_what_to_do() -> None:
    async with showing(deck(), (80, 24)) as (app, _):
        text = screen_text(app)
        assert "watchdeck add --url -" in text
        assert "[[sessions]]" in text
        assert "…" not in text


async def test_markup_and_escapes_in_a_label_are_shown_as_they_are() -> None:
    held = deck(session("a", label="[bold]x[/] \x1b[2J"))
    async with showing(held, (180, 24)) as (app, _):
        assert "[bold]x[/] ␛[2J" in screen_text(app)


async def test_escape_never_quits() -> None:
    async with showing(FIVE) as (app, pilot):
        await pilot.press("escape", "escape", "escape")
        assert app.asked == []
        assert app.is_running


async def test_a_users_keys_are_in_the_footer() -> None:
    async with showing(FIVE) as (app, pilot):
        app.set_keymap({"end": "x"})
        await pilot.pause()
        assert " x end " in screen_text(app)
        await pilot.press("x")
        assert len(app.asked) == 1
