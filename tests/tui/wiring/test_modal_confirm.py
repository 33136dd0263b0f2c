"""The prompt before an end: the accidents that it is there to prevent."""

import time
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from textual import events
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Static

from browser_host.sessions.views import EndedView
from tests.tui.wiring.fake_host import session
from tui.question import ending
from tui.screens import confirm
from tui.screens.confirm import Choice, ConfirmScreen
from tui.state import Deck

UNANSWERED = "unanswered"


def deck_of(ids: Iterable[str]) -> Deck:
    return Deck(sessions={session_id: session(session_id) for session_id in ids})


class Asking(App[None]):
    """Opens the prompt and keeps what it answers."""

    def __init__(self, ids: tuple[str, ...], deck: Deck | None = None) -> None:
        super().__init__()
        self.answer: Any = UNANSWERED
        self.prompt = ConfirmScreen(ending(ids, "3 marked sessions", 3.0), deck or deck_of(ids))

    def on_mount(self) -> None:
        self.push_screen(self.prompt, self.answered)

    def answered(self, answer: tuple[str, ...] | None) -> None:
        self.answer = answer

    def said(self) -> str:
        return "\n".join(str(widget.render()) for widget in self.prompt.query(Static))


@pytest.fixture
def no_guard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confirm, "GUARD_S", -1.0)


def chosen(pilot: Pilot[None]) -> str | None:
    return pilot.app.screen.query_one(".chosen", Choice).id


@pytest.mark.usefixtures("no_guard")
async def test_it_names_verb_count_target_and_sessions_and_defaults_to_cancel() -> None:
    app = Asking(("s1", "s2", "s3"))
    async with app.run_test() as pilot:
        said = app.said()
        for part in (
            "End 3 sessions",
            "3 marked sessions",
            "s1",
            "label of s2",
            "viewerReady",
            "z takes it back",
        ):
            assert part in said
        assert chosen(pilot) == "cancel"
        await pilot.press("enter")
        assert app.answer is None


@pytest.mark.parametrize("size", [(40, 10), (40, 24), (80, 12), (80, 24), (160, 45)])
@pytest.mark.parametrize("count", [1, 14, 100])
async def test_a_session_the_number_and_both_answers_are_in_sight(size: tuple[int, int], count: int) -> None:
    app = Asking(tuple(f"s{at}" for at in range(count)))
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        for seen in app.prompt.query("#named, #typed, Choice"):
            geometry = app.prompt.find_widget(seen)
            assert geometry.visible_region == geometry.region, seen
            assert geometry.region.area


@pytest.mark.usefixtures("no_guard")
@pytest.mark.parametrize("keys", [("tab", "enter"), ("right", "enter")])
async def test_it_takes_two_keys_to_end(keys: tuple[str, ...]) -> None:
    app = Asking(("s1", "s2"))
    async with app.run_test() as pilot:
        await pilot.press(*keys)
        assert app.answer == ("s1", "s2")


@pytest.mark.usefixtures("no_guard")
@pytest.mark.parametrize("key", ["y", "e", "space", "E", "Y", "ctrl+m", "j"])
async def test_no_one_key_ends(key: str) -> None:
    app = Asking(("s1",))
    async with app.run_test() as pilot:
        await pilot.press(key)
        assert app.answer in (UNANSWERED, None)


@pytest.mark.usefixtures("no_guard")
async def test_escape_cancels_from_either_choice() -> None:
    app = Asking(("s1",))
    async with app.run_test() as pilot:
        await pilot.press("tab", "escape")
        assert app.answer is None


async def test_keys_within_the_guard_are_thrown_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confirm, "GUARD_S", 60.0)  # however slowly the machine presses keys
    app = Asking(("s1",))
    async with app.run_test() as pilot:
        await pilot.press("tab", "enter", "escape")
        assert app.answer == UNANSWERED
        assert chosen(pilot) == "cancel"


async def test_keys_typed_before_it_opened_are_thrown_away_however_late_they_arrive() -> None:
    typed = [events.Key("tab", "\t"), events.Key("enter", "\r")]
    app = Asking(("s1",))
    async with app.run_test() as pilot:
        app.prompt._heard_from = time.monotonic()  # as long after the guard as one likes
        for event in typed:
            app.post_message(event)
        await pilot.pause()
        assert app.answer == UNANSWERED
        assert chosen(pilot) == "cancel"
        await pilot.press("tab", "enter")
        assert app.answer == ("s1",)


@pytest.mark.usefixtures("no_guard")
async def test_many_sessions_are_ended_by_typing_their_number_alone() -> None:
    ids = tuple(f"s{number}" for number in range(60))
    app = Asking(ids)
    async with app.run_test() as pilot:
        assert "and 10 more" in app.said()
        await pilot.press("tab", "enter")
        assert app.answer is None
    app = Asking(ids)
    async with app.run_test() as pilot:
        await pilot.press("5", "9", "right")
        assert chosen(pilot) == "cancel"
        await pilot.press("backspace", "0")
        assert chosen(pilot) == "cancel"
        await pilot.press("backspace", "backspace", "6", "0")
        assert chosen(pilot) == "go"
        await pilot.press("enter")
        assert app.answer == ids


@pytest.mark.usefixtures("no_guard")
async def test_sessions_that_ended_meanwhile_are_told_and_left_alone() -> None:
    app = Asking(("s1", "s2", "s3"))
    async with app.run_test() as pilot:
        deck = deck_of(("s2", "s3"))
        ended = session("s2", ended=EndedView("terminated", 1.0))
        app.prompt.show(replace(deck, sessions={**deck.sessions, "s2": ended}), 2.0)
        await pilot.pause()
        assert "2 sessions ended meanwhile" in app.said()
        assert "has ended meanwhile (terminated)" in app.said()
        assert "no longer known to the host" in app.said()
        await pilot.press("tab", "enter")
        assert app.answer == ("s3",)


@pytest.mark.usefixtures("no_guard")
async def test_a_label_is_data() -> None:
    label = "[red]x[/red] [@click=app.exit]y"
    app = Asking(("s1",), Deck(sessions={"s1": session("s1", label=label)}))
    async with app.run_test():
        assert label[:20] in app.said()


@pytest.mark.usefixtures("no_guard")
async def test_the_mouse_answers_too() -> None:
    app = Asking(("s1",))
    async with app.run_test() as pilot:
        await pilot.click("#go")
        assert app.answer == ("s1",)
