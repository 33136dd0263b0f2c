"""Two hundred sessions ended and confirmed, timed from the first intent to the last page's word."""

import json
import math
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from browser_host.simulator.scenarios import Behaviour
from tests.conftest import Turns
from tests.end_to_end.conftest import Configure
from tests.support import ends
from tests.support.host_socket import Events, listening
from tests.support.patience import patient
from tests.support.programs import Home, running
from tests.support.upscope import Upscope, upscope

COUNT = 200
WITHIN_S = 2.0
TRIES = 4
CONFIGURATION = """
[end]
undo = "0s"
per_second = 1000
"""
AT_REST = {f"s{number:03}": "viewerReady" for number in range(COUNT)}


@pytest.fixture(scope="module")
def service(home: Home, log: Path) -> Iterator[Upscope]:
    with upscope(home, log, sessions=COUNT, scenario=Behaviour.RESTARTS) as found:
        yield found


@pytest.fixture(scope="module")
def events(home: Home, log: Path, service: Upscope, configure: Configure) -> Iterator[Events]:
    configure(dict(zip(AT_REST, service.urls, strict=True)), more=CONFIGURATION)
    with running(home, "host", log=log), listening(home.socket) as found:
        yield found


@pytest.mark.by_turns
@pytest.mark.timeout(600)
def test_two_hundred_are_ended_and_confirmed_within_two_seconds(
    home: Home, service: Upscope, events: Events, capsys: pytest.CaptureFixture[str], turns: Turns
) -> None:
    took: list[float] = []
    # Once is enough: other tests may have the machine just then, and these pages start again.
    while len(took) < TRIES and not any(seconds < patient(WITHIN_S) for seconds in took):
        with turns():
            sessions = ends.rest(home, AT_REST, within=60)
            before, told_before = len(events.so_far()), ends.ends_told(service)
        with turns(alone=True):  # opening two hundred pages takes much longer than this, and measures nothing
            answer = json.loads(home.run("end", "--all", "--yes", "--json").stdout)
            confirmed = answer["counts"].get("confirmed", 0)
            events.until(lambda seen: len(moments(seen[before:], "confirmed")) >= confirmed, within=5)  # noqa: B023 - called at once
        took.append(seconds_of(events.so_far()[before:]))
        # A page confirms before the simulator's record has what it was told.
        told = ends.ends_told(service, told_before.total() + confirmed) - told_before
        assert set(told.values()) == {1}
        if took[-1] < math.inf:
            assert told == ends.links(sessions.values())
        with capsys.disabled():
            slowest = max(result["took_ms"] or 0 for result in answer["results"])
            print(  # noqa: T201 - the figure is what this is for
                f"\n{COUNT} ends: {answer['counts']} in {took[-1]:.2f} s; the slowest page took {slowest} ms"
            )
    assert min(took) < patient(WITHIN_S)
    assert ends.sound(home) > 3 * COUNT


def seconds_of(events: Sequence[dict[str, Any]]) -> float:
    """From the first end that was given to the last that was confirmed; endless where not all were."""
    confirmed = moments(events, "confirmed")
    return max(confirmed) - min(moments(events, "queued")) if len(confirmed) == COUNT else math.inf


def moments(events: Sequence[dict[str, Any]], state: str) -> list[float]:
    chosen = [event["at"] for event in events if event["type"] == f"instruction.{state}"]
    return [datetime.fromisoformat(at).timestamp() for at in chosen]
