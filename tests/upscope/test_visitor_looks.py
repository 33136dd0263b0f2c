"""Looks at hosted visitors: their requests, what a failing service leaves unseen, how they back off."""

import asyncio
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from browser_host.simulator.rest_faults import RestFault
from browser_host.simulator.simulated_service import PageOrder
from browser_host.upscope import visitor_looks
from browser_host.upscope.errors import KeyRefused, RateLimited, ServiceDown, TlsRefused
from browser_host.upscope.visitor import SessionAgent, Visitor, report_of
from browser_host.upscope.visitor_looks import FEW, LONGEST_BACKOFF_S, MOST_SINGLE, look, look_once, pause_s
from tests.upscope.conftest import Ask, Asked


def visitors(asked: Asked) -> list[str]:
    return [one.id for one in asked.simulator.sessions]


async def test_few_are_asked_one_by_one_and_many_by_one_list(ask: Ask) -> None:
    asked = await ask(sessions=FEW + 1)
    found = await look(asked.client, visitors(asked)[:FEW])
    assert (set(found.seen), found.unseen) == (set(visitors(asked)[:FEW]), frozenset())
    assert asked.calls("/list") == 0
    everyone = await look(asked.client, visitors(asked))
    assert set(everyone.seen) == set(visitors(asked))
    assert len(asked.simulator.record.calls) == FEW + 1


async def test_who_is_missing_from_the_list_is_asked_for_alone(ask: Ask) -> None:
    asked = await ask(sessions=3)
    strangers = [f"NOBODY{number}" for number in range(MOST_SINGLE + 5)]
    found = await look(asked.client, [*visitors(asked), *strangers])
    assert set(found.seen) == set(visitors(asked))
    assert found.unseen == frozenset(strangers[:MOST_SINGLE]), "the others wait for the next look"
    assert found.trouble is None


async def test_a_recheck_is_one_request(ask: Ask) -> None:
    asked = await ask(sessions=3)
    assert set((await look_once(asked.client, visitors(asked), 5)).seen) == set(visitors(asked))
    assert set((await look_once(asked.client, [asked.visitor, "NOBODY"], 5)).seen) == {asked.visitor}
    assert len(asked.simulator.record.calls) == 2
    assert set((await look_once(asked.client, [asked.visitor], 5)).seen) == {asked.visitor}
    assert asked.calls(f"/visitors/{asked.visitor}") == 1


@pytest.mark.parametrize("fault", [RestFault.FAILS, RestFault.HTML, RestFault.API_NOT_ENABLED])
async def test_a_service_that_fails_leaves_all_unseen(ask: Ask, fault: RestFault) -> None:
    asked = await ask(sessions=FEW + 1)
    asked.simulator.fail(fault, times=100)
    found = await look(asked.client, visitors(asked))
    assert (dict(found.seen), found.unseen) == ({}, frozenset(visitors(asked)))
    assert found.trouble is not None


async def test_a_service_that_hangs_costs_no_more_than_the_deadline(ask: Ask) -> None:
    asked = await ask(sessions=2)
    asked.simulator.fail(RestFault.SLOW, seconds=60)
    async with asyncio.timeout(10):
        found = await look(asked.client, visitors(asked), within_s=0.2)
    assert found.unseen == frozenset(visitors(asked))
    assert "within 0.2 s" in str(found.trouble)


async def test_the_other_agents_are_told_and_this_host_is_none(ask: Ask) -> None:
    asked = await ask(sessions=1)
    asked.simulator.order(asked.visitor, PageOrder.JOIN, "Dana")
    found = await look(asked.client, [asked.visitor])
    assert report_of(found.seen[asked.visitor], asked.settings.agent_id).agents == ("Dana",)
    agents = (SessionAgent("7"), SessionAgent(name="Lee"), SessionAgent("me", "Me"), SessionAgent("7"))
    assert report_of(replace(Visitor("A"), agents=agents), "me").agents == ("7", "Lee")


@given(st.floats(1, 3600), st.integers(1, 1_000))
def test_the_pause_grows_to_a_ceiling_and_is_never_shorter(interval: float, failures: int) -> None:
    assert pause_s(interval, 0, None) == interval
    pause = pause_s(interval, failures, ServiceDown("down"))
    assert interval <= pause <= max(interval, LONGEST_BACKOFF_S)
    assert pause <= 8 * interval
    assert pause >= pause_s(interval, failures - 1, ServiceDown("down"))
    assert pause_s(interval, failures, TlsRefused("no")) == pause


def test_the_pause_is_as_long_as_the_service_asks_for() -> None:
    assert pause_s(1, 1, RateLimited("slower", retry_after_s=90)) == 90
    assert pause_s(1, 1, KeyRefused("no such key")) == visitor_looks.REFUSED_S
