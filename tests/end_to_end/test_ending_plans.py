"""Ends that wait: taken back, interrupted, given by two at once, and plans that the world overtakes."""

import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from browser_host.simulator.scenarios import Behaviour
from tests.end_to_end.conftest import Configure
from tests.support import ends, host_socket
from tests.support.programs import WATCHDECK, Home, Program, running
from tests.support.upscope import Upscope, upscope

COUNT = 24
UNDO_S = 3.0
PER_SECOND = 3
CONFIGURATION = f"""
[stale]
pending = "1s"
[end]
undo = "{UNDO_S:g}s"
per_second = {PER_SECOND}
"""
AT_REST = {f"s{number:02}": "pendingRequest" for number in range(COUNT)}

Sessions: TypeAlias = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def service(home: Home, log: Path) -> Iterator[Upscope]:
    with upscope(home, log, sessions=COUNT, scenario=Behaviour.AUTHORISATION, takes_orders=True) as found:
        yield found


@pytest.fixture(scope="module")
def host(home: Home, log: Path, service: Upscope, configure: Configure) -> Iterator[Program]:
    configure(dict(zip(AT_REST, service.urls, strict=True)), more=CONFIGURATION)
    with running(home, "host", log=log) as program:
        yield program


@pytest.fixture(scope="module")
def sessions(home: Home, host: Program) -> Sessions:
    """All of them, as they stood before anything was ended."""
    assert host.process.poll() is None
    ends.rest(home, AT_REST)
    return home.until(lambda now: all(session["stale"] for session in now.values()), within=5)


def some(sessions: Sessions, *numbers: int) -> list[dict[str, Any]]:
    return [sessions[f"s{number:02}"] for number in numbers]


class Told:
    """Who was told to end since this was made."""

    def __init__(self, service: Upscope) -> None:
        self._service = service
        self._before = ends.ends_told(service)

    def by(self, at_least: int = 0) -> Counter[str]:
        """How often each page was, by its link's fingerprint, once so many were."""
        return ends.ends_told(self._service, self._before.total() + at_least) - self._before


@pytest.fixture
def told(service: Upscope, sessions: Sessions) -> Told:
    assert sessions
    return Told(service)


def ending(home: Home, sessions: Sequence[dict[str, Any]]) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [WATCHDECK, "end", "--yes", *ends.ids(sessions)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=home.environment(),
    )


def until_queued(home: Home, sessions: Sequence[dict[str, Any]]) -> None:
    def queued(now: Sessions) -> bool:
        orders = [now[session["label"]]["instruction"] for session in sessions]
        return all(order is not None and order["state"] == "queued" for order in orders)

    home.until(queued, within=10)


def interrupt(command: "subprocess.Popen[str]") -> str:
    """What the command says when it is told to stop."""
    command.send_signal(signal.SIGINT)
    stdout, stderr = command.communicate(timeout=10)
    assert (command.returncode, stdout) == (130, "")
    assert "Traceback" not in stderr
    return stderr


def test_what_is_taken_back_in_time_is_never_posted(home: Home, sessions: Sessions, told: Told) -> None:
    regretted, meant = some(sessions, 0, 1), some(sessions, 2)
    given = ends.give_ends(home, ids=ends.ids(regretted + meant), wait=False)
    assert given["counts"] == {"queued": 3}
    numbers = {result["id"]: result["instruction"] for result in given["results"]}
    mistaken = [numbers[session["id"]] for session in regretted]
    taken = host_socket.post(home.socket, "/v1/cancel", {"instructions": mistaken})
    assert taken["counts"] == {"cancelled": 2}
    assert {result["text"] for result in taken["results"]} == {f"taken back by {ends.me()}"}
    interrupted = some(sessions, 3, 4, 5)
    command = ending(home, interrupted)
    until_queued(home, interrupted)
    said = interrupt(command)
    assert "interrupted" in said
    assert "3 cancelled" in said
    assert told.by(1) == ends.links(meant)
    home.until(lambda now: now["s02"]["ended"], within=5)
    too_late = host_socket.post(home.socket, "/v1/cancel", {"instructions": list(numbers.values())})
    assert too_late["counts"] == {"cancelled": 2, "confirmed": 1}
    time.sleep(UNDO_S)  # the time of all that was taken back is over
    assert told.by() == ends.links(meant)
    now = home.look()
    for session in regretted + interrupted:
        left = now[session["label"]]
        assert (left["hosting"], left["status"], left["ended"]) == ("live", "pendingRequest", None)
        own = [e for e in ends.history(home, "--session", session["id"]) if e["instruction"]]
        assert [entry["outcome"] for entry in own] == ["intended", "cancelled"]
        assert own[-1]["text"].endswith(f"taken back by {ends.me()}")


def test_a_bulk_end_that_is_interrupted_ends_nobody_more(home: Home, sessions: Sessions, told: Told) -> None:
    meant = some(sessions, *range(6, 14))
    command = ending(home, meant)
    assert told.by(2).total() < len(meant)
    said = interrupt(command)
    posted = told.by()
    assert f"{len(meant) - posted.total()} cancelled" in said
    time.sleep(len(meant) / PER_SECOND)
    assert told.by() == posted
    assert set(posted.values()) == {1}
    assert set(posted) < set(ends.links(meant))
    now = home.look()
    states = {now[session["label"]]["instruction"]["state"] for session in meant}
    assert states == {"confirmed", "cancelled"}
    assert ends.links(now[s["label"]] for s in meant if now[s["label"]]["ended"]) == posted


def test_two_who_end_the_same_at_once_end_it_once(home: Home, sessions: Sessions, told: Told) -> None:
    meant = some(sessions, 14, 15, 16, 17)
    both = threading.Barrier(2)

    def give(_: int) -> Any:
        both.wait(5)
        return ends.give_ends(home, ids=ends.ids(meant))

    with ThreadPoolExecutor(2) as supervisors:
        given = supervisors.map(give, range(2))
        until_queued(home, meant)
        # A third comes while they wait, and is told whose they are.
        third = home.run("end", "--yes", *ends.ids(meant))
        answers = list(given)
    assert told.by(len(meant)) == ends.links(meant)
    assert third.returncode == 0
    pending = third.stderr.count(f"skipped: an end is pending already, given by {ends.me()}")
    # On a busy machine the third may come when they have ended.
    assert pending + third.stderr.count("skipped: it has ended already") == len(meant)
    assert "nothing to end" in third.stderr
    results: dict[str, list[dict[str, Any]]] = {session["id"]: [] for session in meant}
    for answer in answers:
        for result in answer["results"]:
            results[result["id"]].append(result)
    for pair in results.values():
        done, other = sorted(pair, key=lambda result: result["state"])
        assert done["state"] == "confirmed"
        assert other["state"] in {"failed", "skipped"}
        assert other["text"] == f"an end is pending already, given by {ends.me()}"
        assert other["instruction"] is None
    told_of = [e for e in ends.ends_of(ends.history(home)) if e["session"] in results]
    assert Counter(e["outcome"] for e in told_of if e["outcome"] in {"sent", "confirmed"}) == {
        "sent": len(meant),
        "confirmed": len(meant),
    }


def test_outdated_plan_ends_only_what_is_left_of_it(
    home: Home, service: Upscope, sessions: Sessions, told: Told
) -> None:
    speaks, leaves, excluded, meant = some(sessions, 18, 19, 20, 21)
    chosen = ends.ids([speaks, leaves, excluded, meant])
    plan = ends.give_ends(home, stale=True, dry_run=True)["plan"]
    assert sorted(plan[0]) == ["age_s", "id", "label", "reason", "status", "visitor"]
    assert set(chosen) < {entry["id"] for entry in plan}
    service.order(speaks["link"], "accept")
    service.order(leaves["link"], "decline")
    home.until(lambda now: now["s18"]["status"] == "viewerReady" and now["s19"]["ended"], within=10)
    again = ends.give_ends(home, stale=True, dry_run=True, exclude=[excluded["id"]])
    assert not {entry["id"] for entry in again["plan"]} & {speaks["id"], leaves["id"], excluded["id"]}
    assert meant["id"] in {entry["id"] for entry in again["plan"]}
    rules = [(result["id"], result["state"], result["text"]) for result in again["results"]]
    assert rules == [(excluded["id"], "skipped", "excluded")]
    done = ends.give_ends(home, ids=ends.ids([leaves, excluded, meant]), exclude=[excluded["id"]])
    assert [entry["id"] for entry in done["plan"]] == [meant["id"]]
    assert {result["id"]: (result["state"], result["text"]) for result in done["results"]} == {
        meant["id"]: ("confirmed", ""),
        leaves["id"]: ("skipped", "it has ended already"),
        excluded["id"]: ("skipped", "excluded"),
    }
    assert told.by(1) == ends.links([meant])
    now = home.look()
    assert (now["s18"]["hosting"], now["s18"]["stale"], now["s18"]["instruction"]) == ("live", None, None)


def test_a_plan_by_filter_is_the_contracts_json(home: Home, sessions: Sessions, told: Told) -> None:
    expression = "stale:pending label:s2 !label:s20 !label:s21"
    left = some(sessions, 22, 23)
    answer = home.json("end", "--filter", expression, "--dry-run")
    assert sorted(answer) == ["counts", "plan", "results", "schema"]
    assert (answer["schema"], answer["results"], answer["counts"]) == (1, [], {})
    assert [(e["id"], e["label"], e["status"]) for e in answer["plan"]] == [
        (session["id"], session["label"], "pendingRequest") for session in left
    ]
    assert [sorted(entry) for entry in answer["plan"]] == [["id", "label", "reason", "status"]] * 2
    mistaken = home.run("end", "--filter", "age>soon", "--dry-run", "--json")
    assert (mistaken.returncode, mistaken.stdout) == (2, "")
    assert "'soon' is not a duration" in mistaken.stderr
    assert told.by() == Counter()
    ends.sound(home)
