"""Choosing a visitor, searched at a simulated service over TCP."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from textual import events

from browser_host.config.choices import Auth
from browser_host.errors import WatchdeckError
from browser_host.sessions.clock import system_clock
from browser_host.simulator.server import Simulator
from browser_host.simulator.settings import SimulatorSettings
from browser_host.supervisor.policy import Policy
from browser_host.supervisor.upscope_worker import UpscopeWorker
from browser_host.upscope.client import UpscopeClient
from browser_host.upscope.links import LinkRules
from browser_host.upscope.settings import ServiceSettings
from tests.support.host import SilentLog
from tests.support.questions import is_asked
from tests.tui.plan.stage import Stage, stage
from tui.screens.visitors import VisitorsScreen
from tui.widgets.filter_bar import FilterInput


def beside_the_screen() -> events.Event:
    """A wheel where the terminal ended before it became smaller."""
    place = {"x": 500, "y": 5, "screen_x": 500, "screen_y": 5, "delta_x": 0, "delta_y": 1, "button": 0}
    return events.MouseScrollDown(None, **place, shift=False, meta=False, ctrl=False)  # type: ignore[arg-type]


@asynccontextmanager
async def with_service(folder: Path, rules: Policy | None = None) -> AsyncIterator[tuple[Stage, Simulator]]:
    async with Simulator(SimulatorSettings(sessions=4)) as simulator:
        client = UpscopeClient(ServiceSettings(simulator.base_url, Auth.X_API_KEY, simulator.api_key))
        rest = UpscopeWorker(client, LinkRules(), supervisor_name="ada", clock=system_clock, log=SilentLog())
        async with stage(folder, rules, rest=rest) as one, rest.working(one.host.supervisor.receive):
            yield one, simulator


async def test_the_chosen_visitor_is_hosted_after_one_confirmation(tmp_path: Path) -> None:
    async with with_service(tmp_path) as (one, simulator):
        wanted = simulator.sessions[1].id
        await one.press("n")
        await one.shows("Host a visitor", "found", wanted)
        await one.press(*f"id:{wanted}")
        await one.shows("1 found", wanted)
        await one.press("enter")
        await one.until(lambda: is_asked(one.app))
        await one.press("enter")
        await one.until(lambda: isinstance(one.app.screen, VisitorsScreen))
        assert not simulator.record.links
        await one.press("enter")
        await one.until(lambda: is_asked(one.app))
        await one.press("y")
        await one.shows("is hosted as", "hosted as")
        await one.until(lambda: len(one.app.deck.sessions) == 1)
        await one.until(lambda: [made.session for made in simulator.record.links] == [wanted])
        await one.press("enter")
        await one.until(lambda: is_asked(one.app))
        await one.press("y")
        await one.shows("is not hosted:")
        assert len(one.host.supervisor.store) == 1


async def test_keys_typed_in_the_search_do_nothing_else(tmp_path: Path) -> None:
    async with with_service(tmp_path) as (one, _):
        await one.press("n")
        await one.shows("found")
        await one.press(*"q?Enz")
        await one.shows("No visitors found", "0 found")
        assert one.app.screen.query_one(FilterInput).value == "q?Enz"
        await one.press("escape")
        await one.shows("Host a visitor", "online")
        await one.press("escape")
        assert not isinstance(one.app.screen, VisitorsScreen)


@pytest.mark.parametrize("takes", [events.AppBlur, beside_the_screen])
async def test_the_box_keeps_the_keys(tmp_path: Path, takes: Callable[[], events.Event]) -> None:
    async with with_service(tmp_path) as (one, _):
        await one.press("n")
        await one.shows("found")
        one.app.post_message(takes())
        await one.until(lambda: one.app.screen.focused is None)
        await one.press("x")
        assert one.app.screen.query_one(FilterInput).value == "x"
        await one.press("escape", "escape")
        assert not isinstance(one.app.screen, VisitorsScreen)


async def test_a_host_without_a_key_says_what_is_missing(tmp_path: Path) -> None:
    async with stage(tmp_path, count=1) as one:
        await one.press("n")
        await one.shows("Can't list visitors: no API key", "upscope.api_key_env")


async def test_a_host_that_is_read_only_hosts_nobody(tmp_path: Path) -> None:
    async with with_service(tmp_path, Policy(read_only=True)) as (one, simulator):
        await one.press("n")
        await one.shows(simulator.sessions[0].id)
        await one.press("enter")
        await one.shows("The host is read-only (host.read_only)")
        assert not simulator.record.links


async def test_what_the_service_refuses_is_told(tmp_path: Path) -> None:
    async with with_service(tmp_path) as (one, _):

        async def refuses(*_: object) -> None:
            raise WatchdeckError("the service refuses the key (invalid_api_key)")

        one.host.service._rest.client.visitors = refuses  # type: ignore[union-attr,method-assign]
        await one.press("n")
        await one.shows("Can't list visitors", "invalid_api_key")


async def test_a_journal_that_can_not_be_written_hosts_nobody(tmp_path: Path) -> None:
    async with with_service(tmp_path) as (one, simulator):
        await one.press("n")
        await one.shows(simulator.sessions[0].id)
        deck = one.app.deck
        assert deck.host is not None
        one.app._take(replace(deck, host=replace(deck.host, journal="the journal /j can't be written")))
        await one.press("enter")
        await one.shows("No changes possible: the journal /j can't be written")
        assert not simulator.record.links
