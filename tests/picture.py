"""Makes the README's picture: `python -m tests.picture` runs the real dashboard on a real demo host.

The dashboard's own keys are pressed until one session is ended and some have other colours and modes; what
Textual draws of that is made a PNG by the browser that hosts the sessions.
"""

import asyncio
import re
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import sync_playwright
from textual.pilot import Pilot

from browser_host.browsers.install import ensure_browser
from tests.support.programs import Home, running
from tui.app import Setup, WatchdeckApp
from tui.state import Deck
from tui.theme import DARK

DOCS = Path(__file__).parents[1] / "docs"
SIZE = (120, 20)
WITHIN_S = 30.0
FONTS = "'Fira Code', 'DejaVu Sans Mono', 'Menlo', 'Consolas', monospace"
WIDTH = 1200
COUNTED_S = 2.5
"""The header counts once a second."""

SCALE = 2
"""Pixels for one of the page's: a picture that is sharp on a dense screen."""

KEYS = ("s", "j", "d", "s", "j", "p", "j", "s", "j", "j", "c", "j", "s", "j", "d")
"""Colours and modes on the way down to the session that is ended."""


async def until(pilot: Pilot[None], app: WatchdeckApp, holds: Callable[[Deck], bool]) -> None:
    """Waits for the host to say so."""
    async with asyncio.timeout(WITHIN_S):
        while not holds(app.deck):
            await pilot.pause(0.05)


def all_ready(deck: Deck) -> bool:
    """All twelve sessions show their visitor."""
    return len(deck.sessions) == 12 and all(s.status == "viewerReady" for s in deck.sessions.values())


def one_confirmed(deck: Deck) -> bool:
    """One is ended, and its page has said so."""
    return any(
        s.ended and s.instruction and s.instruction.state == "confirmed" for s in deck.sessions.values()
    )


async def draw(socket: Path, log: Path) -> str:
    """The dashboard's picture of itself, as SVG."""
    app = WatchdeckApp(Setup(socket=socket, refresh_hz=10, theme=DARK.name, log=log))
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, app, all_ready)
        await pilot.press(*KEYS)
        await pilot.press("j", "e")
        await pilot.pause(0.5)
        await pilot.press("tab", "enter")
        await until(pilot, app, one_confirmed)
        await pilot.press("k", "k", "k")
        await pilot.pause(COUNTED_S)
        return app.export_screenshot(title="watchdeck demo")


def with_local_fonts(svg: str) -> str:
    """Textual's drawing without the fonts that it would fetch from a stranger's server."""
    drawn = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL)
    return drawn.replace("font-family: Fira Code, monospace", f"font-family: {FONTS}")


def render(svg: str, png: Path) -> None:
    """The picture as the browser shows it."""
    found = ensure_browser(None, print)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found.executable)
        page = browser.new_page(device_scale_factor=SCALE)
        page.set_content(
            f"<style>body {{ margin: 0 }} svg {{ display: block; width: {WIDTH}px }}</style>{svg}"
        )
        page.locator("svg").screenshot(path=png, omit_background=True)
        browser.close()


def main() -> None:
    """Makes the picture anew."""
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder))
        with running(home, "host", "--simulate", "12", log=home.path / "host.txt"):
            svg = with_local_fonts(asyncio.run(draw(home.socket, home.path / "tui.log")))
    DOCS.mkdir(exist_ok=True)
    render(svg, DOCS / "dashboard.png")


if __name__ == "__main__":
    main()
