"""What keys do through a scripted host on a real socket, and what the dashboard tells of it."""

import asyncio

import pytest
from textual.widgets import Static

from browser_host.api.schema import RESYNC
from browser_host.errors import Refused
from browser_host.sessions.clock import system_clock
from tests.support.questions import is_asked
from tests.tui.wiring.dashboard import DEADLINE_S, asked, notices, running, setup_for, until
from tests.tui.wiring.fake_host import FakeHost
from tui.app import WatchdeckApp
from tui.host.connection import GONE
from tui.host.deck import ConnectionState
from tui.screens.confirm import ConfirmScreen

pytestmark = pytest.mark.usefixtures("no_quiet_time")


async def test_a_key_instructs_the_session_under_the_cursor(host: FakeHost) -> None:
    async with running(setup_for(host)) as (_, pilot):
        await pilot.press("j", "d")
        action, body = await asked(host)
        assert (action, body["ids"], body["mode"], body["wait"]) == ("setMode", ("s2",), "draw", False)


async def test_a_refusal_is_told_in_plain_words(host: FakeHost) -> None:
    host.refusal = Refused("this host is [b]read-only[/b]")
    async with running(setup_for(host)) as (app, pilot):
        await pilot.press("s")
        await until(pilot, lambda: "[b]read-only[/b]" in notices(app))


async def test_end_asks_and_ends_the_targets_of_the_key_press(host: FakeHost) -> None:
    async with running(setup_for(host)) as (app, pilot):
        await pilot.press("j", "e")
        await until(pilot, lambda: is_asked(app))
        for number in range(5):
            host.change("s1", events=number)
        await pilot.press("y")
        action, body = await asked(host)
        assert (action, body["ids"]) == ("endSession", ("s2",))


async def test_nothing_is_ended_if_undo_got_shorter_meanwhile(
    host: FakeHost,
) -> None:
    async with running(setup_for(host)) as (app, pilot):
        await pilot.press("e")
        await until(pilot, lambda: is_asked(app))
        host.undo_s = 0.0
        host.events.publish(RESYNC, None, system_clock(), {})
        await until(pilot, lambda: app.deck.host is not None and app.deck.host.undo_s == 0.0)
        await pilot.press("y")
        await until(pilot, lambda: "nothing was ended" in notices(app))
        assert host.asked.empty()


async def test_cancelling_ends_nothing(host: FakeHost) -> None:
    async with running(setup_for(host)) as (app, pilot):
        await pilot.press("e")
        await until(pilot, lambda: is_asked(app))
        await pilot.press("enter")
        await until(pilot, lambda: not isinstance(app.screen, ConfirmScreen))
        await pilot.press("d")
        assert (await asked(host))[0] == "setMode"


async def test_the_ends_that_wait_are_counted_down_and_taken_back(host: FakeHost) -> None:
    async with running(setup_for(host)) as (app, pilot):
        await pilot.press("space", "space", "e")
        await until(pilot, lambda: is_asked(app))
        await pilot.press("y")
        assert (await asked(host))[1]["ids"] == ("s1", "s2")
        await until(pilot, lambda: app._ends.counted_down.startswith("Ending 2 sessions in "))
        await pilot.press("z")
        assert await asked(host) == ("cancel", ("i1", "i2"))
        await until(pilot, lambda: app._ends.counted_down == "")


async def test_leaving_with_ends_pending_asks(host: FakeHost) -> None:
    async with running(setup_for(host)) as (app, pilot):
        await pilot.press("e")
        await until(pilot, lambda: is_asked(app))
        await pilot.press("y")
        await until(pilot, lambda: bool(app._commands.pending(app.deck)))
        await pilot.press("q")
        await until(pilot, lambda: is_asked(app))
        said = "\n".join(str(widget.render()) for widget in app.screen.query(Static))
        assert "1 end is pending. If you leave now, the host keeps running and sends them" in said
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, ConfirmScreen))
        await pilot.press("q")
        await until(pilot, lambda: is_asked(app))
        await pilot.press("y")
        await until(pilot, lambda: not app.is_running)


@pytest.mark.parametrize("key", ["q", "ctrl+q"])
async def test_leaving_with_nothing_pending_leaves(host: FakeHost, key: str) -> None:
    async with running(setup_for(host)) as (app, pilot):
        await pilot.press(key)
        await until(pilot, lambda: not app.is_running)


async def test_a_lost_host_is_told_and_attached_to_again(host: FakeHost) -> None:
    async with running(setup_for(host)) as (app, pilot):
        await host.go_away()
        await until(pilot, lambda: app.deck.link is ConnectionState.LOST)
        assert list(app.deck.sessions) == ["s1", "s2", "s3"]
        await until(pilot, lambda: GONE in notices(app))
        await host.serve()
        await until(pilot, lambda: app.attached)


async def test_the_end_of_the_dashboards_own_host_is_told(host: FakeHost) -> None:
    async with running(setup_for(host, host_ended=lambda: "the host ended with exit code 9")) as (app, pilot):
        await host.go_away()
        await until(pilot, lambda: "exit code 9" in notices(app))


async def test_a_fault_is_told_without_locals(host: FakeHost, capsys: pytest.CaptureFixture[str]) -> None:
    app = WatchdeckApp(setup_for(host))
    canary = "canary-of-a-page"

    async def fails() -> None:
        async with app.run_test():
            local = canary
            app.call_later(lambda: len(local) / 0)
            await asyncio.wait_for(app._exception_event.wait(), DEADLINE_S)

    with pytest.raises(ZeroDivisionError):
        await fails()
    assert canary not in capsys.readouterr().err


async def test_t_tries_the_row_under_the_cursor_again(host: FakeHost) -> None:
    async with running(setup_for(host)) as (app, pilot):
        await pilot.press("j", "t")
        assert await asked(host) == ("retry", ("s2",))
        await until(pilot, lambda: "Retrying 1" in app._main._painter._said[0])


async def test_a_key_held_down_instructs_each_session_once(host: FakeHost) -> None:
    async with running(setup_for(host)) as (app, pilot):
        await pilot.press("a", *["d"] * 60)
        assert sorted((await asked(host))[1]["ids"]) == ["s1", "s2", "s3"]
        assert "Already under way" in notices(app)
        await pilot.press("p", *["p"] * 20)
        assert (await asked(host))[1]["mode"] == "pointer"
        assert host.asked.empty()


async def test_one_notice_at_a_time_stands_on_its_line(host: FakeHost) -> None:
    async with running(setup_for(host)) as (app, pilot):
        for _ in range(3):
            app.notify("first", severity="warning")
            app.notify("second", severity="error")
        await pilot.pause()
        assert not app._notifications
        assert notices(app) == "second"


async def test_after_a_bulk_end_marks_go_and_a_summary_stands(host: FakeHost) -> None:
    host.undo_s = 0.0
    async with running(setup_for(host)) as (app, pilot):
        await pilot.press("a", "e")
        await until(pilot, lambda: is_asked(app))
        await pilot.press("y")
        await asked(host)
        await until(pilot, lambda: all(view.instruction for view in app.deck.sessions.values()))
        for session_id, state in (("s1", "confirmed"), ("s2", "confirmed"), ("s3", "unconfirmed")):
            host.outcome(session_id, state)
        await until(pilot, lambda: notices(app) == "2 of 3 ended: 2 confirmed, 1 unconfirmed")
        assert app._main.view.selection.marks == {"s3"}
