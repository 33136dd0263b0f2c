"""Sorting by host: by its key, its title and the list of columns, and only where there are several."""

from textual.widgets import OptionList

from tests.tui.deck.screen_samples import SampleApp, deck, session
from tests.tui.deck.test_available_actions import offered
from tests.tui.deck.test_clicks import column_of
from tests.tui.deck.test_screen_keys import screen_text, showing
from tui.host.deck import Deck
from tui.host.merged_deck import merged
from tui.view.actions import ONE_HOST
from tui.view.sorting import Sort, SortKey


def several(*names: str) -> Deck:
    """Two sessions on each host, those of the first before those of the next."""
    decks = {
        name: deck(session(f"{name}/a", label="Ada"), session(f"{name}/b", label="Ben")) for name in names
    }
    return merged(decks, names[0])


def hosts(app: SampleApp) -> list[str]:
    return [row.partition("/")[0] for row in app.main.view.rows]


async def test_a_key_sorts_by_host_and_again_reverses() -> None:
    async with showing(several("york", "box-10", "box-9"), (160, 30)) as (app, pilot):
        assert "sort-host" in offered(app)
        await pilot.press("L", "W")
        assert hosts(app) == ["box-9", "box-9", "box-10", "box-10", "york", "york"]
        assert app.main.view.rows[:2] == ("box-9/a", "box-9/b")  # in the order of their arrival
        await pilot.pause()
        assert "by host" in screen_text(app)
        await pilot.press("W")
        assert hosts(app) == ["york", "york", "box-10", "box-10", "box-9", "box-9"]


async def test_a_click_on_its_title_sorts() -> None:
    async with showing(several("york", "oslo"), (120, 20)) as (app, pilot):
        await pilot.click("#titles", offset=(column_of(app, "host ", 2), 0))
        await pilot.pause()
        assert app.main.view.sort == Sort(SortKey.HOST)
        assert hosts(app) == ["oslo", "oslo", "york", "york"]


async def test_the_list_of_columns_has_it() -> None:
    async with showing(several("york", "oslo"), (120, 30)) as (app, pilot):
        await pilot.press("o")
        await pilot.pause()
        prompts = [str(option.prompt).split() for option in app.screen.query_one(OptionList).options]
        assert ["W", "host"] in prompts
        await pilot.press("W")
        await pilot.pause()
        assert app.main.view.sort == Sort(SortKey.HOST)


async def test_one_host_offers_no_order_by_host() -> None:
    async with showing(deck(session("a"), session("b")), (120, 30)) as (app, pilot):
        assert "sort-host" not in offered(app)
        await pilot.press("W")
        await pilot.pause()
        assert app.main.view.sort == Sort()
        assert ONE_HOST in screen_text(app)
        await pilot.press("o")
        await pilot.pause()
        listed = app.screen.query_one(OptionList)
        assert not any("host" in str(option.prompt).split() for option in listed.options)


async def test_an_order_from_last_time_is_shown_for_one_host_too() -> None:
    async with showing(deck(session("b"), session("a")), (120, 30)) as (app, pilot):
        app.main._view = app.main.view.__class__(sort=Sort(SortKey.HOST))
        await pilot.press("o")
        await pilot.pause()
        listed = app.screen.query_one(OptionList)
        assert listed.highlighted is not None
        assert "host" in str(listed.options[listed.highlighted].prompt)
