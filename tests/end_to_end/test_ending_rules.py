"""A host that ends by rule, with a ceiling and once; and one that is read-only, and changes nothing."""

import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from browser_host.simulator.scenarios import Behaviour
from tests.end_to_end.conftest import Configure
from tests.support import ends, host_socket
from tests.support.programs import Home, running
from tests.support.upscope import Upscope, upscope

SCENARIO = (Behaviour.AUTHORISATION, Behaviour.AUTHORISATION, Behaviour.WAITING)
COUNT = 6
STATUS = {Behaviour.AUTHORISATION: "pendingRequest", Behaviour.WAITING: "waiting"}
AT_REST = {f"s{number}": STATUS[SCENARIO[number % len(SCENARIO)]] for number in range(COUNT)}
PENDING = [label for label, status in AT_REST.items() if status == "pendingRequest"]
LOOKS_S = 2.5
"""Seconds in which the host looks at least twice at who is stale."""

Sessions: TypeAlias = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def service(home: Home, log: Path) -> Iterator[Upscope]:
    with upscope(home, log, sessions=COUNT, scenario=",".join(SCENARIO)) as found:
        yield found


def setting(service: Upscope, configure: Configure, end: str) -> None:
    more = f"""
[stale]
pending = "1s"
waiting = "1s"
[end]
automatic = ["pending"]
{end}
[host]
raw_instructions = true
"""
    configure(dict(zip(AT_REST, service.urls, strict=True)), more=more)


def all_stale(now: Sessions) -> bool:
    return len(now) == COUNT and all(session["stale"] or session["ended"] for session in now.values())


def test_rule_ends_only_its_sessions_up_to_the_limit(
    home: Home, log: Path, service: Upscope, configure: Configure
) -> None:
    setting(service, configure, 'undo = "500ms"\nautomatic_per_hour = 2')
    with running(home, "host", log=log):
        assert host_socket.get(home.socket, "/v1/snapshot")["host"]["automatic"] == ["pending"]
        home.until(all_stale, within=15)
        home.until(lambda now: sum(s["ended"] is not None for s in now.values()) == 2, within=10)
        time.sleep(LOOKS_S)
        now = home.look()
        ended = [session for session in now.values() if session["ended"]]
        assert len(ended) == 2
        assert {session["label"] for session in ended} < set(PENDING)
        assert ends.ends_told(service) == ends.links(ended)
        entries = ends.history(home)
        assert {(e["by"], e["client"]) for e in ends.ends_of(entries)} == {("rule pending", "rule")}
        assert list(ends.steps(entries).values()) == [["intended", "sent", "confirmed"]] * 2
        assert {e["session"] for e in ends.ends_of(entries)} == set(ends.ids(ended))
        assert {s["instruction"]["by"] for s in ended} == {"rule pending"}
        # What the rule may not do any more, its user may.
        left = next(now[label] for label in PENDING if not now[label]["ended"])
        assert home.json("end", left["id"], "--yes")["counts"] == {"confirmed": 1}


def test_what_was_taken_back_is_not_ended_again_by_itself(
    home: Home, log: Path, service: Upscope, configure: Configure
) -> None:
    setting(service, configure, 'undo = "2s"')
    before = ends.ends_told(service)
    with running(home, "host", log=log):
        spared_label = PENDING[1]
        now = home.until(lambda now: bool((now.get(spared_label) or {}).get("instruction")), within=15)
        spared = now[spared_label]
        assert spared["instruction"]["state"] == "queued"
        taken = host_socket.post(home.socket, "/v1/cancel", {"instructions": [spared["instruction"]["id"]]})
        assert taken["counts"] == {"cancelled": 1}
        others = [label for label in PENDING if label != spared_label]
        now = home.until(lambda now: all(now[label]["ended"] for label in others), within=15)
        time.sleep(LOOKS_S)
        now = home.look()
        assert ends.ends_told(service) - before == ends.links(now[label] for label in others)
        left = now[spared_label]
        assert (left["hosting"], left["ended"], left["stale"]["rule"]) == ("live", None, "pending")
        assert left["instruction"]["state"] == "cancelled"
        own = ends.ends_of(ends.history(home, "--session", spared["id"]))
        assert [entry["outcome"] for entry in own[-2:]] == ["intended", "cancelled"]
        assert own[-1]["text"].endswith(f"taken back by {ends.me()}")


def test_read_only_host_changes_nothing_and_ends_nobody(
    home: Home, log: Path, service: Upscope, configure: Configure
) -> None:
    setting(service, configure, 'undo = "0s"')
    before = Counter(seen["action"] for seen in service.told())
    with running(home, "host", "--read-only", log=log):
        now = home.until(all_stale, within=15)
        one = now["s0"]["id"]
        other = service.urls[0].replace("/w/", "/w/another-")
        for command in (
            ("mode", "draw", one),
            ("color", "#ff0000", one),
            ("color", "--all"),
            ("send", '{"action": "endSession"}', "--all"),
            ("end", one, "--yes"),
            ("end", "--stale", "--yes"),
            ("end", "--all", "--yes", "--json"),
            ("remove", one),
            ("add", "--url", other),
        ):
            done = home.run(*command)
            assert (done.returncode, done.stdout) == (6, ""), done
            assert "read-only" in done.stderr
        shown = home.json("end", "--stale", "--dry-run")
        assert {entry["label"] for entry in shown["plan"]} == set(AT_REST)
        now = home.look()
        assert {name: (s["hosting"], s["instruction"]) for name, s in now.items()} == dict.fromkeys(
            AT_REST, ("live", None)
        )
    assert Counter(seen["action"] for seen in service.told()) == before
