"""Twelve visitors, four of whom leave silently: who becomes stale by the service's word, and who is ended."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.conftest import Configure
from tests.support import ends
from tests.support.programs import Home, Program, running
from tests.support.upscope import Upscope, upscope

COUNT, LEAVING = 12, 4
GONE_S, POLL_S = 2.0, 1.0
CONFIGURATION = """
[upscope]
base_url = "{base_url}"
poll = "{poll:g}s"
[stale]
gone = "{gone:g}s"
[end]
undo = "0s"
[[sessions]]
"""

Sessions = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def service(home: Home, log: Path) -> Iterator[Upscope]:
    with upscope(home, log, sessions=COUNT) as found:
        yield found


@pytest.fixture(scope="module")
def host(home: Home, log: Path, service: Upscope, configure: Configure) -> Iterator[Program]:
    head = CONFIGURATION.format(base_url=service.base_url, poll=POLL_S, gone=GONE_S)
    entries = (
        f'label = "v{number:02}"\nvisitor = "{one}"' for number, one in enumerate(service.in_session())
    )
    configure({}, more=head + "\n[[sessions]]\n".join(entries))
    with running(home, "host", log=log, UPSCOPE_API_KEY=service.program.ready["api_key"]) as program:
        yield program


@pytest.fixture(scope="module")
def before(home: Home, host: Program) -> Sessions:
    """The twelve, live, in session as the service says."""
    assert host.ready["ready"]
    ends.rest(home, {f"v{number:02}": "viewerReady" for number in range(COUNT)})
    return home.until(lambda now: all(is_in_session(one) for one in now.values()), 10)


def is_in_session(session: dict[str, Any]) -> bool:
    return session["visitor_state"] is not None and session["visitor_state"]["in_session"] is True


def gone(now: Sessions) -> set[str]:
    return {name for name, one in now.items() if one["stale"] is not None and one["stale"]["rule"] == "gone"}


def test_list_shows_the_services_word_beside_the_pages(home: Home, before: Sessions) -> None:
    shown = home.json("list", "--filter", "online:yes url:northwind")["sessions"]
    assert {one["label"] for one in shown} == set(before)
    for one in shown:
        assert list(one["visitor_state"]) == [
            *("online", "in_session", "last_seen_at", "url", "tags", "checked_at"),
        ]
        assert one["status"] == "viewerReady"
        assert one["stale"] is None


def test_who_left_silently_is_ended_and_nobody_else(home: Home, before: Sessions, service: Upscope) -> None:
    leaving = [f"v{number:02}" for number in range(0, COUNT, COUNT // LEAVING)]
    left_at = time.monotonic()
    for name in leaving:
        service.leave(before[name]["visitor"])
    found = home.until(lambda now: len(gone(now)) == LEAVING, within=20)
    took = time.monotonic() - left_at
    assert gone(found) == set(leaving)
    assert took >= GONE_S, "not before the limit"
    assert {found[name]["status"] for name in leaving} == {"viewerReady"}, "the pages were not told"
    planned = home.json("end", "--filter", "stale:gone", "--dry-run")["plan"]
    assert {entry["label"] for entry in planned} == set(leaving)
    assert all(entry["reason"].startswith("visitor left ") for entry in planned)
    answer = home.json("end", "--filter", "stale:gone", "--yes")
    assert answer["counts"] == {"confirmed": LEAVING}
    assert ends.ends_told(service) == ends.links(before[name] for name in leaving)
    now = home.look()
    assert {name for name, one in now.items() if one["ended"] is not None} == set(leaving)


def test_an_outage_of_the_service_makes_nobody_stale(home: Home, before: Sessions, service: Upscope) -> None:
    assert before
    service.fail("fails", times=1000)
    home.until(lambda _: "REST service" in (home.json("list")["host"]["visitors"] or ""), 15)
    outage_at = time.monotonic()
    while time.monotonic() < outage_at + GONE_S + POLL_S:
        assert gone(home.look()) == set()
        time.sleep(0.2)
    left = [one["id"] for one in home.look().values() if one["ended"] is None]
    assert len(left) == COUNT - LEAVING
    done = home.run("end", *left[:2], "--yes")
    assert done.returncode == 0, "the service's silence holds no end up"
    assert "visitors are shown as they were last seen" in done.stderr
