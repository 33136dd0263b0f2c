"""Pages that kill or hang the renderer they share: what `list` says of them and of their neighbours."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from browser_host.simulator.scenarios import Behaviour
from tests.end_to_end.conftest import Configure
from tests.support.host_socket import Events, listening
from tests.support.programs import Home, running
from tests.support.upscope import upscope

CULPRITS = (Behaviour.CRASH, Behaviour.CRASH_ONCE, Behaviour.LOOP, Behaviour.LOOP_ONCE)
PAGES = len(CULPRITS) + 1
SCENARIO = (*CULPRITS, Behaviour.NORMAL) + (Behaviour.NORMAL,) * PAGES
"""Sessions are spread over the pages in turn: each culprit has one neighbour, the last page has none."""

SETTLED_WITHIN_S = 60.0


@pytest.fixture(scope="module")
def events(home: Home, log: Path, configure: Configure) -> Iterator[Events]:
    with upscope(home, log, sessions=len(SCENARIO), scenario=",".join(SCENARIO)) as service:
        labels = [*CULPRITS, "bystander", *(f"beside-{culprit}" for culprit in CULPRITS), "bystander-2"]
        configure(dict(zip(labels, service.urls, strict=True)), pages_of=2)
        with running(home, "host", log=log), listening(home.socket) as found:
            yield found


def told(events: Events, session_id: str) -> list[tuple[str, str | None]]:
    """How a session was said to be hosted, in order, with the error's code."""
    return [
        (event["hosting"], (event.get("error") or {}).get("code"))
        for event in events.so_far()
        if event["type"] == "session.hosting" and event["id"] == session_id
    ]


def is_ready(session: dict[str, Any]) -> bool:
    return session["hosting"] == "live" and session["status"] == "viewerReady" and session["error"] is None


def after(events: Events, home: Home, label: str, code: str) -> dict[str, Any]:
    """The session once it is ready again after having been lost for this reason."""

    def again(now: dict[str, dict[str, Any]]) -> bool:
        return label in now and ("lost", code) in told(events, now[label]["id"]) and is_ready(now[label])

    return home.until(again, SETTLED_WITHIN_S)[label]


@pytest.mark.parametrize("culprit", [Behaviour.CRASH_ONCE, Behaviour.CRASH])
def test_a_page_that_kills_its_renderer_is_lost_and_comes_back(
    home: Home, events: Events, culprit: Behaviour
) -> None:
    session = after(events, home, culprit, "page_crashed")
    neighbour = after(events, home, f"beside-{culprit}", "page_crashed")
    assert session["process"] is not None
    assert (session["ended"], neighbour["ended"]) == (None, None)


def test_a_page_that_crashes_again_and_again_ends_up_alone(home: Home, events: Events) -> None:
    crash = home.look()[Behaviour.CRASH]["id"]
    events.until(
        lambda seen: sum(e.get("id") == crash and e.get("hosting") == "lost" for e in seen) >= 2,
        SETTLED_WITHIN_S,
    )
    now = home.until(lambda now: is_ready(now[f"beside-{Behaviour.CRASH}"]), SETTLED_WITHIN_S)
    neighbour = now[f"beside-{Behaviour.CRASH}"]
    assert sum(hosting == "lost" for hosting, _ in told(events, neighbour["id"])) <= 2


@pytest.mark.parametrize("label", [Behaviour.LOOP_ONCE, f"beside-{Behaviour.LOOP_ONCE}"])
def test_a_loop_is_broken_and_nobody_loses_the_page(home: Home, events: Events, label: str) -> None:
    def came_back(now: dict[str, dict[str, Any]]) -> bool:
        hung = ("unresponsive", "page_hung") in told(events, now[label]["id"])
        return hung and is_ready(now[label])

    session = home.until(came_back, SETTLED_WITHIN_S)[label]
    assert "lost" not in {hosting for hosting, _ in told(events, session["id"])}


def test_looping_page_is_named_and_its_neighbour_recovers(home: Home, events: Events) -> None:
    culprit = Behaviour.LOOP
    neighbour = after(events, home, f"beside-{culprit}", "page_hung")
    of_neighbour = told(events, neighbour["id"])
    assert of_neighbour.index(("unresponsive", "page_hung")) < of_neighbour.index(("lost", "page_hung"))
    looped = told(events, home.look()[culprit]["id"])
    assert looped.index(("unresponsive", "page_hung")) < looped.index(("lost", "page_hung"))
    assert neighbour["ended"] is None
    home.until(
        lambda now: "with no other session in it" in (now[culprit]["error"] or {"text": ""})["text"],
        SETTLED_WITHIN_S,
    )
    assert is_ready(home.look()[f"beside-{culprit}"])


def test_the_others_stayed_live_all_the_time(home: Home, events: Events) -> None:
    others = ("bystander", "bystander-2")
    now = home.until(lambda now: all(is_ready(now[label]) for label in others), SETTLED_WITHIN_S)
    for label in others:
        assert {hosting for hosting, _ in told(events, now[label]["id"])} <= {"queued", "loading", "live"}
