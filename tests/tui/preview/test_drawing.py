"""A picture as cells: its colours, and what it costs a terminal."""

import io
import random

import pytest
from PIL import Image
from rich.color import ColorSystem

from browser_host.cli.pictures import half_blocks
from browser_host.cli.pictures.half_blocks import Pixels
from tests.tui.deck.screen_samples import NOW, Counting, SampleApp, deck, session
from tui.preview.drawing import MOST_BYTES, Drawing, draw

NOISE = random.Random(7).randbytes(120 * 75 * 3)


def png(rgb: bytes, size: tuple[int, int] = (120, 75)) -> bytes:
    written = io.BytesIO()
    Image.frombytes("RGB", size, rgb).save(written, "PNG")
    return written.getvalue()


def test_noise_costs_no_more_than_the_bound() -> None:
    drawing = draw(png(NOISE), 60, 20, halved=True)
    assert {sum(run.cells for run in row) for row in drawing.rows} == {60}
    assert 10_000 < drawing.cost <= MOST_BYTES


def test_a_plain_page_costs_little_and_is_exact() -> None:
    page = draw(png(bytes((250, 250, 251)) * (120 * 75)), 60, 20, halved=True)
    assert [(run.cells, run.upper) for run in page.rows[0]] == [(60, (250, 250, 251))]
    assert page.cost < 2_000


def test_simpler_pictures_keep_size_and_cost_less() -> None:
    pixels = Pixels(5, 3, NOISE[: 5 * 3 * 3])
    simpler = list(half_blocks.simpler(pixels))
    assert {(one.width, one.height, len(one.rgb)) for one in simpler} == {(5, 3, 45)}
    costs = [half_blocks.cost(half_blocks.halves(one)) for one in simpler]
    assert costs[0] >= costs[1] > costs[2]


@pytest.mark.parametrize("halved", [True, False])
async def test_the_terminal_is_sent_about_what_the_drawing_says(*, halved: bool) -> None:
    app = SampleApp(driver=Counting, clock=lambda: NOW)
    app.console._color_system = ColorSystem.TRUECOLOR  # what costs most
    async with app.run_test(headless=False, size=(122, 40)) as pilot:
        app.main.show(deck(session("s1")), NOW)
        panel = app.main.preview
        panel.toggle()
        await pilot.pause()
        drawing = draw(png(NOISE), *panel.room, halved=halved)
        driver = app._driver
        assert isinstance(driver, Counting)
        await pilot.pause()
        driver.sent.clear()
        panel.draw("s1", drawing, NOW)
        await pilot.pause()
        await pilot.pause()
        sent = len("".join(driver.sent).encode())
        # Less where a style is sent as a difference; more for places of lines, the margin, the words.
        assert drawing.cost * 0.75 <= sent < drawing.cost + 2_500
        assert sent <= MOST_BYTES
        driver.sent.clear()
        panel.draw("s1", Drawing(drawing.rows, drawing.cost, drawing.size), NOW)
        await pilot.pause()
        assert "".join(driver.sent) == ""
