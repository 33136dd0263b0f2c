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
from browser_host.cli.ending import LeftToHost, run_plan
from browser_host.cli.outcome_report import CONFIRMED, exit_code
from browser_host.config.clients.host_address import HostAddress
from browser_host.errors import Exit, NoHost
from browser_host.secrets import WatchLink
from browser_host.sessions.ledger import EntryState
from browser_host.sessions.session import Source
from browser_host.sessions.staleness import StaleLimits, StaleRules
from browser_host.sessions.visitor_state import VisitorReport
from browser_host.supervisor.new_session import NewSession
from browser_host.supervisor.policy import Policy
from browser_host.supervisor.upscope_worker import VisitorsLookedUp
from tests.cli.conftest import Hosting
from tests.support.host import ScriptedHost
from tests.support.patience import patient

WITHIN_S = 20.0


def host_at(home: Path) -> tuple[HostAddress, ...]:
    return (HostAddress("", home / ".local/state/watchdeck/run/host.sock"),)


async def until(host: ScriptedHost, holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(patient(WITHIN_S)):
        while not holds():
            await host.feed.news(host.feed.seq, WITHIN_S)


def plan(*ids: str) -> list[PlanEntry]:
    return [PlanEntry(session_id, session_id, None, "asked for") for session_id in ids]


async def test_removed_session_does_not_stop_other_ends(hosting: Hosting, brisk: Policy, home: Path) -> None:
    async with hosting(brisk) as host:
        first, gone, last = host.live(3)
        host.supervisor.remove(gone)
        outcome = await run_plan(host_at(home), plan(first, gone, last), 0.1)
        assert [posted.session_id for posted in host.hosting.posted] == [first, last]
    states = {result.id: result.state for result in outcome.results}
    assert states == {first: "unconfirmed", gone: "skipped", last: "unconfirmed"}
    assert outcome.counts == {"unconfirmed": 2, "skipped": 1}


async def test_what_the_service_says_otherwise_is_told_at_once(
    hosting: Hosting, brisk: Policy, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with hosting(brisk) as host:
        link = WatchLink("https://watch.example/w?token=x")
        meant = host.supervisor.add(NewSession(link, Source.CONFIG, "Ada", "V1"))
        host.hosting.says_status(meant, "viewerReady")
        host.supervisor.receive(VisitorsLookedUp(1, {"V1": VisitorReport(in_session=True)}, frozenset()))
        (shown,) = plan(meant)
        await run_plan(host_at(home), [dataclasses.replace(shown, visitor="left")], 0.1)
    assert f"{meant} Ada: the visitor is in session now, was left" in capsys.readouterr().err


async def test_where_all_are_gone_nothing_is_sent(hosting: Hosting, brisk: Policy, home: Path) -> None:
    async with hosting(brisk) as host:
        outcome = await run_plan(host_at(home), plan("gone"), None)
        assert host.hosting.posted == []
    assert [result.state for result in outcome.results] == ["skipped"]


async def test_newcomers_never_join_a_plan(hosting: Hosting, brisk: Policy, home: Path) -> None:
    async with hosting(brisk) as host:
        (meant,) = host.live(1)
        frozen = plan(meant)
        host.add("newcomer")
        await run_plan(host_at(home), frozen, 0.1)
        assert [posted.session_id for posted in host.hosting.posted] == [meant]


async def test_interruption_cancels_only_own_pending_ends(hosting: Hosting, home: Path) -> None:
    rules = Policy(undo_s=WITHIN_S, confirm_within_s=1.0)
    async with hosting(rules) as host:
        ours, theirs = host.live(2)
        other = asyncio.create_task(run_plan(host_at(home), plan(theirs), None))
        await until(host, lambda: bool(host.session(theirs).ledger))
        running = asyncio.create_task(run_plan(host_at(home), plan(ours, theirs), None))
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


@pytest.mark.parametrize(("stop", "code"), [(signal.SIGHUP, 129), (signal.SIGTERM, 143)])
async def test_signal_leaves_accepted_ends_to_the_host(
    hosting: Hosting, home: Path, stop: signal.Signals, code: int
) -> None:
    async with hosting(Policy(undo_s=WITHIN_S, confirm_within_s=1.0)) as host:
        ids = host.live(2)
        running = asyncio.create_task(run_plan(host_at(home), plan(*ids), None))
        await until(host, lambda: all(host.session(one).ledger for one in ids))
        os.kill(os.getpid(), stop)
        with pytest.raises(LeftToHost, match=f"stopped by {stop.name}; the host continues 2 ends") as left:
            await running
        assert left.value.exit_code == code
        assert [host.session(one).ledger[-1].state for one in ids] == [EntryState.QUEUED] * 2
    assert signal.getsignal(stop) is signal.SIG_DFL


async def test_signal_that_is_ignored_stops_nothing(hosting: Hosting, brisk: Policy, home: Path) -> None:
    async with hosting(brisk) as host:
        ids = host.live(1)
        before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does
        try:
            running = asyncio.create_task(run_plan(host_at(home), plan(*ids), None))
            await until(host, lambda: bool(host.session(ids[0]).ledger))
            os.kill(os.getpid(), signal.SIGHUP)
            assert [one.state for one in (await running).results] == ["unconfirmed"]
        finally:
            signal.signal(signal.SIGHUP, before)


async def test_no_host_is_no_host_for_a_plan_too(home: Path) -> None:
    with pytest.raises(NoHost):
        await run_plan(host_at(home), plan("a1"), None)


async def test_ends_of_a_lost_host_are_unconfirmed_each(hosting: Hosting, home: Path) -> None:
    async with hosting(Policy(undo_s=WITHIN_S, confirm_within_s=1.0)) as host:
        ids = host.live(2)
        running = asyncio.create_task(run_plan(host_at(home), plan(*ids), None))
        await until(host, lambda: all(host.session(one).ledger for one in ids))
    outcome = await running
    assert [(one.id, one.state) for one in outcome.results] == [(one, "unconfirmed") for one in ids]
    assert all("connection to the host lost" in one.text for one in outcome.results)
    assert exit_code(outcome.results, CONFIRMED) is Exit.NOTHING_CONFIRMED


async def test_end_of_a_removed_session_is_not_failed(hosting: Hosting, home: Path) -> None:
    async with hosting(Policy(undo_s=WITHIN_S, confirm_within_s=1.0)) as host:
        (gone,) = host.live(1)
        running = asyncio.create_task(run_plan(host_at(home), plan(gone), None))
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
) -> Asked:
    """The command on a terminal of its own; it is answered (or interrupted) once it asks.

    Args:
        meanwhile: done before the answer.
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
        is_answered = False
        while piece := _read(screen):
            talk += piece
            if not is_answered and (b"? [y/N]" in talk or b"to end them" in talk):
                is_answered = True
                if answer is None:
                    interrupter.start()
                else:
                    meanwhile()
                    os.write(screen, f"{answer}\n".encode())
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
    async with hosting(Policy(undo_s=0.0, confirm_within_s=0.2, ends_per_second=1000)) as host:
        ids = host.live(count)
        asked = await asyncio.to_thread(ask, home, *ids, answer=answer)
        ended = [posted.session_id for posted in host.hosting.posted]
    assert asked.code == code, asked.talk
    assert ended == (ids if code is Exit.NOTHING_CONFIRMED else [])
    assert all(session_id in asked.talk for session_id in ids)
    assert ("nothing was ended" in asked.talk) == (code is Exit.FAILED)


async def test_sessions_no_longer_stale_are_left_alone(hosting: Hosting, home: Path) -> None:
    limits = StaleRules(StaleLimits(pending=0.01))
    rules = Policy(undo_s=0.0, confirm_within_s=0.2, ends_per_second=1000, stale=limits)
    async with hosting(rules) as host:
        accepted, pending = ids = host.live(2, "pendingRequest")

        def stale() -> list[str]:
            return [one.id for one in host.service.snapshot().sessions if one.stale]

        await until(host, lambda: stale() == ids)
        loop = asyncio.get_running_loop()

        async def accepts() -> None:
            host.hosting.says_status(accepted, "active")
            await until(host, lambda: stale() == [pending])

        def meanwhile() -> None:
            asyncio.run_coroutine_threadsafe(accepts(), loop).result(WITHIN_S)

        asked = await asyncio.to_thread(ask, home, "--stale", answer="y", meanwhile=meanwhile)
        ended = [posted.session_id for posted in host.hosting.posted]
    assert asked.code == Exit.NOTHING_CONFIRMED
    assert "1 unconfirmed, 1 skipped" in asked.talk
    assert ended == [pending]
