"""What the terminal is sent: a changed cell is some bytes, a change out of sight none."""

import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from textual.pilot import Pilot

from browser_host.sessions.views import StaleView
from tests.tui.deck.screen_samples import NOW, Counting, SampleApp, deck, session
from tui.host.deck import Deck

MANY = deck(*(session(f"s{n:03}", label=f"label {n}") for n in range(200)))


@asynccontextmanager
async def counting(
    size: tuple[int, int], clock: Callable[[], float] = lambda: NOW
) -> AsyncIterator[tuple[SampleApp, Pilot[None]]]:
    app = SampleApp(driver=Counting, clock=clock)
    async with app.run_test(headless=False, size=size) as pilot:
        app.main.show(MANY, NOW)
        await pilot.pause()
        await pilot.pause()
        yield app, pilot


def changed(held: Deck, session_id: str, **changes: Any) -> Deck:
    sessions = dict(held.sessions)
    sessions[session_id] = replace(sessions[session_id], **changes)
    return replace(held, sessions=sessions)


async def sent_by(app: SampleApp, pilot: Pilot[None], held: Deck, now: float = NOW) -> str:
    driver = app._driver
    assert isinstance(driver, Counting)
    await pilot.pause()
    driver.sent.clear()
    app.main.show(held, now)
    await pilot.pause()
    await pilot.pause()
    return "".join(driver.sent)


async def test_changed_cell_costs_less_than_200_bytes() -> None:
    async with counting((160, 45)) as (app, pilot):
        for changes in ({"status": "active"}, {"mode": "draw"}, {"color": "#00ff00"}):
            sent = await sent_by(app, pilot, changed(MANY, "s010", **changes))
            assert 0 < len(sent.encode()) < 200, changes
            await sent_by(app, pilot, MANY)


async def test_a_change_out_of_sight_sends_nothing() -> None:
    async with counting((160, 45)) as (app, pilot):
        assert await sent_by(app, pilot, changed(MANY, "s150", status="active", color="#00ff00")) == ""


async def test_the_same_deck_again_sends_nothing() -> None:
    async with counting((80, 24)) as (app, pilot):
        assert await sent_by(app, pilot, replace(MANY)) == ""


async def test_a_second_that_changes_no_word_sends_nothing() -> None:
    async with counting((160, 45)) as (app, pilot):
        assert await sent_by(app, pilot, MANY, NOW + 1) == ""


async def test_twenty_changed_cells_cost_less_than_four_kilobytes() -> None:
    async with counting((160, 45)) as (app, pilot):
        held = MANY
        for n in range(20):
            held = changed(held, f"s{n:03}", status="active")
        assert 0 < len((await sent_by(app, pilot, held)).encode()) < 4000


async def test_what_is_sent_shows_the_new_word() -> None:
    async with counting((80, 24)) as (app, pilot):
        assert "waiting" in await sent_by(app, pilot, changed(MANY, "s003", status="waiting"))


async def test_moving_the_cursor_sends_two_rows_and_not_the_table() -> None:
    async with counting((120, 40)) as (app, pilot):
        driver = app._driver
        assert isinstance(driver, Counting)
        driver.sent.clear()
        await pilot.press("j")
        await pilot.pause()
        assert 0 < len("".join(driver.sent).encode()) < 4000


@pytest.mark.parametrize("one_in", [5, 1])
async def test_an_idle_minute_with_countdowns_is_quiet(monkeypatch: pytest.MonkeyPatch, one_in: int) -> None:
    """One in five on its way to being stale is a bad day; where it is every one, they alone are seen."""
    monkeypatch.setenv("COLORTERM", "truecolor")
    chance = random.Random(7)
    held = deck(
        *(
            session(
                f"s{n:03}",
                status="viewerReady" if n % one_in else ("pendingRequest", "waiting")[n % 2],
                status_since=NOW - (chance.uniform(600, 9000) if n % one_in else chance.uniform(0, 240)),
                opened_at=NOW - chance.uniform(600, 9000),
                last_event_at=NOW - chance.uniform(90, 900),
                stale=None if n % 9 else StaleView("pending", NOW - chance.uniform(300, 900), 300, 300, ""),
            )
            for n in range(200)
        )
    )
    moment = [NOW]
    async with counting((160, 45), lambda: moment[0]) as (app, pilot):
        await sent_by(app, pilot, held)
        sent = []
        for _ in range(60):
            moment[0] += 1
            sent.append(await sent_by(app, pilot, held, moment[0]))
        assert any("38;2;" in second for second in sent), "the dearest colours there are"
        a_second = sum(len(second.encode()) for second in sent) / len(sent)
        assert 0 < a_second < 300
