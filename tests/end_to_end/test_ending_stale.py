"""Sixty pages, twenty of them stale, four of these deaf: who is ended, what is said, what is written down."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from browser_host.simulator.scenarios import Behaviour
from tests.end_to_end.conftest import Configure
from tests.support import ends
from tests.support.programs import Home, Program, running
from tests.support.upscope import Upscope, upscope

DEALT = (Behaviour.AUTHORISATION, Behaviour.NORMAL, Behaviour.NORMAL)
SCENARIO = (Behaviour.AUTHORISATION_DEAF, *DEALT[1:], *DEALT * 4)
COUNT, PENDING, DEAF = 60, 20, 4
CONFIGURATION = """
[stale]
pending = "1s"
waiting = "off"
[end]
undo = "0s"
confirm_within = "2s"
"""

Sessions = dict[str, dict[str, Any]]


def label(number: int) -> str:
    return f"s{number:02}"


BEHAVIOUR = {label(number): SCENARIO[number % len(SCENARIO)] for number in range(COUNT)}


def having(sessions: Sessions, *behaviours: Behaviour) -> list[dict[str, Any]]:
    return [session for name, session in sessions.items() if BEHAVIOUR[name] in behaviours]


@pytest.fixture(scope="module")
def service(home: Home, log: Path) -> Iterator[Upscope]:
    with upscope(home, log, sessions=COUNT, scenario=",".join(SCENARIO)) as found:
        yield found


@pytest.fixture(scope="module")
def host(home: Home, log: Path, service: Upscope, configure: Configure) -> Iterator[Program]:
    configure({label(number): url for number, url in enumerate(service.urls)}, more=CONFIGURATION)
    with running(home, "host", log=log) as program:
        yield program


@pytest.fixture(scope="module")
def before(home: Home, host: Program) -> Sessions:
    """The sixty as they stood before anything was ended, the twenty stale."""
    assert host.ready["ready"]
    statuses = {
        name: "viewerReady" if behaviour is Behaviour.NORMAL else "pendingRequest"
        for name, behaviour in BEHAVIOUR.items()
    }
    ends.rest(home, statuses)
    found = home.until(lambda now: sum(s["stale"] is not None for s in now.values()) >= PENDING, within=5)
    stale = {name: s["stale"]["rule"] for name, s in found.items() if s["stale"]}
    assert stale == {name: "pending" for name, status in statuses.items() if status == "pendingRequest"}
    assert len(having(found, Behaviour.AUTHORISATION_DEAF)) == DEAF
    return found


def test_a_dry_run_names_the_twenty_and_sends_nothing(home: Home, before: Sessions, service: Upscope) -> None:
    pending = having(before, Behaviour.AUTHORISATION, Behaviour.AUTHORISATION_DEAF)
    answer = home.json("end", "--stale", "--dry-run")
    assert sorted(answer) == ["counts", "plan", "results", "schema"]
    assert [sorted(entry) for entry in answer["plan"]] == [["id", "label", "reason", "status"]] * PENDING
    assert {(e["id"], e["label"], e["status"]) for e in answer["plan"]} == {
        (s["id"], s["label"], "pendingRequest") for s in pending
    }
    assert all(entry["reason"].startswith("pending ") for entry in answer["plan"])
    assert all(entry["reason"].endswith(", limit 1s") for entry in answer["plan"])
    assert (answer["results"], answer["counts"]) == ([], {})
    shown = home.run("end", "--stale", "--dry-run")
    assert shown.returncode == 0
    assert len(shown.stdout.splitlines()) == 1 + PENDING
    assert f"{PENDING} would be ended" in shown.stderr
    assert service.told() == []
    assert ends.ends_of(ends.history(home)) == []


def test_only_the_stale_are_ended_and_the_deaf_unconfirmed(
    home: Home, before: Sessions, service: Upscope
) -> None:
    heard, deaf = having(before, Behaviour.AUTHORISATION), having(before, Behaviour.AUTHORISATION_DEAF)
    done = home.run("end", "--stale", "--yes", "--json")
    assert done.returncode == 5, done.stderr
    answer = json.loads(done.stdout)
    assert ends.ends_told(service) == ends.links(heard + deaf)
    assert len(answer["plan"]) == PENDING
    assert answer["counts"] == {"confirmed": PENDING - DEAF, "unconfirmed": DEAF}
    states = {result["id"]: result["state"] for result in answer["results"]}
    assert states == dict.fromkeys(ends.ids(heard), "confirmed") | dict.fromkeys(
        ends.ids(deaf), "unconfirmed"
    )
    assert {result["via"] for result in answer["results"]} == {"page"}
    assert {tuple(result) for result in answer["results"]} == {("id", "state", "via", "took_ms", "text")}
    now = home.look()
    assert {now[s["label"]]["hosting"] for s in heard} == {"ended"}
    assert all(now[s["label"]]["ended"]["reason"] in {"terminated", "ended"} for s in heard)
    for session in deaf:
        left = now[session["label"]]
        assert (left["hosting"], left["status"], left["ended"]) == ("live", "pendingRequest", None)
        assert left["instruction"]["state"] == "unconfirmed"
    for session in having(before, Behaviour.NORMAL):
        left = now[session["label"]]
        assert (left["hosting"], left["status"]) == ("live", "viewerReady")
        assert (left["ended"], left["instruction"]) == (None, None)


def test_where_only_the_deaf_are_left_nothing_is_confirmed(
    home: Home, before: Sessions, service: Upscope
) -> None:
    heard, deaf = having(before, Behaviour.AUTHORISATION), having(before, Behaviour.AUTHORISATION_DEAF)
    done = home.run("end", "--stale", "--yes", "--json", "--timeout", "1")
    assert done.returncode == 4, done.stderr
    answer = json.loads(done.stdout)
    assert sorted(entry["id"] for entry in answer["plan"]) == sorted(ends.ids(deaf))
    assert answer["counts"] == {"unconfirmed": DEAF}
    assert all("no answer from the page within 1s" in result["text"] for result in answer["results"])
    # Nobody who was told before is told again but those that did not answer, who were asked again.
    assert ends.ends_told(service) == ends.links([*heard, *deaf, *deaf])


def test_where_all_confirm_the_code_is_0(home: Home, before: Sessions, service: Upscope) -> None:
    told = ends.ends_told(service)
    chosen = [before["s01"], before["s02"]]
    answer = home.json("end", "--filter", "label:s01", "--yes")
    assert answer["counts"] == {"confirmed": 1}
    assert home.json("end", chosen[1]["id"], "--yes")["counts"] == {"confirmed": 1}
    assert ends.ends_told(service) - told == ends.links(chosen)


def test_journal_has_every_step_with_user_and_client(home: Home, before: Sessions) -> None:
    entries = ends.history(home)
    told = ends.ends_of(entries)
    assert {(entry["by"], entry["client"]) for entry in told} == {(ends.me(), "cli")}
    steps = ends.steps(entries)
    assert Counter(map(tuple, steps.values())) == {
        ("intended", "sent", "confirmed"): PENDING - DEAF + 2,
        ("intended", "sent", "unconfirmed"): 2 * DEAF,
    }
    by_id = {session["id"]: session for session in before.values()}
    for entry in told:
        assert entry["label"] == by_id[entry["session"]]["label"]
    # A page that says both `terminated` and `sessionEnded` ends once, and is heard twice.
    ended = {entry["session"] for entry in entries if entry["action"] == "session.ended"}
    heard = [*having(before, Behaviour.AUTHORISATION), before["s01"], before["s02"]]
    assert ended == set(ends.ids(heard))
    deaf = ends.ids(having(before, Behaviour.AUTHORISATION_DEAF))
    own = ends.history(home, "--session", deaf[0])
    assert {entry["session"] for entry in own} == {deaf[0]}
    assert [entry["outcome"] for entry in ends.ends_of(own)] == ["intended", "sent", "unconfirmed"] * 2


def test_the_journal_is_whole_and_leaves_as_json_lines(home: Home, before: Sessions) -> None:
    assert before
    entries = ends.history(home)
    lines = ends.exported(home)
    assert lines[: len(entries)] == entries
    assert [line["seq"] for line in lines] == list(range(1, len(lines) + 1))
    assert ends.sound(home) >= len(lines)
