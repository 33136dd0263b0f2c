"""The dashboard over two scripted hosts on real sockets."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from browser_host.config.clients.host_address import HostAddress
from browser_host.hosts.connecting import named_hosts
from browser_host.protocol.pointer_input import Place, PointerInput, PointerKind
from tests.tui.wiring.dashboard import asked, notices, setup_for, until
from tests.tui.wiring.fake_host import FakeHost
from tui import app as app_module
from tui.app import WatchdeckApp
from tui.host.deck import ConnectionState, lost_hosts
from tui.quiet_collector import QuietCollector

pytestmark = pytest.mark.usefixtures("no_quiet_time")


@pytest.fixture
async def other(tmp_path: Path) -> AsyncIterator[FakeHost]:
    fake = FakeHost(tmp_path / "other" / "host.sock", ("s1", "s9"))
    fake.undo_s = 30.0
    await fake.serve()
    yield fake
    await fake.go_away()


@asynccontextmanager
async def both(
    host: FakeHost, other: FakeHost, **changes: Any
) -> AsyncIterator[tuple[WatchdeckApp, Pilot[None]]]:
    addresses = [HostAddress("tokyo", host.path), HostAddress("york", other.path)]
    hosts = named_hosts(addresses, "tui", host.path.parent)
    app = WatchdeckApp(setup_for(host, hosts=hosts, **changes))
    async with app.run_test(size=(140, 40)) as pilot:
        await until(pilot, lambda: len(app.deck.sessions) == 5)
        yield app, pilot


def shown(app: WatchdeckApp) -> list[str]:
    table = app._main._painter.table
    return ["".join(segment.text for segment in table.render_line(y)) for y in range(8)]


def header_of(app: WatchdeckApp) -> str:
    return "".join(
        span.text for cell in app._main._painter._header(app.deck, app._main.view, 140, 0.0) for span in cell
    )


async def test_one_table_has_the_rows_of_all_hosts(host: FakeHost, other: FakeHost) -> None:
    async with both(host, other) as (app, pilot):
        assert list(app.deck.sessions) == ["tokyo/s1", "tokyo/s2", "tokyo/s3", "york/s1", "york/s9"]
        assert "tokyo" in shown(app)[0]
        assert "york" in shown(app)[4]
        assert "2 of 2 hosts" in header_of(app)
        other.change("s9", status="terminated")
        await until(pilot, lambda: app.deck.sessions["york/s9"].status == "terminated")
        await pilot.press("/", *"host:york", "enter")
        await until(pilot, lambda: app._main.view.rows == ("york/s1", "york/s9"))


async def test_an_act_reaches_the_rows_own_host(host: FakeHost, other: FakeHost) -> None:
    async with both(host, other) as (app, pilot):
        app._main.point("york/s1")
        await pilot.press("d")
        action, body = await asked(other)
        assert (action, body["ids"]) == ("setMode", ("s1",))
        assert host.asked.empty()
        await until(pilot, lambda: app.deck.sessions["york/s1"].instruction is not None)
        assert app.deck.sessions["tokyo/s1"].instruction is None
        click = PointerInput(PointerKind.CLICK, (Place(0.5, 0.25),))
        await app._client.send_input("york/s1", click)
        assert await asked(other) == ("input", ("s1", click))
        assert host.asked.empty()
        await pilot.press("enter")
        assert await asked(other) == ("detail", "s1")


async def test_a_lost_host_greys_its_rows_and_no_others(host: FakeHost, other: FakeHost) -> None:
    async with both(host, other) as (app, pilot):
        await other.go_away()
        await until(pilot, lambda: lost_hosts(app.deck) == {"york"})
        assert app.deck.link is ConnectionState.ATTACHED
        assert "1 HOST LOST: york" in header_of(app)
        await until(pilot, lambda: "york: " in notices(app))
        lines = [app._main._painter.table._line(y) for y in range(5)]
        assert [line.greyed for line in lines] == [False, False, False, True, True]
        host.change("s3", status="pendingRequest")
        await until(pilot, lambda: app.deck.sessions["tokyo/s3"].status == "pendingRequest")
        app._main.point("york/s9")
        await pilot.press("d")
        await until(pilot, lambda: "Connection to york lost" in notices(app))
        await other.serve()
        await until(pilot, lambda: not lost_hosts(app.deck))
        assert "HOST LOST" not in header_of(app)


async def test_sessions_of_each_host_that_comes_are_frozen(
    host: FakeHost, other: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    monkeypatch.setattr(gc, "freeze", lambda: done.append("freeze"))
    monkeypatch.setattr(app_module, "LOAD_REST_AFTER_S", 0.01)
    async with both(host, other, collector=QuietCollector()) as (app, pilot):
        await until(pilot, lambda: len(done) >= 2)  # after the import of the rest, and after an attachment
        await other.go_away()
        await until(pilot, lambda: lost_hosts(app.deck) == {"york"})
        before = len(done)
        await other.serve()
        await until(pilot, lambda: len(done) > before)
        assert not lost_hosts(app.deck)


async def test_marks_over_both_hosts_are_instructed_at_once(host: FakeHost, other: FakeHost) -> None:
    async with both(host, other) as (_, pilot):
        await pilot.press("a", "p")
        assert (await asked(host))[1]["ids"] == ("s1", "s2", "s3")
        assert (await asked(other))[1]["ids"] == ("s1", "s9")


async def test_a_bulk_end_has_one_list_of_results(host: FakeHost, other: FakeHost) -> None:
    async with both(host, other) as (app, pilot):
        outcome = await app._commands.end(("tokyo/s2", "york/s1"), 30.0)
        assert outcome is not None
        assert [(one.id, one.instruction) for one in outcome.results] == [
            ("tokyo/s2", "tokyo/i1"),
            ("york/s1", "york/i1"),
        ]
        await asked(host), await asked(other)
        await until(pilot, lambda: len(app._commands.pending(app.deck)) == 2)
        await pilot.press("z")
        assert await asked(host) == ("cancel", ("i1",))
        assert await asked(other) == ("cancel", ("i1",))
        await until(pilot, lambda: not app._commands.pending(app.deck))
        assert app._ends.undo_s == 30.0
