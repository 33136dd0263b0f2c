"""Makes the pictures of README and docs: `python -m tests.pictures` runs the real dashboard on a demo host.

Keys change colours and modes and end one session; then the browser renders Textual's SVG as a PNG.
"""

import asyncio
import re
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from playwright.sync_api import sync_playwright
from textual.pilot import Pilot

from browser_host.browsers.install.download import ensure_browser
from tests.support.patience import patient
from tests.support.programs import Home, running
from tests.support.terminal import READS_A_PROMPT_S
from tui.app import WatchdeckApp
from tui.host.deck import Deck
from tui.preview.contact_sheet import ContactSheet
from tui.preview.drawing import Drawing
from tui.setup import Setup
from tui.style.theme import DARK

DOCS = Path(__file__).parents[1] / "docs"
SIZE, HIGH = (120, 20), (120, 30)
"""Columns and lines of the dashboard's picture, and of those with a page in them."""

SEED = "7"
"""Of the simulated sessions: the same names each time."""

WITHIN_S = 10.0
FONTS = "'Fira Code', 'DejaVu Sans Mono', 'Menlo', 'Consolas', monospace"
WIDTH = 1200
MARKED = 6
"""Sessions on the contact sheet."""

COUNTED_S = 2.5
"""Longer than the second between two updates of the header."""

SCALE = 2
"""Device pixels per CSS pixel, for a sharp picture on high-density screens."""

KEYS = ("s", "j", "d", "s", "j", "p", "j", "s", "j", "j", "c", "j", "s", "j", "d")
"""Changes of colours and modes on the way down to the session to end."""


async def until(pilot: Pilot[None], app: WatchdeckApp, holds: Callable[[Deck], bool]) -> None:
    """Wait until `holds` is true of the deck."""
    async with asyncio.timeout(patient(WITHIN_S)):
        while not holds(app.deck):
            await pilot.pause(0.05)


def all_ready(deck: Deck) -> bool:
    """Whether all twelve sessions are ready."""
    return len(deck.sessions) == 12 and all(s.status == "viewerReady" for s in deck.sessions.values())


def one_confirmed(deck: Deck) -> bool:
    """Whether one end is confirmed."""
    return any(
        s.ended and s.instruction and s.instruction.state == "confirmed" for s in deck.sessions.values()
    )


def has_pictures(app: WatchdeckApp) -> bool:
    """Whether the contact sheet has all its pictures."""
    sheets = app.screen.query(ContactSheet)
    return bool(sheets) and all(
        isinstance(sheets.first().picture_of(one), Drawing) for one in sheets.first().shown
    )


async def draw(socket: Path, log: Path) -> dict[str, str]:
    """Run the dashboard, and return its screens as SVG by the pictures' names."""
    drawn = {}
    app = WatchdeckApp(Setup(socket=socket, refresh_hz=10, theme=DARK.name, log=log))
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, app, all_ready)
        await pilot.press(*KEYS)
        await pilot.press("j", "e")
        await pilot.pause(READS_A_PROMPT_S)
        await pilot.press("y")
        await until(pilot, app, one_confirmed)
        await pilot.press("k", "k", "k")
        await pilot.pause(COUNTED_S)
        drawn["dashboard"] = _svg(app)
        await pilot.resize_terminal(*HIGH)
        await pilot.press("g", "i")
        await until(pilot, app, lambda _: app._main.preview.has_picture)
        drawn["preview"] = _svg(app)
        await pilot.press("i", "g", *["space"] * MARKED, "I")
        await until(pilot, app, lambda _: has_pictures(app))
        drawn["contact-sheet"] = _svg(app)
        await pilot.press("escape", "U", "g", "enter")
        await pilot.pause(COUNTED_S)
        drawn["detail"] = _svg(app)
        await pilot.press("escape")
    return drawn


def _svg(app: WatchdeckApp) -> str:
    return with_local_fonts(app.export_screenshot(title="watchdeck demo"))


def with_local_fonts(svg: str) -> str:
    """Replace the web fonts of Textual's SVG, which a third-party server would provide, by local ones."""
    drawn = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL)
    return drawn.replace("font-family: Fira Code, monospace", f"font-family: {FONTS}")


def render(drawn: Mapping[str, str], folder: Path) -> None:
    """Render SVGs as PNGs in the browser."""
    found = ensure_browser(None, print)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found.executable)
        page = browser.new_page(device_scale_factor=SCALE)
        for name, svg in drawn.items():
            style = f"body {{ margin: 0 }} svg {{ display: block; width: {WIDTH}px }}"
            page.set_content(f"<style>{style}</style>{svg}")
            page.locator("svg").screenshot(path=folder / f"{name}.png", omit_background=True)
        browser.close()


def main() -> None:
    """Make the pictures."""
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder))
        log = home.path / "host.txt"
        with running(home, "host", "--simulate", "12", "--seed", SEED, log=log):
            drawn = asyncio.run(draw(home.socket, home.path / "tui.log"))
    render(drawn, DOCS)


if __name__ == "__main__":
    main()
