"""The commands against the real API; only the browser is scripted."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest

from browser_host.bridge.events import SessionBlocked
from browser_host.errors import Exit
from browser_host.protocol.page_instructions import EndSession, Instruction, Mode, SetMode, SwitchColor
from browser_host.sessions.session import ErrorCode, Fault
from browser_host.supervisor.policy import Policy
from tests.cli.conftest import Hosting, Said, Watchdeck
from tests.support.host import ScriptedHost
from tests.support.patience import patient

FRAMING = Fault(ErrorCode.FRAMING_BLOCKED, "the page refuses to be framed")


def posts(host: ScriptedHost) -> list[tuple[str, dict[str, Any]]]:
    return [(posted.session_id, dict(posted.message)) for posted in host.hosting.posted]


async def test_browsers_as_columns_and_as_the_contracts_document(
    watchdeck: Watchdeck, hosting: Hosting, brisk: Policy
) -> None:
    async with hosting(brisk) as host:
        host.live(2)
        plain = await asyncio.to_thread(watchdeck, "browsers")
        document = await asyncio.to_thread(watchdeck, "browsers", "--json")
    header, row = plain.out.splitlines()
    assert header.split() == ["NAME", "KIND", "STATE", "SESSIONS", "ISOLATED", "VERSION", "SINCE", "REASON"]
    assert row.split()[:2] == ["local", "local"]
    found = json.loads(document.out)
    assert found["schema"] == 1
    wanted = {"name", "kind", "state", "sessions", "max_sessions", "isolated", "version", "since", "reason"}
    assert wanted <= set(found["browsers"][0])
    assert found["browsers"][0]["state"] in {"starting", "up", "draining", "down"}


async def test_draining_says_what_happens_to_the_sessions(
    watchdeck: Watchdeck, hosting: Hosting, brisk: Policy
) -> None:
    async with hosting(brisk) as host:
        host.live(2)
        drained = await asyncio.to_thread(watchdeck, "browsers", "drain", "local")
        shown = await asyncio.to_thread(watchdeck, "browsers", "--json")
        unknown = await asyncio.to_thread(watchdeck, "browsers", "drain", "no such")
        undrained = await asyncio.to_thread(watchdeck, "browsers", "undrain", "local", "--json")
        kinds = [event["type"] for event in host.events()]
    assert drained.code == Exit.OK
    assert "its own stay, for no other endpoint takes any" in drained.err
    (one,) = json.loads(shown.out)["browsers"]
    assert (one["state"], one["sessions"]) == ("draining", 2)
    assert "undrain local" in one["reason"]
    assert unknown.code == Exit.FAILED
    assert "no endpoint has the name no such; there is local" in unknown.err
    assert json.loads(undrained.out)["text"] == "takes sessions"
    assert "browser.draining" in kinds


async def test_list_as_columns_and_as_the_contracts_document(
    watchdeck: Watchdeck, hosting: Hosting, brisk: Policy
) -> None:
    async with hosting(brisk) as host:
        first, second = host.live(2)
        host.hosting.says_color(second, "tomato")
        plain = await asyncio.to_thread(watchdeck, "list")
        filtered = await asyncio.to_thread(watchdeck, "list", "--filter", "color:#ff6347", "--json")
        stale = await asyncio.to_thread(watchdeck, "list", "--stale")
    header, *rows = plain.out.splitlines()
    assert header.split() == [
        "ID",
        "LABEL",
        "HOSTING",
        "STATUS",
        "SINCE",
        "COLOR",
        "MODE",
        "INSTRUCTION",
        "NOTE",
    ]
    assert [row.split()[0] for row in rows] == [first, second]
    assert all("live" in row and "viewerReady" in row for row in rows)
    document = json.loads(filtered.out)
    assert set(document) == {"schema", "host", "sessions"}
    assert document["schema"] == 1
    assert [session["id"] for session in document["sessions"]] == [second]
    assert (stale.code, stale.out, stale.err) == (Exit.OK, "", "0 of 2 sessions\n")


async def test_an_unknown_id_fails_by_name_and_sends_nothing(
    watchdeck: Watchdeck, hosting: Hosting, brisk: Policy
) -> None:
    async with hosting(brisk) as host:
        (known,) = host.live(1)
        for command in (("mode", "draw"), ("color",), ("end", "--yes"), ("end", "--dry-run"), ("remove",)):
            said = await asyncio.to_thread(watchdeck, *command, known, "nosuch")
            assert (said.code, said.out) == (Exit.FAILED, "")
            assert "nosuch" in said.err
        assert posts(host) == []
        assert known in host.supervisor.store


async def test_a_mode_is_sent_and_never_called_confirmed(
    watchdeck: Watchdeck, hosting: Hosting, brisk: Policy
) -> None:
    async with hosting(brisk) as host:
        (known,) = host.live(1)
        said = await asyncio.to_thread(watchdeck, "mode", "pointer", known)
        assert posts(host) == [(known, {"action": "setMode", "mode": "pointer"})]
    assert said.code == Exit.OK
    assert said.err == "1 sent\n"
    assert "pages do not confirm" in said.out


@pytest.mark.parametrize(
    ("command", "under_way", "why"),
    [
        (("mode", "draw"), SetMode(Mode.DRAW), "the same instruction is still under way; nothing was sent"),
        (("color", "#ff0000"), SwitchColor("#ff0000"), "the same instruction is still under way"),
        (("color",), SwitchColor(), "the same instruction is still under way"),
        (("color",), EndSession(), "an end is pending already, given by ada"),
    ],
)
async def test_an_instruction_under_way_is_not_repeated(
    watchdeck: Watchdeck, hosting: Hosting, command: tuple[str, ...], under_way: Instruction, why: str
) -> None:
    async with hosting(Policy(undo_s=60.0)) as host:
        (known,) = host.live(1)
        host.give(known, under_way, delay_s=60.0)
        said = await asyncio.to_thread(watchdeck, *command, known)
        assert posts(host) == []
    assert (said.code, said.err) == (Exit.FAILED, "1 failed\n")
    assert why in said.out


async def test_a_pending_end_is_skipped_by_the_next(watchdeck: Watchdeck, hosting: Hosting) -> None:
    async with hosting(Policy(undo_s=60.0)) as host:
        (known,) = host.live(1)
        host.give(known, EndSession(), delay_s=60.0)
        said = await asyncio.to_thread(watchdeck, "end", known, "--yes")
        assert posts(host) == []
    assert (said.code, said.out) == (Exit.OK, "")
    assert said.err == f"{known} skipped: an end is pending already, given by ada (1000)\nnothing to end\n"


async def test_unconfirmed_colour_exits_4_partly_confirmed_5(
    watchdeck: Watchdeck, hosting: Hosting, brisk: Policy
) -> None:
    async with hosting(brisk) as host:
        first, second = host.live(2)
        none = await asyncio.to_thread(watchdeck, "color", "#f00", first, second, "--json")
        sent = posts(host)
        answering = asyncio.create_task(_confirms(host, first, len(sent)))
        some = await asyncio.to_thread(watchdeck, "color", "--to", "tomato", first, second)
        await answering
        nobody = await asyncio.to_thread(watchdeck, "color", "--filter", "label:nobody")
    assert sent == [(i, {"action": "switchColor", "color": "#ff0000"}) for i in (first, second)]
    assert none.code == Exit.NOTHING_CONFIRMED
    document = json.loads(none.out)
    assert document["counts"] == {"unconfirmed": 2}
    assert set(document["results"][0]) == {"id", "state", "via", "took_ms", "text"}
    assert some.code == Exit.SOME_CONFIRMED
    assert (nobody.code, nobody.out) == (Exit.OK, "")
    assert "nothing was sent" in nobody.err


async def _confirms(host: ScriptedHost, session_id: str, after: int) -> None:
    """The session's page answers the next instruction that it is posted."""
    while not (new := [p for p in host.hosting.posted[after:] if p.session_id == session_id]):
        await host.feed.news(host.feed.seq, 5)
    host.hosting.says_color(session_id, "#ff6347", after=new[0].number)


async def test_what_the_host_refuses_is_six(watchdeck: Watchdeck, hosting: Hosting) -> None:
    async with hosting(Policy(read_only=True)) as host:
        (known,) = host.live(1)
        for command in (("mode", "draw", known), ("end", known, "--yes"), ("remove", known)):
            said = await asyncio.to_thread(watchdeck, *command)
            assert (said.code, said.out) == (Exit.REFUSED, "")
            assert "read-only" in said.err
        assert posts(host) == []
    async with hosting(Policy()) as host:
        (known,) = host.live(1)
        said = await asyncio.to_thread(watchdeck, "send", '{"action": "x"}', known)
        assert said.code == Exit.REFUSED
        assert posts(host) == []


async def test_a_dry_run_shows_the_plan_and_ends_nothing(
    watchdeck: Watchdeck, hosting: Hosting, brisk: Policy
) -> None:
    async with hosting(brisk) as host:
        ids = host.live(2)
        plain = await asyncio.to_thread(watchdeck, "end", "--all", "--dry-run")
        document = json.loads((await asyncio.to_thread(watchdeck, "end", "--all", "--dry-run", "--json")).out)
        nothing = await asyncio.to_thread(watchdeck, "end", "--stale", "--yes")
        assert posts(host) == []
    assert [row.split()[0] for row in plain.out.splitlines()[1:]] == ids
    assert [entry["id"] for entry in document["plan"]] == ids
    assert set(document["plan"][0]) == {"id", "label", "status", "reason"}
    assert document["results"] == []
    assert nothing.code == Exit.OK
    assert "nothing to end" in nothing.err


async def test_ends_show_the_plan_and_a_result_for_each(
    watchdeck: Watchdeck, hosting: Hosting, brisk: Policy
) -> None:
    async with hosting(brisk) as host:
        ids = host.live(2)
        said = await asyncio.to_thread(watchdeck, "end", *ids, "--yes", "--json", "--timeout", "0.1")
        assert posts(host) == [(i, {"action": "endSession"}) for i in ids]
    assert said.code == Exit.NOTHING_CONFIRMED
    document = json.loads(said.out)
    assert [entry["id"] for entry in document["plan"]] == ids
    assert [result["state"] for result in document["results"]] == ["unconfirmed"] * 2
    assert all(session_id in said.err for session_id in ids)


async def test_a_link_from_stdin_is_hosted_and_nowhere_shown(
    watchdeck: Watchdeck, hosting: Hosting, brisk: Policy
) -> None:
    def add() -> Said:
        link = "https://h/?canary\nmore\n"
        return watchdeck("add", "--no-wait", "--url", "-", "--label", "Desk 4", stdin=link)

    async with hosting(brisk) as host:
        said = await asyncio.to_thread(add)
        session_id = said.out.strip()
        assert host.session(session_id).label == "Desk 4"
        listed = await asyncio.to_thread(watchdeck, "list", "--json")
        assert "canary" not in said.out + said.err + listed.out
        removed = await asyncio.to_thread(watchdeck, "remove", session_id)
        assert removed.code == Exit.OK
        assert session_id not in host.supervisor.store


@pytest.mark.parametrize(
    ("happens", "code", "words"),
    [
        (lambda host, one: host.hosting.says_status(one, "active"), Exit.OK, ""),
        (lambda host, one: host.hosting.sink(SessionBlocked(one, FRAMING)), Exit.FAILED, FRAMING.text),
        (lambda host, one: host.supervisor.remove(one), Exit.FAILED, "not added"),
        (lambda *_: None, Exit.NOTHING_CONFIRMED, "keeps trying"),
    ],
    ids=["live", "blocked", "removed", "silent"],
)
async def test_add_says_what_became_of_the_session(
    watchdeck: Watchdeck,
    hosting: Hosting,
    brisk: Policy,
    *,
    happens: Callable[[ScriptedHost, str], None],
    code: Exit,
    words: str,
) -> None:
    within = "0.3" if code is Exit.NOTHING_CONFIRMED else "20"
    async with hosting(brisk) as host:
        adding = asyncio.create_task(
            asyncio.to_thread(watchdeck, "add", "--url", "https://h/1", "--timeout", within)
        )
        async with asyncio.timeout(patient(20)):
            while not host.hosting.opened:
                await host.feed.news(host.feed.seq, 1)
        session_id = host.hosting.opened[0][0]
        happens(host, session_id)
        said = await adding
    assert said.code == code
    assert words in said.err
    assert (said.out.strip() == session_id) is ("not added" not in words)


async def test_watch_tells_events_until_the_host_goes_away(
    watchdeck: Watchdeck, hosting: Hosting, brisk: Policy
) -> None:
    async with hosting(brisk) as host:
        first, second = host.live(2)
        watching = asyncio.create_task(
            asyncio.to_thread(watchdeck, "watch", "--json", "--filter", "status:terminated")
        )
        # The watcher begins at a snapshot of its own: events are made until it must have seen one.
        said = await _feed_until_seen(host, first, second, watching)
    events = [json.loads(line) for line in said.out.splitlines()]
    assert said.code == Exit.NO_HOST
    assert {event["id"] for event in events} == {second}
    assert "session.ended" in [event["type"] for event in events]


async def _feed_until_seen(
    host: ScriptedHost, first: str, second: str, watching: "asyncio.Task[Said]"
) -> Said:
    async with asyncio.timeout(patient(10)):
        while not host.service.events.closed and not watching.done():
            host.hosting.says_status(first, "active")
            if host.feed.seq > 400:
                host.hosting.says_status(second, "terminated")
                host.feed.close()
            await asyncio.wait([watching], timeout=0.005)
        return await watching
