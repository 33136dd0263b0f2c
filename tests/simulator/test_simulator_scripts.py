"""Scenarios, visitors, page scripts and search: all determined by the seed."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from browser_host.errors import UsageError
from browser_host.simulator.page_script import PALETTE, write_script
from browser_host.simulator.people import make_visitors
from browser_host.simulator.scenarios import Behaviour, assign_behaviours
from browser_host.simulator.search import matches
from browser_host.simulator.settings import SimulatorSettings
from browser_host.simulator.simulated_service import SimulatedService

seeds = st.integers(0, 2**32)


@given(seed=seeds)
def test_the_same_seed_gives_the_same_run(seed: int) -> None:
    def run() -> object:
        service = SimulatedService(SimulatorSettings(seed=seed))
        sessions = service.sessions("http://127.0.0.1:1")
        return [(one.label, one.link, service.script(one.visitor)) for one in sessions], service.api_key

    assert run() == run()


@given(seed=seeds, number=st.integers(0, 500), behaviour=st.sampled_from(Behaviour))
def test_scripts_use_documented_statuses_in_order(seed: int, number: int, behaviour: Behaviour) -> None:
    script = write_script(SimulatorSettings(seed=seed), number, behaviour)
    usual = ["waiting", "pendingRequest", "active", "snapshotReceived", "viewerReady"]
    posted = [status for _, status in script.steps]
    assert posted == [status for status in usual if status in posted]
    assert [at for at, _ in script.steps] == sorted(at for at, _ in script.steps)
    assert script.steps[-1][0] <= 4000
    assert len(set(script.palette)) == PALETTE


def test_links_depend_on_the_seed_but_not_on_the_session_count() -> None:
    def links(settings: SimulatorSettings) -> list[str]:
        return [one.link.reveal() for one in SimulatedService(settings).sessions("http://127.0.0.1:1")]

    twelve = SimulatorSettings()
    assert not set(links(twelve)) & set(links(replace(twelve, seed=8)))
    assert links(replace(twelve, sessions=30))[:12] == links(twelve)
    assert len(set(links(replace(twelve, sessions=400)))) == 400


@given(seed=seeds)
def test_names_and_short_ids_are_unique(seed: int) -> None:
    people = make_visitors(seed, 100, 20)
    assert len({one.short_id for one in people}) == 120
    assert len({one.name for one in people}) == 120


def test_behaviours_are_assigned_in_turn() -> None:
    assert assign_behaviours(SimulatorSettings(sessions=3, scenario="crash, normal")) == (
        "crash",
        "normal",
        "crash",
    )
    assert assign_behaviours(SimulatorSettings(scenario="faults")) == tuple(Behaviour)
    assert set(assign_behaviours(SimulatorSettings())) == {Behaviour.NORMAL}


def test_a_misspelt_scenario_suggests_the_nearest_name() -> None:
    with pytest.raises(UsageError, match="did you mean 'crash-once'"):
        assign_behaviours(SimulatorSettings(scenario="normal,crash-onse"))


@pytest.mark.parametrize(
    "make",
    [
        lambda: SimulatorSettings(sessions=0),
        lambda: SimulatorSettings(rate=-1),
        lambda: SimulatorSettings(rate=float("nan")),
        lambda: SimulatorSettings(port=70_000),
    ],
)
def test_numbers_out_of_range_are_refused(make: Callable[[], SimulatorSettings]) -> None:
    with pytest.raises(UsageError, match="must be from"):
        make()


def test_every_word_of_a_search_must_match() -> None:
    visitor = replace(make_visitors(7, 1, 0)[0], name="Ada Park", email="ada@acme.example", tags=("vip",))
    for query in (
        "",
        "ada",
        "PARK online",
        "ada@acme.example",
        "#vip",
        f"ip:{visitor.ip_address}",
        f"id:{visitor.short_id}",
        visitor.lookup_code,
    ):
        assert matches(visitor, query), query
    for query in ("-online", "ada #trial", "id:x", "ip:10.0.0.1", "9999", "nobody"):
        assert not matches(visitor, query), query


@given(seed=seeds, number=st.integers(0, 500))
def test_a_script_that_waits_ends_at_its_waiting_status(seed: int, number: int) -> None:
    for behaviour, status in (
        (Behaviour.WAITING, "waiting"),
        (Behaviour.AUTHORISATION, "pendingRequest"),
        (Behaviour.AUTHORISATION_DEAF, "pendingRequest"),
    ):
        script = write_script(SimulatorSettings(seed=seed), number, behaviour)
        assert script.steps[-1][1] == status
        assert script.deaf is (behaviour is Behaviour.AUTHORISATION_DEAF)
