"""A line is made when it was refreshed, and at no other time; and it is never an old one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from rich.segment import Segment
from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.pilot import Pilot
from textual.strip import Strip

from tui.widgets.line_cache import LineCache


class Counted(LineCache):
    """Notes each line that it makes; a line says which edition it is."""

    edition = 1

    def on_mount(self) -> None:
        self.made: list[int] = []

    def render_line(self, y: int) -> Strip:
        self.made.append(y)
        text = f"line {y}, edition {self.edition}"
        return Strip([Segment(text.ljust(self.size.width))], self.size.width)

    def words(self, y: int) -> str:
        return self.render_lines(Region(0, y, self.size.width, 1))[0].text.strip()


class Shown(App[None]):
    def compose(self) -> ComposeResult:
        yield Counted(id="counted")


@asynccontextmanager
async def shown() -> AsyncIterator[tuple[Counted, Pilot[None]]]:
    app = Shown()
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.pause()
        widget = app.query_one(Counted)
        widget.made.clear()
        yield widget, pilot


async def test_a_line_that_was_refreshed_is_made_anew_and_no_other() -> None:
    async with shown() as (widget, pilot):
        widget.edition = 2
        widget.refresh(Region(0, 3, 40, 2))
        await pilot.pause()
        assert sorted(set(widget.made)) == [3, 4]
        assert [widget.words(y) for y in (2, 3, 4, 5)] == [
            "line 2, edition 1",
            "line 3, edition 2",
            "line 4, edition 2",
            "line 5, edition 1",
        ]


async def test_a_refresh_of_everything_keeps_nothing() -> None:
    async with shown() as (widget, pilot):
        widget.edition = 2
        widget.refresh()
        await pilot.pause()
        assert sorted(set(widget.made)) == list(range(10))
        assert widget.words(9) == "line 9, edition 2"


async def test_another_style_makes_every_line_anew() -> None:
    async with shown() as (widget, pilot):
        widget.styles.background = "red"
        await pilot.pause()
        assert sorted(set(widget.made)) == list(range(10))


async def test_another_width_makes_every_line_anew() -> None:
    async with shown() as (widget, pilot):
        await pilot.resize_terminal(30, 10)
        await pilot.pause()
        assert sorted(set(widget.made)) == list(range(10))
        assert widget.render_lines(Region(0, 0, 30, 1))[0].cell_length == 30


async def test_a_part_of_the_width_is_cut_from_the_same_words() -> None:
    async with shown() as (widget, _):
        (strip,) = widget.render_lines(Region(5, 2, 10, 1))
        assert (strip.text, strip.cell_length) == ("2, edition", 10)
