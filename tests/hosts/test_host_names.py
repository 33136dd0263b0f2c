"""Ids of several hosts: who they belong to, before anything is sent."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from browser_host.api.schema import ALERT, HostEvent
from browser_host.errors import UnknownSession
from browser_host.host_names import host_of, qualified, split
from browser_host.hosts import qualify
from browser_host.hosts.resolve import by_host, resolved
from browser_host.sessions import views
from browser_host.sessions.filter import for_host, parse
from browser_host.sessions.json_codec import to_json
from browser_host.sessions.views import InstructionView
from tests.tui.wiring.fake_host import session

HOSTS = ("tokyo", "york", "Oslo")
IDS = ("abcde", "bcdef", "cdefg")
EVERY = st.sets(st.tuples(st.sampled_from(HOSTS), st.sampled_from(IDS)))
TERMS = st.sampled_from(
    (
        "host:tokyo",
        "!host:tokyo",
        "host:OSLO",
        "!!host:york",
        "abc",
        "!bcd",
        "status:viewerReady",
        "browser:local",
        "browser:tokyo/local",
        "!browser:York/local",
        "tokyo",
        '"b c"',
    )
)


@given(st.lists(TERMS, max_size=4), st.sampled_from(HOSTS), st.sampled_from(IDS))
def test_a_filter_means_the_same_here_and_on_the_host(terms: list[str], host: str, session_id: str) -> None:
    expression, view = "  ".join(terms), session(session_id, label=f"label of {session_id}", browser="local")
    here = parse(expression).matches(qualify.session(host, view), 0.0)
    there = for_host(expression, host)
    assert here == (there is not None and parse(there).matches(view, 0.0))


@given(EVERY, st.lists(st.sampled_from(IDS), min_size=1), st.sets(st.sampled_from(HOSTS)))
def test_plain_ids_resolve_only_without_any_doubt(
    every: set[tuple[str, str]], ids: list[str], silent: set[str]
) -> None:
    known = [qualified(host, session_id) for host, session_id in every if host not in silent]
    owners = {one: [host for host, session_id in every if session_id == one] for one in ids}
    if silent or any(len(hosts) != 1 for hosts in owners.values()):
        with pytest.raises(UnknownSession, match="nothing was sent"):
            resolved(ids, known, silent)
    else:
        assert resolved(ids, known) == tuple(qualified(owners[one][0], one) for one in dict.fromkeys(ids))


@given(EVERY, st.lists(st.tuples(st.sampled_from(HOSTS), st.sampled_from(IDS)), min_size=1))
def test_qualified_ids_are_known_or_of_a_silent_host(
    every: set[tuple[str, str]], asked: list[tuple[str, str]]
) -> None:
    known = [qualified(*one) for one in every if one[0] != "york"]
    ids = [qualified(*one) for one in asked]
    unknown = [qualified(*one) for one in asked if one not in every and one[0] != "york"]
    if unknown:
        with pytest.raises(UnknownSession, match=unknown[0]):
            resolved(ids, known, {"york"})
    else:
        assert resolved(ids, known, {"york"}) == tuple(dict.fromkeys(ids))


@given(st.lists(st.sampled_from([qualified(host, one) for host in HOSTS for one in IDS])))
def test_parts_by_host_are_the_whole_in_order(ids: list[str]) -> None:
    parts = by_host(ids)
    assert sorted(one for part in parts.values() for one in part) == sorted(ids)
    assert all(part == [one for one in ids if host_of(one) == host] for host, part in parts.items())


def test_an_event_keeps_a_qualified_session_up_to_date() -> None:
    before = session("abcde")
    after = replace(
        before, instruction=InstructionView("i7", "setMode", "sent", 5.0, "ada (1)", ""), mode="draw"
    )
    body = {"seq": 3, "type": "instruction.sent", "id": "abcde", "mode": "draw", "entry": {"id": "i7"}}
    body["instruction"] = to_json(after)["instruction"]
    told = qualify.event("tokyo", HostEvent(3, 5.0, "instruction.sent", "abcde", body))
    assert views.merged(qualify.session("tokyo", before), told.body) == qualify.session("tokyo", after)
    assert (told.id, told.body["id"], told.body["entry"]["id"]) == ("tokyo/abcde", "tokyo/abcde", "tokyo/i7")
    assert body["id"] == "abcde"


def test_alerts_and_browsers_in_events_are_qualified() -> None:
    alert = HostEvent(1, 5.0, f"{ALERT}firing", None, {"name": "a/b", "sessions": ["abcde"]})
    told = qualify.event("tokyo", alert).body
    assert (told["name"], told["sessions"], split(told["name"])) == (
        "tokyo/a/b",
        ["tokyo/abcde"],
        ("tokyo", "a/b"),
    )
    browser = HostEvent(1, 5.0, "browser.lost", None, json.loads('{"browsers": [{"name": "local"}]}'))
    assert qualify.event("tokyo", browser).body["browsers"] == [{"name": "tokyo/local"}]


def test_the_only_host_changes_no_id() -> None:
    view = session("abcde", instruction=InstructionView("i7", "setMode", "sent", 5.0, "ada (1)", ""))
    assert qualify.session("", view) == view
