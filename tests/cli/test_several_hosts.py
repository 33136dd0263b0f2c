"""The commands over several hosts with the real API; only the browsers are scripted."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from browser_host.api.schema import PlanEntry
from browser_host.cli.ending import HOST_LOST, run_plan
from browser_host.config.clients.host_address import HostAddress
from browser_host.errors import Exit
from browser_host.protocol.page_instructions import EndSession
from browser_host.supervisor.policy import Policy
from tests.cli.conftest import Said, Watchdeck
from tests.support.host import ScriptedHost, scripted_host, serving
from tests.support.patience import patient

NAMES = ("tokyo", "york")


class Pair:
    """Two hosts whose first two sessions have the same ids, and a third that only `york` has."""

    def __init__(self, watchdeck: Watchdeck, tokyo: ScriptedHost, york: ScriptedHost) -> None:
        self._watchdeck = watchdeck
        self.tokyo, self.york = tokyo, york
        self.shared, self.second = tokyo.live(2)
        assert york.live(3)[:2] == [self.shared, self.second]
        (self.alone,) = {one.id for one in york.supervisor.store} - {self.shared, self.second}

    async def run(self, *arguments: str) -> Said:
        return await asyncio.to_thread(self._watchdeck, *arguments)

    async def json(self, *arguments: str) -> Any:
        said = await self.run(*arguments, "--json")
        return json.loads(said.out)

    @property
    def posted(self) -> dict[str, list[str]]:
        hosts = {"tokyo": self.tokyo, "york": self.york}
        return {name: [one.session_id for one in host.hosting.posted] for name, host in hosts.items()}


def configure(home: Path, *names: str) -> None:
    place = home / ".config/watchdeck/config.toml"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(
        "".join(f'[[hosts]]\nname = "{name}"\nsocket = "{home}/{name}.sock"\n' for name in names)
    )


@contextlib.asynccontextmanager
async def hosted(home: Path, watchdeck: Watchdeck, policy: Policy) -> AsyncIterator[Pair]:
    async with (
        asyncio.timeout(patient(60)),
        scripted_host(policy) as tokyo,
        scripted_host(policy) as york,
        serving(tokyo, home / "tokyo.sock"),
        serving(york, home / "york.sock"),
    ):
        yield Pair(watchdeck, tokyo, york)


@pytest.fixture
async def pair(home: Path, watchdeck: Watchdeck, brisk: Policy) -> AsyncIterator[Pair]:
    configure(home, *NAMES)
    async with hosted(home, watchdeck, brisk) as both:
        yield both


@pytest.fixture
async def with_one_gone(home: Path, watchdeck: Watchdeck, brisk: Policy) -> AsyncIterator[Pair]:
    configure(home, *NAMES, "gone")
    async with hosted(home, watchdeck, brisk) as both:
        yield both


async def test_list_has_all_sessions_by_host_and_id(pair: Pair) -> None:
    found = await pair.json("list")
    expected = {f"tokyo/{pair.shared}", f"tokyo/{pair.second}", f"york/{pair.alone}"}
    assert expected < {session["id"] for session in found["sessions"]}
    assert all(session["id"].split("/")[0] == session["host"] for session in found["sessions"])
    assert [host["name"] for host in found["hosts"]] == ["tokyo", "york"]
    plain = await pair.run("list")
    assert f"york/{pair.alone}" in plain.out
    assert "5 of 5 sessions" in plain.err


async def test_a_chosen_host_is_the_only_one(pair: Pair) -> None:
    found = await pair.json("--host", "york", "list")
    assert pair.alone in {session["id"] for session in found["sessions"]}
    assert found["host"]["version"] == "0.0.0"
    assert not any("host" in session for session in found["sessions"])
    unknown = await pair.run("list", "--host", "oslo")
    assert (unknown.code, "unknown host 'oslo'; configured: tokyo, york" in unknown.err) == (Exit.USAGE, True)
    both = await pair.run("list", "--host", "york", "--socket", "x")
    assert both.code == Exit.USAGE
    elsewhere = await pair.run("config", "path", "--host", "york")
    assert (elsewhere.code, "--host is for commands that ask a host" in elsewhere.err) == (Exit.USAGE, True)


async def test_a_filter_by_host_reaches_that_host_alone(pair: Pair) -> None:
    shown = await pair.json("list", "--filter", "host:york status:viewerReady")
    assert {session["host"] for session in shown["sessions"]} == {"york"}
    sent = await pair.json("mode", "draw", "--filter", "!host:york status:viewerReady")
    assert pair.posted == {"tokyo": [pair.shared, pair.second], "york": []}
    assert sent["counts"] == {"sent": 2}
    mistaken = await pair.run("mode", "draw", "--filter", "host:york statsu:x")
    assert (mistaken.code, "character 11" in mistaken.err) == (Exit.USAGE, True)


async def test_plain_ids_count_where_one_host_has_them(pair: Pair) -> None:
    sent = await pair.json("mode", "draw", pair.alone, f"tokyo/{pair.shared}")
    assert {result["id"] for result in sent["results"]} == {f"york/{pair.alone}", f"tokyo/{pair.shared}"}
    assert pair.posted == {"tokyo": [pair.shared], "york": [pair.alone]}


@pytest.mark.parametrize("command", [("mode", "draw"), ("end", "--yes"), ("remove",), ("undo",), ("retry",)])
async def test_unknown_and_ambiguous_ids_send_nothing(pair: Pair, command: tuple[str, ...]) -> None:
    unknown = await pair.run(*command, pair.alone, f"tokyo/{pair.alone}")
    assert unknown.code == Exit.FAILED
    assert f"no session has the id tokyo/{pair.alone}; nothing was" in unknown.err
    ambiguous = await pair.run(*command, pair.alone, pair.shared)
    assert ambiguous.code == Exit.FAILED
    assert f"{pair.shared} may be tokyo/{pair.shared}, york/{pair.shared}; nothing was" in ambiguous.err
    assert pair.posted == {"tokyo": [], "york": []}
    assert len(list(pair.york.supervisor.store)) == 3


async def test_ends_have_one_plan_and_one_list_of_results(pair: Pair) -> None:
    ended = await pair.json("end", "--all", "--yes")
    assert len(ended["plan"]) == len(ended["results"]) == 5
    assert ended["counts"] == {"unconfirmed": 5}
    assert {result["id"].split("/")[0] for result in ended["results"]} == set(NAMES)
    assert {name: len(ids) for name, ids in pair.posted.items()} == {"tokyo": 2, "york": 3}


async def test_a_silent_host_is_named_while_the_others_work(with_one_gone: Pair) -> None:
    pair = with_one_gone
    listed = await pair.run("list")
    assert (listed.code, "5 of 5 sessions" in listed.err) == (Exit.FAILED, True)
    assert "host gone: no host on" in listed.err
    sent = await pair.run("mode", "draw", f"york/{pair.alone}", "gone/abcde", "--json")
    assert sent.code == Exit.SOME_CONFIRMED
    states = {result["id"]: result["state"] for result in json.loads(sent.out)["results"]}
    assert states == {f"york/{pair.alone}": "sent", "gone/abcde": "failed"}
    unclear = await pair.run("mode", "draw", pair.alone)
    assert (unclear.code, "or one of gone, which does not answer" in unclear.err) == (Exit.FAILED, True)
    assert pair.posted == {"tokyo": [], "york": [pair.alone]}


async def test_without_any_host_the_exit_code_is_three(home: Path, watchdeck: Watchdeck) -> None:
    configure(home, *NAMES)
    commands = (("list",), ("watch",), ("end", "--all", "--yes"), ("undo",), ("history",), ("browsers",))
    for command in (*commands, ("record", str(home / "x"))):
        said = await asyncio.to_thread(watchdeck, *command)
        assert said.code == Exit.NO_HOST, command
    assert not (home / "x").exists()


async def test_pending_ends_of_all_hosts_are_undone(pair: Pair) -> None:
    pair.tokyo.give(pair.shared, EndSession(), delay_s=30)
    pair.york.give(pair.alone, EndSession(), delay_s=30)
    undone = await pair.json("undo", f"tokyo/{pair.shared}", pair.alone)
    states = {result["id"]: result["state"] for result in undone["results"]}
    assert states == {f"tokyo/{pair.shared}": "cancelled", f"york/{pair.alone}": "cancelled"}


async def test_history_and_stats_are_those_of_all_hosts(pair: Pair) -> None:
    await pair.json("mode", "draw", f"tokyo/{pair.shared}")
    await pair.json("mode", "draw", pair.alone)
    entries = (await pair.json("history"))["entries"]
    modes = [entry["session"] for entry in entries if entry["action"] == "setMode"]
    assert set(modes) == {f"tokyo/{pair.shared}", f"york/{pair.alone}"}
    assert [entry["at"] for entry in entries] == sorted(entry["at"] for entry in entries)
    only = (await pair.json("history", "--session", f"york/{pair.alone}"))["entries"]
    assert {entry["host"] for entry in only} == {"york"}
    stats = await pair.json("stats")
    assert stats["sessions"] == 5
    assert {row["key"].split("/")[0] for row in stats["rows"]} == set(NAMES)


async def test_what_is_for_one_host_needs_its_name(pair: Pair) -> None:
    for command in (("stop",), ("add", "--url", "https://watch.example/9")):
        said = await pair.run(*command)
        assert (said.code, "choose it with --host" in said.err) == (Exit.USAGE, True), command
    added = await pair.run("add", "--host", "tokyo", "--url", "https://watch.example/9", "--no-wait")
    assert (added.code, pair.tokyo.supervisor.store.get(added.out.strip()) is not None) == (Exit.OK, True)
    drained = await pair.run("browsers", "drain", "york/local")
    assert (drained.code, "york/local" in drained.err) == (Exit.OK, True)
    shown = {one["name"]: one["state"] for one in (await pair.json("browsers"))["browsers"]}
    assert shown["york/local"] == "draining"
    assert shown["tokyo/local"] != "draining"


async def test_doctor_asks_each_host_or_the_chosen_one(with_one_gone: Pair, home: Path) -> None:
    pair = with_one_gone
    pair.york.hosting.isolated = False
    said = await pair.run("doctor", "--json")
    found = {one["check"]: one for one in json.loads(said.out)["checks"]}
    assert said.code == Exit.FAILED
    assert {name: found[f"host {name}"]["state"] for name in (*NAMES, "gone")} == {
        "tokyo": "note",  # of another version than the commands
        "york": "note",
        "gone": "broken",
    }
    tokyo, york = found["host tokyo"], found["host york"]
    assert tokyo["found"].startswith("version 0.0.0, pid ")
    assert "2 sessions, 1 of 1 browsers up, which share nothing between sessions; this Wat" in tokyo["found"]
    assert "3 sessions, 1 of 1 browsers up; " in york["found"]
    assert "york/local does not isolate sessions" in york["found"]
    assert york["advice"] == "install the same version on both; watchdeck browsers --host york"
    assert found["host gone"]["advice"] == f"start it: watchdeck host --socket {home}/gone.sock"
    assert "host" not in found
    chosen = json.loads((await pair.run("doctor", "--json", "--host", "york")).out)["checks"]
    assert [one["check"] for one in chosen if one["check"].startswith("host")] == ["host york"]
    unknown = await pair.run("doctor", "--host", "oslo")
    assert (unknown.code, "unknown host 'oslo'" in unknown.err) == (Exit.USAGE, True)


async def test_screenshot_and_remove_reach_the_sessions_host(pair: Pair, home: Path) -> None:
    said = await pair.run("screenshot", f"tokyo/{pair.shared}", "-o", str(home / "x.png"))
    assert (said.code, len(pair.tokyo.hosting.pictured), pair.york.hosting.pictured) == (Exit.OK, 1, [])
    removed = await pair.json("remove", pair.alone, f"tokyo/{pair.second}")
    assert removed["removed"] == [f"york/{pair.alone}", f"tokyo/{pair.second}"]
    assert pair.york.supervisor.store.get(pair.alone) is None


async def test_watch_tells_of_all_hosts_until_the_last_is_gone(pair: Pair) -> None:
    watching = asyncio.create_task(pair.run("watch", "--json"))
    async with asyncio.timeout(patient(20)):
        while not watching.done() and pair.york.feed.seq < 400:
            for host in (pair.tokyo, pair.york):
                host.hosting.says_status(pair.shared, "active")
                host.hosting.says_status(pair.shared, "viewerReady")
            await asyncio.wait([watching], timeout=0.005)
        pair.tokyo.feed.close()
        pair.york.feed.close()
        said = await watching
    events = [json.loads(line) for line in said.out.splitlines()]
    assert said.code == Exit.NO_HOST
    assert {event["id"] for event in events if event["id"]} == {f"{name}/{pair.shared}" for name in NAMES}
    assert {event["host"] for event in events} == set(NAMES)
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))


async def test_a_host_lost_during_a_bulk_end_is_named(home: Path, brisk: Policy) -> None:
    async with (
        asyncio.timeout(patient(60)),
        scripted_host(brisk) as tokyo,
        scripted_host(Policy(undo_s=60.0)) as york,
        serving(tokyo, home / "tokyo.sock"),
    ):
        hosts = [HostAddress(name, home / f"{name}.sock") for name in NAMES]
        (first,), (second,) = tokyo.live(1), york.live(1)
        plan = [PlanEntry(one, "", None, "asked for") for one in (f"tokyo/{first}", f"york/{second}")]
        async with serving(york, home / "york.sock"):
            running = asyncio.create_task(run_plan(hosts, plan, 0.1))
            while not york.session(second).ledger or not tokyo.hosting.posted:
                await asyncio.wait([running], timeout=0.005)
        outcome = await running
    found = {result.id: (result.state, result.text) for result in outcome.results}
    assert found[f"tokyo/{first}"][0] == "unconfirmed"
    assert found[f"york/{second}"] == ("unconfirmed", HOST_LOST)
