"""The real dashboard without a terminal: bytes in, on a clock that stands still between steps."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

from rich.console import RenderableType
from textual import events, message
from textual._compositor import Compositor
from textual.geometry import Size

import tui.app
from tests.monkey.fake_service import FakeService
from tui.app import WatchdeckApp
from tui.screens import quiet
from tui.screens.confirm import ConfirmScreen
from tui.screens.sessions import SessionsScreen
from tui.setup import Setup
from tui.terminal_reader import ESCAPE_S, TerminalReader

PAINTED_EVERY = 50
"""Pictures of which one is made: what is painted is thrown away here, and took two thirds of the time."""

BEGINS_S = 1e9
"""Where the played clock begins in every play: no moment of the machine's comes after it."""

NEVER_S = 1e6
"""Seconds between looks at the clock that the play makes itself."""


class PlayedClock:
    """Seconds that pass only when the play says so."""

    def __init__(self) -> None:
        self.now = BEGINS_S
        self._alarms: list[tuple[float, Callable[[], object]]] = []

    def alarm(self, delay: float, callback: Callable[[], object]) -> None:
        """Call back once so many seconds have passed: what a question's timer is here."""
        self._alarms.append((self.now + delay, callback))

    def advance(self, seconds: float) -> None:
        self.now += seconds
        due = [callback for at, callback in self._alarms if at <= self.now]
        self._alarms = [one for one in self._alarms if one[0] > self.now]
        for callback in due:
            callback()

    def epoch(self) -> float:
        return 1_700_000_000.0 + self.now - BEGINS_S


class Dashboard:
    """The app under play.

    Args:
        service: the host's side.
    """

    def __init__(self, app: "PlayedApp", service: FakeService, clock: PlayedClock) -> None:
        self.app = app
        self.service = service
        self.clock = clock
        self._reader = TerminalReader(ESCAPE_S)

    @property
    def main(self) -> SessionsScreen:
        return self.app._main

    @property
    def is_half_read(self) -> bool:
        return self._reader.is_half_read

    def send(self, data: bytes) -> None:
        """Bytes from the terminal, at this moment."""
        for made in self._reader.feed(data, self.clock.now):
            self._post(made)

    def wait(self, seconds: float) -> None:
        self.clock.advance(seconds)
        for made in self._reader.expire(self.clock.now):
            self._post(made)

    def resize(self, columns: int, lines: int) -> None:
        size = Size(columns, lines)
        assert self.app._driver is not None
        self.app._driver._size = size
        self._post(events.Resize(size, size))

    def deliver(self) -> None:
        """The host's present deck, as the link would bring it."""
        self.app._take(self.service.deck)

    async def settled(self) -> None:
        """All that was posted has been heard, and the screen is painted."""
        ready = asyncio.get_running_loop()._ready  # type: ignore[attr-defined]
        for _ in range(4):
            await asyncio.sleep(0)
            while ready:  # noqa: ASYNC110 - it waits for all that is under way, whatever that is
                await asyncio.sleep(0)
            if self.app._resize_event is not None:
                self.app._check_resize()  # what a timer does within 8 ms
                continue
            screen = self.app.screen
            if not (screen._layout_required or screen._dirty_widgets or screen._callbacks):
                return
            screen._on_timer_update()  # what a timer does at 60 Hz, which this play does not wait for

    def _post(self, made: message.Message) -> None:
        made.set_sender(self.app)
        self.app.post_message(made)


class PlayedApp(WatchdeckApp):
    """Leaving is noted and not done."""

    left = 0

    def exit(self, *_: Any, **__: Any) -> None:
        self.left += 1

    def really_exit(self) -> None:
        super().exit()


@asynccontextmanager
async def played(make: Callable[[PlayedClock], FakeService]) -> AsyncIterator[Dashboard]:
    """A dashboard at the keys of a monkey."""
    clock = PlayedClock()
    service = make(clock)
    setup = Setup(
        socket=Path("none"),
        refresh_hz=50,
        theme="watchdeck",
        log=Path("none"),
        animate=False,
        client=service.client,
        clock=clock.epoch,
    )
    app = PlayedApp(setup)
    dashboard = Dashboard(app, service, clock)
    moment = SimpleNamespace(get_time=lambda: clock.now)

    pictures = itertools.count()
    render_update = Compositor.render_update

    def render_some(compositor: Compositor, **given: Any) -> RenderableType | None:
        if next(pictures) % PAINTED_EVERY == 0:
            return render_update(compositor, **given)
        compositor._dirty_regions.clear()
        return None

    def half_read(_: object) -> bool:
        return dashboard.is_half_read

    with (
        mock.patch.object(Compositor, "render_update", render_some),
        mock.patch.object(message, "_time", moment),
        mock.patch.object(quiet, "now", moment.get_time),
        mock.patch.object(ConfirmScreen, "set_timer", clock.alarm),
        mock.patch.object(quiet, "is_half_read", half_read),
        mock.patch.object(tui.app, "LOOK_EVERY_S", NEVER_S),
    ):
        async with app.run_test(size=(120, 40)):
            service.deck = replace(service.deck)
            dashboard.deliver()
            await dashboard.settled()
            yield dashboard
            app.really_exit()
