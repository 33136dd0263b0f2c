"""Screens of the dashboard as text: what stands where, and in which style.

`python -m tests.tui.snapshots.screens` writes them under `kept/`; a test compares each exactly.
"""

import asyncio
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from string import ascii_letters
from unittest import mock

from rich.style import Style
from textual.pilot import Pilot
from textual.strip import Strip

from tests.support.patience import patient
from tests.tui.deck.screen_samples import NOW, busy_deck
from tui.app import WatchdeckApp
from tui.host.deck import Deck
from tui.host.host_calls import DeckSource, HostCalls
from tui.replay.replay_source import NoHostCalls
from tui.screens import quiet
from tui.screens.help import HelpScreen
from tui.setup import Setup
from tui.style.glyphs import ASCII, UNICODE, Glyphs

KEPT = Path(__file__).parent / "kept"
SIZES = ((80, 24), (120, 35), (160, 45))
WITHIN_S = 10.0


@dataclass(frozen=True, slots=True)
class Look:
    """A kind of terminal."""

    name: str
    theme: str
    glyphs: Glyphs = UNICODE
    colorless: bool = False


LOOKS = (
    Look("truecolor", "watchdeck"),
    Look("16-colours", "ansi-dark"),
    Look("no-color", "ansi-dark", colorless=True),
    Look("ascii", "watchdeck", ASCII),
)
CASES = tuple((look, size) for look in LOOKS for size in SIZES)


def path_of(look: Look, size: tuple[int, int]) -> Path:
    """The file of a kind of terminal and its size."""
    return KEPT / f"{look.name}-{size[0]}x{size[1]}.txt"


async def pictured(look: Look, size: tuple[int, int]) -> str:
    """The main screen, the keys and the question before an end, one below the other."""
    environment = {"NO_COLOR": "1"} if look.colorless else {}
    with (
        mock.patch.dict(os.environ, environment),
        mock.patch.object(os, "getuid", return_value=1000),
        mock.patch.object(quiet, "QUIET_S", 0.001),
    ):
        if not look.colorless:
            os.environ.pop("NO_COLOR", None)
        app = _App(
            Setup(
                socket=Path("host.sock"),
                refresh_hz=10,
                theme=look.theme,
                log=Path("tui.log"),
                environment="production",
                glyphs=look.glyphs,
                animate=False,
                clock=lambda: NOW,
            )
        )
        async with app.run_test(size=size) as pilot:
            await _until(pilot, lambda: bool(app._main.view.rows))
            await pilot.press("j", "j", "space", "space")
            screens = [("sessions", await _text(pilot))]
            await pilot.press("question_mark")
            await _until(pilot, lambda: isinstance(app.screen, HelpScreen))
            screens.append(("keys", await _text(pilot)))
            await pilot.press("escape")
            await _until(pilot, lambda: app.screen is app._main)
            await pilot.press("e")
            await _until(pilot, lambda: "y End" in _written(pilot))
            screens.append(("end", await _text(pilot)))
    return "\n".join(f"== {name} ==\n{text}" for name, text in screens)


class _App(WatchdeckApp):
    """The dashboard, with a deck that never changes."""

    def connect(self, _: Setup) -> tuple[HostCalls, DeckSource]:
        return NoHostCalls(), _Still(self._take)


class _Still:
    """Delivers one deck (a `DeckSource`)."""

    trouble = ""

    def __init__(self, deliver: Callable[[Deck], None]) -> None:
        self._deliver = deliver

    async def run(self) -> None:
        self._deliver(busy_deck(40))
        await asyncio.Event().wait()


async def _until(pilot: Pilot[None], holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(patient(WITHIN_S)):
        while not holds():
            await pilot.pause(0.01)


async def _text(pilot: Pilot[None]) -> str:
    """What is on the screen, once it is the same twice."""
    before, now = "", _written(pilot)
    while now != before:
        await pilot.pause(0.05)
        before, now = now, _written(pilot)
    return now


def _written(pilot: Pilot[None]) -> str:
    strips = pilot.app.screen._compositor.render_strips(pilot.app.size)
    signs: dict[str, str] = {}
    runs = [" ".join(_runs(strip, signs)) for strip in strips]
    legend = [f"{sign} {style}" for style, sign in signs.items()]
    return "\n".join([*(strip.text.rstrip() for strip in strips), "--", *runs, "--", *legend, ""])


def _runs(strip: Strip, signs: dict[str, str]) -> Iterator[str]:
    """The cells of each style, side by side, with a letter for the style."""
    for style, segments in groupby(strip, key=lambda segment: segment.style):
        cells = sum(segment.cell_length for segment in segments)
        if cells:
            yield f"{signs.setdefault(_named(style), _sign(len(signs)))}{cells}"


def _named(style: Style | None) -> str:
    return (
        "none" if style is None else str(style.without_color + Style.from_color(style.color, style.bgcolor))
    )


def _sign(number: int) -> str:
    return ascii_letters[number % len(ascii_letters)] * (1 + number // len(ascii_letters))


async def _write_all() -> None:
    for look, size in CASES:
        text = await pictured(look, size)
        await asyncio.to_thread(path_of(look, size).write_text, text, "utf-8")


if __name__ == "__main__":
    KEPT.mkdir(exist_ok=True)
    asyncio.run(_write_all())
