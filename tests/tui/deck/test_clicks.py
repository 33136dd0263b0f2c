"""Titles and footer at the mouse: a click does what the key does, and nothing while a filter is typed."""

import pytest

from tests.tui.deck.screen_samples import SampleApp, deck, session
from tests.tui.deck.test_screen_keys import screen_text, showing
from tui.screens import messages
from tui.view.sorting import Sort, SortKey

TWO = deck(session("a", label="zeta"), session("b", label="alpha"))


def column_of(app: SampleApp, words: str, line: int) -> int:
    return screen_text(app).splitlines()[line].index(words) + 1


async def test_a_click_on_a_title_sorts_and_again_reverses() -> None:
    async with showing(TWO, (120, 20)) as (app, pilot):
        await pilot.click("#titles", offset=(column_of(app, "session", 2), 0))
        await pilot.pause()
        assert app.main.view.rows == ("b", "a")
        await pilot.click("#titles", offset=(column_of(app, "session", 2), 0))
        await pilot.pause()
        assert app.main.view.sort == Sort(SortKey.LABEL, reverse=True)


@pytest.mark.parametrize(
    ("words", "kind"),
    [(" e end", messages.EndAsked), (" d draw", messages.Instructed), (" ? help", messages.HelpAsked)],
)
async def test_a_click_on_a_hint_does_what_its_key_does(words: str, kind: type) -> None:
    async with showing(TWO, (120, 20)) as (app, pilot):
        await pilot.click("#footer", offset=(column_of(app, words, 19), 0))
        await pilot.pause()
        assert [type(message) for message in app.asked] == [kind]


async def test_clicks_do_nothing_while_a_filter_is_typed() -> None:
    async with showing(TWO, (120, 20)) as (app, pilot):
        at = column_of(app, " e end", 19)
        await pilot.press("slash")
        await pilot.click("#footer", offset=(at, 0))
        await pilot.click("#titles", offset=(column_of(app, "session", 2), 0))
        await pilot.pause()
        assert app.asked == []
        assert app.main.view.sort == Sort()
