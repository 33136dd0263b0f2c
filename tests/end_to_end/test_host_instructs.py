"""Thirty watch links in a configuration: what `list` says, and whom instructions reach."""

import json
import signal
import statistics
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.conftest import Configure
from tests.support import host_socket
from tests.support.ends import me
from tests.support.fault_case import until
from tests.support.programs import WATCHDECK, Home, Program, running
from tests.support.upscope import Upscope, upscope

SCENARIO = ("normal", "normal", "authorisation")
RESTS_AT = ("viewerReady", "viewerReady", "pendingRequest")
COUNT = 30


@pytest.fixture(scope="module")
def service(home: Home, log: Path) -> Iterator[Upscope]:
    with upscope(home, log, sessions=COUNT, scenario=",".join(SCENARIO)) as found:
        yield found


@pytest.fixture(scope="module")
def host(home: Home, log: Path, service: Upscope, configure: Configure) -> Iterator[Program]:
    links = {f"s{number:02}": url for number, url in enumerate(service.urls)}
    configure(links, more='[end]\nundo = "0s"\n')
    with running(home, "host", log=log) as program:
        yield program


@pytest.fixture
def live(home: Home, host: Program) -> dict[str, dict[str, Any]]:
    """The thirty by label, all of them live (or ended by a test before)."""
    assert host.process.poll() is None

    def settled(sessions: dict[str, dict[str, Any]]) -> bool:
        return len(sessions) == COUNT and all(
            session["hosting"] in {"live", "ended"} and session["status"] is not None
            for session in sessions.values()
        )

    return home.until(settled, within=20)


class Told:
    """What pages were told since this was made: every message counts, to whomever it went."""

    def __init__(self, service: Upscope) -> None:
        self._service = service
        self._before = len(service.told())

    def now(self, count: int) -> list[tuple[str, dict[str, Any]]]:
        """The link's fingerprint and the message, for each of exactly `count` messages."""
        told = self._service.told(self._before + count)[self._before :]
        assert len(told) == count, told
        assert all(seen["took"] for seen in told)
        return [(seen["link"], seen["message"]) for seen in told]

    def exactly(self, sessions: Sequence[dict[str, Any]], message: dict[str, Any]) -> None:
        """Each of the sessions was told this once, and nobody was told anything else."""
        assert sorted(self.now(len(sessions)), key=str) == sorted(
            ((session["link"], message) for session in sessions), key=str
        )


@pytest.fixture
def told(service: Upscope, live: dict[str, dict[str, Any]]) -> Told:
    assert live
    return Told(service)


def ids(sessions: Sequence[dict[str, Any]]) -> list[str]:
    return [session["id"] for session in sessions]


def some(live: dict[str, dict[str, Any]], *numbers: int) -> list[dict[str, Any]]:
    return [live[f"s{number:02}"] for number in numbers]


def test_list_has_every_status_right_within_ten_seconds(home: Home, host: Program, service: Upscope) -> None:
    began = time.monotonic()
    assert host.ready["socket"] == str(home.socket)
    assert host.ready["pid"] == host.process.pid
    expected = {f"s{number:02}": RESTS_AT[number % len(RESTS_AT)] for number in range(COUNT)}
    while (sessions := home.sessions()) and time.monotonic() < began + 10:
        if {label: session["status"] for label, session in sessions.items()} == expected:
            break
    assert {label: session["status"] for label, session in sessions.items()} == expected
    assert {session["hosting"] for session in sessions.values()} == {"live"}
    assert len({session["process"] for session in sessions.values()}) == 3
    heard = {session["link"]: session["status"] for session in sessions.values()}
    # What a page says goes two ways, and may reach its record last.
    until(lambda: {lived["link"]: lived["text"] for lived in service.record()["life"]} == heard, 10)


def test_mode_reaches_exactly_the_pages_named(
    home: Home, live: dict[str, dict[str, Any]], told: Told
) -> None:
    chosen = some(live, 0, 11, 22)
    answer = home.json("mode", "draw", *ids(chosen))
    told.exactly(chosen, {"action": "setMode", "mode": "draw"})
    assert answer["counts"] == {"sent": 3}
    assert {result["state"] for result in answer["results"]} == {"sent"}
    assert sorted(result["id"] for result in answer["results"]) == sorted(ids(chosen))
    assert all(
        (session["mode"] == "draw") == (session["id"] in ids(chosen)) for session in home.look().values()
    )


def test_a_colour_is_toggled_named_or_given_in_digits(
    home: Home, live: dict[str, dict[str, Any]], told: Told, service: Upscope
) -> None:
    for words, chosen, message in (
        ((), some(live, 1, 14), {"action": "switchColor"}),
        (("#12AB9f",), some(live, 2), {"action": "switchColor", "color": "#12ab9f"}),
        (("--to", "teal"), some(live, 3, 4, 15), {"action": "switchColor", "color": "#008080"}),
    ):
        answer = home.json("color", *words, *ids(chosen))
        told.exactly(chosen, message)
        assert answer["counts"] == {"confirmed": len(chosen)}
        now = home.look()
        for session in chosen:
            assert now[session["label"]]["color"] == message.get("color", now[session["label"]]["color"])
            assert now[session["label"]]["instruction"]["state"] == "confirmed"
        if not words:
            assert all(now[session["label"]]["color"] != session["color"] for session in chosen)
        told = Told(service)


def test_a_filter_and_all_name_sessions_too(
    home: Home, live: dict[str, dict[str, Any]], told: Told, service: Upscope
) -> None:
    pending = [session for session in live.values() if session["status"] == "pendingRequest"]
    assert len(pending) == 10
    home.json("color", "--to", "gold", "--filter", "status:pendingRequest")
    told.exactly(pending, {"action": "switchColor", "color": "#ffd700"})
    told = Told(service)
    everyone = [session for session in live.values() if session["hosting"] == "live"]
    assert home.json("mode", "pointer", "--all")["counts"]["sent"] == len(everyone)
    told.exactly(everyone, {"action": "setMode", "mode": "pointer"})


def test_an_unknown_id_fails_and_nothing_is_sent(
    home: Home, live: dict[str, dict[str, Any]], told: Told
) -> None:
    known = live["s05"]["id"]
    before = live["s05"]["instruction"]
    for command in (("mode", "draw", known, "zzzzz"), ("end", "--yes", known, "zzzzz")):
        done = home.run(*command)
        assert (done.returncode, done.stdout) == (1, "")
        assert "zzzzz" in done.stderr
    assert home.look()["s05"]["instruction"] == before
    told.now(0)


def test_add_reads_link_from_stdin_and_remove_ends_nothing(
    home: Home, live: dict[str, dict[str, Any]], service: Upscope
) -> None:
    link = live["s06"]["link"]
    done = home.run("remove", live["s06"]["id"])
    assert done.returncode == 0
    assert "s06" not in home.look()
    added = home.run("add", "--url", "-", "--label", "s06", stdin=service.urls[6] + "\n")
    assert (added.returncode, added.stdout) == (0, live["s06"]["id"] + "\n")
    again = home.until(lambda now: now["s06"]["hosting"] == "live", within=10)["s06"]
    assert (again["source"], again["link"]) == ("command", link)
    assert not [seen for seen in service.told() if seen["link"] == link and seen["action"] == "endSession"]
    twice = home.run("add", "--url", "-", stdin=service.urls[6])
    assert twice.returncode == 6
    assert "hosted already" in twice.stderr


def test_watch_tells_every_event_numbered_by_one(
    home: Home, live: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    lines = tmp_path / "lines"
    with lines.open("w") as out:
        watching = subprocess.Popen(
            [WATCHDECK, "watch", "--json"], stdout=out, stderr=subprocess.DEVNULL, env=home.environment()
        )
        try:
            deadline = time.monotonic() + 30
            while lines.read_text().count("instruction.confirmed") < 6 and time.monotonic() < deadline:
                chosen = {"ids": ids(some(live, 7, 8, 9)), "action": "switchColor"}
                host_socket.post(home.socket, "/v1/instructions", chosen)
        finally:
            watching.send_signal(signal.SIGINT)
            assert watching.wait(10) == 130
    events = [json.loads(line) for line in lines.read_text().splitlines()]
    assert [event["seq"] for event in events] == list(range(events[0]["seq"], events[0]["seq"] + len(events)))
    assert {event["id"] for event in events if event["type"].startswith("instruction.")} == set(
        ids(some(live, 7, 8, 9))
    )
    assert {"instruction.queued", "instruction.sent", "instruction.confirmed", "session.color"} <= {
        event["type"] for event in events
    }


def test_a_plan_alone_ends_nothing(home: Home, live: dict[str, dict[str, Any]], told: Told) -> None:
    chosen = some(live, 20, 21)
    answer = home.json("end", "--dry-run", *ids(chosen))
    assert [entry["id"] for entry in answer["plan"]] == ids(chosen)
    assert answer["results"] == []
    without_terminal = home.run("end", *ids(chosen))
    assert without_terminal.returncode == 2
    assert "--yes" in without_terminal.stderr
    told.now(0)
    assert {home.look()[session["label"]]["hosting"] for session in chosen} == {"live"}


def test_end_reaches_exactly_the_pages_named(
    home: Home, live: dict[str, dict[str, Any]], told: Told, service: Upscope
) -> None:
    by_id, by_filter = some(live, 23, 24), some(live, 25)
    answer = home.json("end", "--yes", *ids(by_id))
    told.exactly(by_id, {"action": "endSession"})
    assert answer["counts"] == {"confirmed": 2}
    assert {result["via"] for result in answer["results"]} == {"page"}
    assert all(result["took_ms"] >= 0 for result in answer["results"])
    told = Told(service)
    assert home.json("end", "--yes", "--filter", "label:s25")["counts"] == {"confirmed": 1}
    told.exactly(by_filter, {"action": "endSession"})
    now = home.look()
    ended = {label for label, session in now.items() if session["ended"]}
    assert ended == {"s23", "s24", "s25"}
    for label in ended:
        assert now[label]["hosting"] == "ended"
        assert now[label]["ended"]["reason"] in {"terminated", "ended"}
        assert now[label]["instruction"]["state"] == "confirmed"
    again = home.run("end", "--yes", now["s23"]["id"])
    assert again.returncode == 0
    assert "ended" in again.stderr


def test_end_all_ends_the_rest(home: Home, live: dict[str, dict[str, Any]], told: Told) -> None:
    rest = [session for session in live.values() if session["hosting"] == "live"]
    answer = home.json("end", "--yes", "--all")
    told.exactly(rest, {"action": "endSession"})
    assert answer["counts"]["confirmed"] == len(rest)
    assert {session["hosting"] for session in home.look().values()} == {"ended"}


def ended_pages(service: Upscope) -> int:
    """How many pages have reported their end."""
    return len({seen["link"] for seen in service.record()["life"] if seen["text"] == "terminated"})


def page_seconds(life: Sequence[dict[str, Any]]) -> dict[str, dict[str, float]]:
    """Seconds that each page was in each status by its own clock, by status and link."""
    seconds: dict[str, dict[str, float]] = {}
    for link in {seen["link"] for seen in life}:
        own = [seen for seen in life if seen["link"] == link]
        for seen, after in zip(own, [*own[1:], own[-1]], strict=True):
            if seen["text"] not in {"opened", "terminated"}:
                each = seconds.setdefault(seen["text"], {})
                each[link] = each.get(link, 0) + (after["at"] - seen["at"]) / 1000
    return seconds


def test_stats_equal_what_the_pages_did(home: Home, host: Program, service: Upscope) -> None:
    assert host.process.poll() is None
    stats = home.json("stats", "--since", "1h")
    until(lambda: ended_pages(service) == COUNT, 10)  # a page reports its own end a second later
    own = page_seconds(service.record()["life"])
    assert stats["sessions"] == COUNT
    assert stats["ended"] == {"page": 0, "supervisor": COUNT, "rule": 0, "lost": 0}
    rows = [row for row in stats["rows"] if row["key"] != "terminated"]  # some pages report an end alone
    assert {row["key"]: row["sessions"] for row in rows} == {
        status: len(each) for status, each in own.items()
    }
    for row in rows:  # the host hears of a status some time after the page has it
        assert row["median_s"] == pytest.approx(statistics.median(own[row["key"]].values()), abs=5)
    by_user = home.json("stats", "--by", "by")["rows"]
    assert [(row["key"], row["sessions"]) for row in by_user] == [(me(), COUNT)]
    assert host_socket.get(home.socket, "/v1/stats?by=by")["rows"][0]["key"] == me()
