"""The dashboard on a recording of a scripted host, and beside it the live one."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import fields, replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from browser_host.api.client import HostClient
from browser_host.hosts.named_host import NamedHost
from browser_host.recording.follow import Recorder
from browser_host.recording.recorded_lines import LineKind
from browser_host.sessions.durations import OFF
from browser_host.sessions.staleness import StaleLimits, StaleRules
from browser_host.supervisor.policy import Policy
from tests.recording.test_record import WatchedFile
from tests.support.clocks import SettableClock
from tests.support.host import ScriptedHost, scripted_host, serving
from tui.app import WatchdeckApp
from tui.host.deck import REPLAYED
from tui.replay.playback import Playback
from tui.replay.recording_index import Recording
from tui.replay.replay_app import ReplayApp
from tui.replay.replay_source import NO_JOURNAL, NO_TIMELINE
from tui.screens.detail import DetailScreen
from tui.setup import Setup

pytestmark = pytest.mark.usefixtures("no_quiet_time")

DEADLINE_S = 10
NEVER_STALE = StaleRules(StaleLimits(**dict.fromkeys((field.name for field in fields(StaleLimits)), OFF)))


async def until(pilot: Pilot[None], holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(DEADLINE_S):
        while not holds():
            await pilot.pause(0.01)


class Steady:
    """The playback's clock, which stands until a test moves it."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def setup() -> Setup:
    return Setup(
        socket=Path("none.sock"), refresh_hz=50, theme="watchdeck", log=Path("tui.log"), animate=False
    )


def table(app: WatchdeckApp) -> list[str]:
    """The text of the table's rows."""
    shown = app._main._painter.table
    lines = (shown.render_line(y).text.rstrip() for y in range(shown.size.height))
    return [line for line in lines if line]


@contextlib.asynccontextmanager
async def recorded(
    tmp_path: Path, *, seconds: int = 600
) -> AsyncIterator[tuple[ScriptedHost, SettableClock, Path, Path]]:
    """A host that still runs, and the recording of ten minutes of it: the sessions report something each."""
    clock, socket, path = SettableClock(), tmp_path / "run" / "host.sock", tmp_path / "recording.jsonl"
    async with scripted_host(Policy(stale=NEVER_STALE), clock=clock) as host, serving(host, socket):
        ids = host.live(6, "waiting")
        async with HostClient(socket, "test") as client:
            with WatchedFile(path) as file:
                recorder = Recorder([NamedHost("", client)], file, lambda: clock().wall, print)
                task = asyncio.create_task(recorder.run("0.1.0"))
                await file.until(LineKind.ATTACHED)
                for number, session_id in enumerate(ids[:4]):
                    clock.forward(seconds / 4)
                    host.hosting.says_status(session_id, "active" if number else "terminated")
                    host.hosting.says_color(session_id, "tomato")
                host.supervisor.remove(ids[5])
                await file.until("session.removed")
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
        yield host, clock, socket, path


@contextlib.asynccontextmanager
async def replaying(
    path: Path, *, speed: float = 1.0, at: float | None = None
) -> AsyncIterator[tuple[ReplayApp, Pilot[None], Steady]]:
    steady = Steady()
    with Recording(path) as recording:
        begin = recording.start if at is None else at
        playback = Playback(recording.start, recording.end, begin, steady(), speed)
        app = ReplayApp(setup(), recording, playback, steady)
        async with app.run_test(size=(120, 30)) as pilot:
            await until(pilot, lambda: bool(app.deck.sessions))
            yield app, pilot, steady


async def test_a_replay_ends_in_the_table_of_the_live_host(tmp_path: Path) -> None:
    async with recorded(tmp_path) as (_, _, socket, path):
        with Recording(path) as recording:
            end = recording.end
        live = WatchdeckApp(replace(setup(), socket=socket, clock=lambda: end))
        async with live.run_test(size=(120, 30)) as pilot:
            await until(pilot, lambda: live.attached)
            shown, held = table(live), live.deck.sessions
    async with replaying(path, speed=60.0) as (app, pilot, steady):
        assert len(app.deck.sessions) == 6
        for _ in range(11):
            steady.now += 1.0
            await pilot.pause()
        await until(pilot, lambda: app.deck.sessions == held)
        app._show()
        await pilot.pause()
        assert table(app) == shown


async def test_keys_jump_and_change_the_speed(tmp_path: Path) -> None:
    async with recorded(tmp_path) as (*_, path):
        pass
    async with replaying(path) as (app, pilot, steady):
        first, near_the_end = app.deck, replace(app.playback, at=app.playback.end - 20)
        assert app.playback.jump_s == 30
        app._play(near_the_end)
        await until(pilot, lambda: len(app.deck.sessions) == 6 and app.deck.sessions != first.sessions)
        await pilot.press("right")
        await until(pilot, lambda: len(app.deck.sessions) == 5)
        app._play(replace(near_the_end, at=app.playback.start + 20))
        await pilot.press("left")
        assert app.playback.at == app.playback.start
        await until(pilot, lambda: app.deck.sessions == first.sessions)
        await pilot.press("right_square_bracket", "right_square_bracket")
        assert app.playback.speed == 4
        steady.now += 10
        assert app.playback.position(steady()) == app.playback.start + 40
        for _ in range(9):
            await pilot.press("left_square_bracket")
        assert app.playback.speed == 0


async def test_the_filter_works_and_takes_the_keys(tmp_path: Path) -> None:
    async with recorded(tmp_path) as (*_, path):
        pass
    async with replaying(path, at=2e9, speed=0.0) as (app, pilot, _):
        await until(pilot, lambda: len(app.deck.sessions) == 5)
        await pilot.press("slash", *"status:active", "left", "enter")
        await until(pilot, lambda: len(app._main.view.rows) == 3)
        assert app.playback.position(0.0) == app.playback.end


async def test_keys_that_would_send_say_that_nothing_can_be(tmp_path: Path) -> None:
    async with recorded(tmp_path) as (*_, path):
        pass
    async with replaying(path) as (app, pilot, _):
        await pilot.press("j")
        for key in "dpcsSeEztn":
            app.say("")
            await pilot.press(key)
            await until(pilot, lambda: app._main._painter._said[0] == REPLAYED)
            assert app.screen is app._main


async def test_detail_and_history_say_what_a_recording_lacks(tmp_path: Path) -> None:
    async with recorded(tmp_path) as (*_, path):
        pass
    async with replaying(path) as (app, pilot, _):
        await pilot.press("j", "enter")
        await until(
            pilot, lambda: isinstance(app.screen, DetailScreen) and app.screen._trouble == NO_TIMELINE
        )
        await pilot.press("escape", "h")
        await until(pilot, lambda: NO_JOURNAL in str(app.screen.__dict__))
