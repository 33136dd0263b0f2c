"""The ends that are asked about, interrupted, or overtaken by what happens meanwhile."""

import asyncio
import dataclasses
import os
import pty
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from browser_host.api.schema import PlanEntry
from browser_host.cli.ending import run_plan
from browser_host.cli.outcomes import CONFIRMED, exit_code
from browser_host.errors import Exit, NoHost
from browser_host.sessions.ledger import EntryState
from browser_host.sessions.staleness import StaleLimits, StaleRules
from browser_host.supervisor.rules import Rules
from tests.cli.conftest import Hosting
from tests.support.host import ScriptedHost

WITHIN_S = 20.0


def socket_of(home: Path) -> Path:
    return home / ".local/state/watchdeck/run/host.sock"


async def until(host: ScriptedHost, holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(WITHIN_S):
        while not holds():
            await host.feed.news(host.feed.seq, WITHIN_S)


def plan(*ids: str) -> list[PlanEntry]:
    return [PlanEntry(session_id, session_id, None, "asked for") for session_id in ids]


async def test_a_session_removed_since_the_plan_keeps_no_other_from_its_end(
    hosting: Hosting, brisk: Rules, home: Path
) -> None:
    async with hosting(brisk) as host:
        first, gone, last = host.live(3)
        host.supervisor.remove(gone)
        outcome = await run_plan(socket_of(home), plan(first, gone, last), 0.1)
        assert [posted.session_id for posted in host.hosting.posted] == [first, last]
    states = {result.id: result.state for result in outcome.results}
    assert states == {first: "unconfirmed", gone: "skipped", last: "unconfirmed"}
    assert outcome.counts == {"unconfirmed": 2, "skipped": 1}


async def test_where_all_are_gone_nothing_is_sent(hosting: Hosting, brisk: Rules, home: Path) -> None:
    async with hosting(brisk) as host:
        outcome = await run_plan(socket_of(home), plan("gone"), None)
        assert host.hosting.posted == []
    assert [result.state for result in outcome.results] == ["skipped"]


async def test_newcomers_never_join_a_plan(hosting: Hosting, brisk: Rules, home: Path) -> None:
    async with hosting(brisk) as host:
        (meant,) = host.live(1)
        frozen = plan(meant)
        host.add("newcomer")
        await run_plan(socket_of(home), frozen, 0.1)
        assert [posted.session_id for posted in host.hosting.posted] == [meant]


async def test_an_interruption_takes_back_what_waits_and_nothing_of_others(
    hosting: Hosting, home: Path
) -> None:
    rules = Rules(undo_s=WITHIN_S, confirm_within_s=1.0)
    async with hosting(rules) as host:
        ours, theirs = host.live(2)
        other = asyncio.create_task(run_plan(socket_of(home), plan(theirs), None))
        await until(host, lambda: bool(host.session(theirs).ledger))
        running = asyncio.create_task(run_plan(socket_of(home), plan(ours, theirs), None))
        await until(host, lambda: bool(host.session(ours).ledger))
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert host.session(ours).ledger[-1].state is EntryState.CANCELLED
        assert host.session(theirs).ledger[-1].state is EntryState.QUEUED
        other.cancel()
        with pytest.raises(asyncio.CancelledError):
            await other
        assert host.hosting.posted == []


async def test_no_host_is_no_host_for_a_plan_too(home: Path) -> None:
    with pytest.raises(NoHost):
        await run_plan(socket_of(home), plan("a1"), None)


async def test_ends_whose_host_goes_away_are_unconfirmed_and_each_has_a_result(
    hosting: Hosting, home: Path
) -> None:
    async with hosting(Rules(undo_s=WITHIN_S, confirm_within_s=1.0)) as host:
        ids = host.live(2)
        running = asyncio.create_task(run_plan(socket_of(home), plan(*ids), None))
        await until(host, lambda: all(host.session(one).ledger for one in ids))
    outcome = await running
    assert [(one.id, one.state) for one in outcome.results] == [(one, "unconfirmed") for one in ids]
    assert all("the host went away" in one.text for one in outcome.results)
    assert exit_code(outcome.results, CONFIRMED) is Exit.NOTHING_CONFIRMED


async def test_an_end_whose_session_is_removed_meanwhile_is_never_called_failed(
    hosting: Hosting, home: Path
) -> None:
    async with hosting(Rules(undo_s=WITHIN_S, confirm_within_s=1.0)) as host:
        (gone,) = host.live(1)
        running = asyncio.create_task(run_plan(socket_of(home), plan(gone), None))
        await until(host, lambda: bool(host.session(gone).ledger))
        host.supervisor.remove(gone)
        (result,) = (await running).results
    assert result.state in {"queued", "cancelled", "unconfirmed"}, result


@dataclasses.dataclass(frozen=True, slots=True)
class Asked:
    code: int
    talk: str


def ask(
    home: Path,
    *arguments: str,
    answer: str | None,
    meanwhile: Callable[[], object] = lambda: None,
    again: str = "n",
) -> Asked:
    """The command on a terminal of its own; it is answered (or interrupted) once it asks.

    Args:
        meanwhile: done before the first answer.
        again: the answer to a second question.
    """
    screen, terminal = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "browser_host", "end", *arguments],
        stdin=terminal,
        stdout=subprocess.DEVNULL,
        stderr=terminal,
        env={"HOME": str(home), "TERM": "xterm"},
        start_new_session=True,
    ) as process:
        os.close(terminal)
        deadline = threading.Timer(WITHIN_S, process.kill)
        deadline.start()
        over = threading.Event()
        interrupter = threading.Thread(target=_interrupt, args=(process, over))
        talk = b""
        answered = 0
        while piece := _read(screen):
            talk += piece
            if answered < talk.count(b"? [y/N]") + talk.count(b"to end them"):
                answered += 1
                if answer is None:
                    interrupter.start()
                else:
                    meanwhile()
                    os.write(screen, f"{answer if answered == 1 else again}\n".encode())
        code = process.wait()
        over.set()
        deadline.cancel()
        os.close(screen)
    return Asked(code, talk.decode())


def _interrupt(process: "subprocess.Popen[bytes]", over: threading.Event) -> None:
    """Ctrl-C as an operator presses it: again, where the first came just before Python began to read."""
    while process.poll() is None and not over.wait(0.3):
        process.send_signal(signal.SIGINT)


def _read(screen: int) -> bytes:
    try:
        return os.read(screen, 4096)
    except OSError:  # Linux's way to say that the other side is closed
        return b""


@pytest.mark.parametrize(
    ("count", "answer", "code"),
    [
        (2, "", Exit.FAILED),
        (2, "n", Exit.FAILED),
        (2, "yep", Exit.FAILED),
        (2, None, Exit.INTERRUPTED),
        (2, "y", Exit.NOTHING_CONFIRMED),
        (2, "Yes", Exit.NOTHING_CONFIRMED),
        (11, "y", Exit.FAILED),
        (11, "10", Exit.FAILED),
        (11, "11", Exit.NOTHING_CONFIRMED),
    ],
)
async def test_the_question_ends_nothing_unless_it_is_answered_so(
    hosting: Hosting, home: Path, count: int, answer: str | None, code: Exit
) -> None:
    async with hosting(Rules(undo_s=0.0, confirm_within_s=0.2, ends_per_second=1000)) as host:
        ids = host.live(count)
        asked = await asyncio.to_thread(ask, home, *ids, answer=answer)
        ended = [posted.session_id for posted in host.hosting.posted]
    assert asked.code == code, asked.talk
    assert ended == (ids if code is Exit.NOTHING_CONFIRMED else [])
    assert all(session_id in asked.talk for session_id in ids)
    assert ("nothing was ended" in asked.talk) == (code is Exit.FAILED)


@pytest.mark.parametrize("again", ["n", "y"])
async def test_who_is_not_stale_any_more_is_told_before_the_stale_are_ended(
    hosting: Hosting, home: Path, again: str
) -> None:
    limits = StaleRules(StaleLimits(pending=0.01))
    rules = Rules(undo_s=0.0, confirm_within_s=0.2, ends_per_second=1000, stale=limits)
    async with hosting(rules) as host:
        accepted, pending = ids = host.live(2, "pendingRequest")

        def stale() -> list[str]:
            return [one["id"] for one in host.service.snapshot()["sessions"] if one["stale"]]

        await until(host, lambda: stale() == ids)
        loop = asyncio.get_running_loop()

        async def accepts() -> None:
            if host.session(accepted).status != "active":
                host.hosting.says_status(accepted, "active")
            await until(host, lambda: stale() == [pending])

        def meanwhile() -> None:
            asyncio.run_coroutine_threadsafe(accepts(), loop).result(WITHIN_S)

        asked = await asyncio.to_thread(ask, home, "--stale", answer="y", meanwhile=meanwhile, again=again)
        ended = [posted.session_id for posted in host.hosting.posted]
    assert asked.talk.count("End these 2 sessions?") == 2, asked.talk
    assert "not stale any more" in asked.talk
    assert ended == ([accepted, pending] if again == "y" else [])
