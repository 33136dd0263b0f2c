"""The question before an end: the accidents that it is there to prevent."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace

import pytest
from textual import events
from textual.app import App
from textual.containers import Vertical
from textual.pilot import Pilot
from textual.widgets import Static

from browser_host.sessions.views import EndedView
from tests.support.patience import patient
from tests.tui.wiring.fake_host import session
from tui.host.deck import Deck
from tui.screens import quiet
from tui.screens.agreement import ConfirmAnswer
from tui.screens.confirm import Choice, ConfirmScreen
from tui.view.confirm_text import ending

DEADLINE_S = 10
LATER_S = quiet.QUIET_S + 0.1
A_HAND_S = 0.12
"""Between two keys of somebody who types at length."""

A_PASTE_S = 0.01
NAMES = {"\t": "tab", "\r": "enter", " ": "space"}


def deck_of(ids: Iterable[str]) -> Deck:
    return Deck(sessions={session_id: session(session_id) for session_id in ids})


class Asking(App[None]):
    """Opens the question and keeps what it is answered with."""

    def __init__(self, ids: tuple[str, ...], deck: Deck | None = None) -> None:
        super().__init__()
        self.answers: list[ConfirmAnswer | None] = []
        self.prompt = ConfirmScreen(ending(ids, "3 marked sessions", 3.0), deck or deck_of(ids))

    def on_mount(self) -> None:
        self.push_screen(self.prompt, self.answers.append)

    async def shown(self, pilot: Pilot[None]) -> float:
        """When the question was painted."""
        async with asyncio.timeout(patient(DEADLINE_S)):
            while not (self.prompt.is_listening or self.answers):
                await pilot.pause(0.01)
        return self.prompt._shown_at

    def said(self) -> str:
        return "\n".join(str(widget.render()) for widget in self.prompt.query(Static))

    def is_open(self) -> bool:
        """Whether nothing was taken for an answer."""
        return not self.answers and not self.prompt.is_answered

    async def answer(self, pilot: Pilot[None]) -> ConfirmAnswer:
        """The one answer."""
        async with asyncio.timeout(patient(DEADLINE_S)):
            while not self.answers:
                await pilot.pause(0.02)
        (answer,) = self.answers
        assert answer is not None
        return answer

    async def type(self, pilot: Pilot[None], text: str, *, every: float, first: float = LATER_S) -> None:
        """Types with so many seconds between two keys, by the clock of the events alone.

        Args:
            first: seconds from the question's painting to the first key.
        """
        shown_at = await self.shown(pilot)
        for at, character in enumerate(text):
            event = events.Key(NAMES.get(character, character), character)
            event.time = shown_at + first + at * every
            self.post_message(event)
        await pilot.pause()


def names(count: int) -> tuple[str, ...]:
    return tuple(f"s{at}" for at in range(count))


async def test_it_names_verb_count_target_and_sessions() -> None:
    app = Asking(("s1", "s2", "s3"))
    async with app.run_test():
        said = app.said()
        assert app.prompt.query_one(Vertical).border_title == "End 3 sessions?"
        for part in (
            "3 marked sessions",
            "s1",
            "label of s2",
            "viewerReady",
            "z undoes",
            "any other key cancels",
        ):
            assert part in said


@pytest.mark.parametrize("size", [(40, 10), (40, 24), (80, 12), (80, 24), (160, 45)])
@pytest.mark.parametrize("count", [1, 14, 100])
async def test_a_session_the_number_and_answers_are_in_sight(size: tuple[int, int], count: int) -> None:
    app = Asking(names(count))
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        for seen in app.prompt.query("#named, #typed, Choice"):
            geometry = app.prompt.find_widget(seen)
            assert geometry.visible_region == geometry.region, seen
            assert geometry.region.area


async def test_y_after_a_pause_ends() -> None:
    app = Asking(("s1", "s2"))
    async with app.run_test() as pilot:
        await app.type(pilot, "y", every=0)
        assert await app.answer(pilot) == ConfirmAnswer(("s1", "s2"))


@pytest.mark.parametrize("pasted", ["yes\r", "y\r", "yy", "y12", "y\t"])
async def test_a_paste_without_brackets_that_begins_with_y_cancels(pasted: str) -> None:
    app = Asking(("s1",))
    async with app.run_test() as pilot:
        await app.type(pilot, pasted, every=A_PASTE_S)
        assert await app.answer(pilot) == ConfirmAnswer(
            why="Cancelled: more keys followed y; nothing was ended"
        )
        assert app.prompt.was_interrupted, "the rest of the paste goes nowhere"


async def test_y_waits_for_the_key_that_may_follow_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quiet, "ALONE_S", 3600.0)
    app = Asking(("s1",))
    async with app.run_test() as pilot:
        await app.type(pilot, "y", every=0)
        for _ in range(5):
            await pilot.pause()
        assert app.prompt.is_answered
        assert app.answers == []
        await app.type(pilot, "s", every=0, first=2 * LATER_S)
        assert (await app.answer(pilot)).ids is None


@pytest.mark.parametrize("follows", ["escape", ""])
async def test_y_waits_for_a_key_that_is_half_read(monkeypatch: pytest.MonkeyPatch, follows: str) -> None:
    half_read = [True]
    monkeypatch.setattr(quiet, "ALONE_S", 0.001)
    monkeypatch.setattr(quiet, "is_half_read", lambda _: half_read[0])
    app = Asking(("s1",))
    async with app.run_test() as pilot:
        await app.type(pilot, "y", every=0)
        await pilot.pause(0.05)
        assert app.prompt.is_answered
        assert app.answers == []
        if follows:
            await pilot.press(follows)
        half_read[0] = False
        assert (await app.answer(pilot)).ids == (None if follows else ("s1",))


async def test_the_answer_appears_once_it_is_taken() -> None:
    app = Asking(("s1",))
    async with app.run_test() as pilot:
        assert "y End" not in app.said()
        begun = await app.shown(pilot)
        async with asyncio.timeout(patient(DEADLINE_S)):
            while "y End 1 session" not in app.said():
                await pilot.pause(0.01)
        assert quiet.now() - begun >= quiet.QUIET_S
        await pilot.press("y")
        assert (await app.answer(pilot)).ids == ("s1",)


async def test_a_hasty_y_is_told_to_pause() -> None:
    app = Asking(("s1",))
    async with app.run_test() as pilot:
        await app.type(pilot, "y", every=0, first=quiet.QUIET_S / 2)
        assert app.is_open()
        assert "Too soon: pause, then y" in app.said()


async def test_keys_that_a_late_loop_has_yet_to_hear_still_cancel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quiet, "ALONE_S", 0.0001)
    app = Asking(("s1",))
    async with app.run_test() as pilot:
        await app.type(pilot, "ys", every=A_PASTE_S)
        assert (await app.answer(pilot)).ids is None


async def test_y_without_a_pause_is_not_heard() -> None:
    app = Asking(("s1",))
    async with app.run_test() as pilot:
        await app.type(pilot, "y" * 60, every=1 / 30, first=0.1)
        assert app.is_open()
        await app.type(pilot, "y", every=0, first=0.1 + 59 / 30 + LATER_S)
        assert await app.answer(pilot) == ConfirmAnswer(("s1",))


async def test_keys_from_before_it_opened_neither_answer_nor_cancel() -> None:
    app = Asking(("s1",))
    async with app.run_test() as pilot:
        await app.type(pilot, "\t\rey", every=0.001, first=-0.1)
        assert app.is_open()
        await app.type(pilot, "y", every=0, first=quiet.QUIET_S - 0.05)
        assert app.is_open(), "the quiet time begins with the question"


@pytest.mark.parametrize("pace", [A_HAND_S, A_PASTE_S, 0.4])
@pytest.mark.parametrize(
    "text", ["less re\t\r", "ssh yara@host\rhunter2y\r", "\ty\ry", "a note\twith tabs\ty\r", "yes\r", "12\ry"]
)
async def test_what_a_hand_types_elsewhere_cancels(text: str, pace: float) -> None:
    app = Asking(("s1",))
    async with app.run_test() as pilot:
        await app.type(pilot, text, every=pace, first=pace)
        answer = await app.answer(pilot)
        assert app.prompt.was_interrupted, "the rest of what it types goes nowhere"
        assert answer.ids is None
        assert answer.why.endswith("is no answer; nothing was ended")


async def test_y_that_may_have_been_typed_sooner_is_not_heard() -> None:
    app = Asking(("s1",))
    async with app.run_test() as pilot:
        event = events.Key("y", "y")
        event.time = await app.shown(pilot) + 60.0
        event.typed_after = event.time - 60.0 + quiet.QUIET_S / 2  # type: ignore[attr-defined]
        app.post_message(event)
        await pilot.pause()
        assert app.is_open()


@pytest.mark.parametrize(
    ("key", "named"), [("enter", "enter"), ("tab", "tab"), ("e", "e"), ("Y", "Y"), ("ctrl+m", "ctrl+m")]
)
async def test_any_other_key_cancels_and_is_named(
    monkeypatch: pytest.MonkeyPatch, key: str, named: str
) -> None:
    monkeypatch.setattr(quiet, "QUIET_S", 0.001)
    app = Asking(("s1",))
    async with app.run_test() as pilot:
        await app.shown(pilot)
        await pilot.press(key)
        assert await app.answer(pilot) == ConfirmAnswer(
            why=f"Cancelled: {named} is no answer; nothing was ended"
        )


@pytest.mark.parametrize("key", ["escape", "n", "ctrl+c"])
async def test_a_key_that_says_no_cancels_at_once(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    monkeypatch.setattr(quiet, "QUIET_S", 0.001)
    app = Asking(("s1",))
    async with app.run_test() as pilot:
        await app.shown(pilot)
        await pilot.press(key)
        assert app.answers == [ConfirmAnswer()]
        assert not app.prompt.was_interrupted


async def test_a_paste_never_answers() -> None:
    app = Asking(("s1",))
    async with app.run_test() as pilot:
        paste = events.Paste("y")
        paste.time = await app.shown(pilot) + LATER_S
        app.post_message(paste)
        assert await app.answer(pilot) == ConfirmAnswer(
            why="Cancelled: a paste is no answer; nothing was ended"
        )


@pytest.mark.parametrize("size", [(20, 5), (31, 24), (80, 4)])
async def test_a_terminal_too_small_to_show_whom_cancels(size: tuple[int, int]) -> None:
    app = Asking(("s1",))
    async with app.run_test(size=size) as pilot:
        await app.type(pilot, "y", every=0)
        why = f"Cancelled: {size[0]}x{size[1]} is too small to ask; nothing was ended"
        assert await app.answer(pilot) == ConfirmAnswer(why=why)


async def test_y_does_not_answer_while_the_target_is_out_of_sight() -> None:
    app = Asking(names(14))
    async with app.run_test() as pilot:
        await app.type(pilot, "14", every=A_HAND_S)
        app.prompt.query_one("#named").styles.margin = (60, 0, 0, 0)
        await pilot.pause()
        await app.type(pilot, "y", every=0, first=10.0)
        answer = await app.answer(pilot)
        assert answer.ids is None
        assert "too small" in answer.why


async def test_many_sessions_are_ended_by_their_number_and_y() -> None:
    app = Asking(names(60))
    async with app.run_test() as pilot:
        assert "and 10 more" in app.said()
        await app.type(pilot, "60", every=A_HAND_S)
        assert app.answers == []
        assert not app.prompt.query_one("#go", Choice).has_class("locked")
        await app.type(pilot, "y", every=0, first=5.0)
        assert await app.answer(pilot) == ConfirmAnswer(names(60))


@pytest.mark.parametrize("typed", ["y", "59", "6y", "600", "60\r"])
async def test_another_number_cancels(typed: str) -> None:
    app = Asking(names(60))
    async with app.run_test() as pilot:
        await app.type(pilot, typed, every=LATER_S)
        answer = await app.answer(pilot)
        assert answer.ids is None


@pytest.mark.parametrize("pace", [A_HAND_S, A_PASTE_S])
async def test_number_and_y_in_one_go_do_not_answer(pace: float) -> None:
    app = Asking(names(12))
    async with app.run_test() as pilot:
        await app.type(pilot, "12yyy", every=pace)
        assert app.is_open()


async def test_sessions_that_ended_meanwhile_are_left_alone() -> None:
    app = Asking(("s1", "s2", "s3"))
    async with app.run_test() as pilot:
        deck = deck_of(("s2", "s3"))
        ended = session("s2", ended=EndedView("terminated", 1.0))
        app.prompt.show(replace(deck, sessions={**deck.sessions, "s2": ended}), 2.0)
        await pilot.pause()
        assert "2 sessions ended meanwhile" in app.said()
        assert "ended meanwhile (terminated)" in app.said()
        assert "no longer known to the host" in app.said()
        await app.type(pilot, "y", every=0)
        assert await app.answer(pilot) == ConfirmAnswer(("s3",))


async def test_a_label_is_data() -> None:
    label = "[red]x[/red] [@click=app.exit]y"
    app = Asking(("s1",), Deck(sessions={"s1": session("s1", label=label)}))
    async with app.run_test():
        assert label[:20] in app.said()


async def test_a_click_after_a_pause_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quiet, "QUIET_S", 0.001)
    app = Asking(("s1",))
    async with app.run_test() as pilot:
        await app.shown(pilot)
        await pilot.click("#go")
        assert app.answers == [ConfirmAnswer(("s1",))]


async def test_a_click_does_not_replace_the_number() -> None:
    app = Asking(names(14))
    async with app.run_test() as pilot:
        await pilot.click("#go")
        assert app.answers == []
