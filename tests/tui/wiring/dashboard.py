"""A whole dashboard in a test: set up for a scripted host, run, waited for, and read."""

import asyncio
import io
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import Console
from textual.pilot import Pilot
from textual.widgets import Static

from tests.support.patience import patient
from tests.tui.wiring.fake_host import FakeHost
from tui.app import WatchdeckApp
from tui.setup import Setup

DEADLINE_S = 5


def setup_for(host: FakeHost, **changes: Any) -> Setup:
    basis = Setup(
        socket=host.path,
        refresh_hz=50,
        theme="watchdeck",
        log=Path("tui.log"),
        animate=False,
        environment="test",
    )
    return replace(basis, **changes)


async def until(pilot: Pilot[None], holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(patient(DEADLINE_S)):
        while not holds():
            await pilot.pause(0.01)


@asynccontextmanager
async def running(setup: Setup) -> AsyncIterator[tuple[WatchdeckApp, Pilot[None]]]:
    app = WatchdeckApp(setup)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: app.attached)
        yield app, pilot


async def asked(host: FakeHost) -> tuple[str, Any]:
    async with asyncio.timeout(patient(DEADLINE_S)):
        return await host.asked.get()


def printed(app: WatchdeckApp) -> str:
    """What the statics of the screen on top say."""
    console = Console(width=120, color_system=None, file=io.StringIO())
    with console.capture() as capture:
        for widget in app.screen.query(Static):
            console.print(widget.content)
    return capture.get()


def notices(app: WatchdeckApp) -> str:
    return app._main._painter._said[0]
