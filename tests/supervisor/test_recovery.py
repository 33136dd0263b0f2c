"""A dead host's journal in the next one's hands: what is hosted again, what is said, what is left alone."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from browser_host.journal.entries import EntryOutcome, JournalEntry, by_host
from browser_host.journal.journal import Journal
from browser_host.journal.reader import Reader
from browser_host.protocol.page_instructions import EndSession, SwitchColor
from browser_host.secrets import WatchLink
from browser_host.sessions.clock import system_clock
from browser_host.sessions.session import Source
from browser_host.supervisor.audit import records
from browser_host.supervisor.audit.recorder import STATUSES_PER_INTERVAL, AuditRecorder
from browser_host.supervisor.audit.replay import Recovery
from browser_host.supervisor.new_session import NewSession
from browser_host.supervisor.policy import Policy
from browser_host.supervisor.process import startup
from browser_host.supervisor.process.startup import bring_back, open_journal, remember
from browser_host.supervisor.session_ids import KEY_BYTES, SessionIds
from tests.support.host import ScriptedHost, SilentLog, scripted_host

HERE, ELSEWHERE = "0a1b2c3d", "ffffffff"
IDS = SessionIds(b"t" * KEY_BYTES)
LINK = WatchLink("https://watch.example/w/1?token=secret")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite3"


def row(action: str, session: str | None = None, at: float = 0.0, **columns: Any) -> JournalEntry:
    at = at or system_clock().wall
    return JournalEntry(at=at, by="ada (1000)", client="cli", action=action, session=session, **columns)


def added(new: NewSession, place: str = HERE) -> JournalEntry:
    session = IDS.identify(new.identity, ())
    return row(records.ADDED, session, label=new.label, text=records.added_text(new, place))


def by_visitor(visitor: str, source: Source = Source.COMMAND) -> NewSession:
    return NewSession(None, source, f"label of {visitor}", visitor)


async def wrote(path: Path, *rows: JournalEntry) -> None:
    """A host that died wrote this, and no more."""
    journal = Journal(path, keep_s=None)
    await journal.start()
    await journal.write(rows)
    assert await journal.close()


@contextlib.asynccontextmanager
async def opened(path: Path, place: str = HERE) -> AsyncIterator[tuple[Journal, Recovery]]:
    """The next host opens the journal, and dies with the block."""
    journal = Journal(path, keep_s=None)
    yield journal, await open_journal(journal, place, SilentLog(), lambda _: None)
    assert await journal.close()


async def recovered(path: Path, place: str = HERE) -> Recovery:
    async with opened(path, place) as (_, recovery):
        return recovery


def outcomes(path: Path, session: str) -> list[str]:
    with Reader(path) as reader:
        assert reader.verify().finding is None
        return [entry["outcome"] for entry in reader.history(session=session) if entry["instruction"]]


async def test_what_another_place_has_under_way_is_left_to_it(path: Path) -> None:
    mine, other = by_visitor("mine"), by_visitor("other")
    ids = [IDS.identify(one.identity, ()) for one in (mine, other)]
    intended = [
        row("endSession", one, outcome=EntryOutcome.INTENDED, instruction=f"i{number}")
        for number, one in enumerate(ids, 1)
    ]
    await wrote(path, added(mine), added(other, ELSEWHERE), *intended)
    assert [one.id for one in (await recovered(path)).sessions] == ids[:1]
    assert outcomes(path, ids[0]) == ["intended", "unconfirmed"]
    assert outcomes(path, ids[1]) == ["intended"]
    assert [one.id for one in (await recovered(path, ELSEWHERE)).sessions] == ids[1:]
    assert outcomes(path, ids[1]) == ["intended", "unconfirmed"]


async def test_open_instructions_are_closed_in_pieces(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    session = IDS.identify("v", ())
    told = [
        row("endSession", session, outcome=EntryOutcome.INTENDED, instruction=f"i{n}") for n in range(100)
    ]
    await wrote(path, added(by_visitor("v")), *told)
    monkeypatch.setattr("browser_host.journal.journal.WAITING", 10)
    monkeypatch.setattr(startup, "PIECE", 10)
    await recovered(path)
    assert outcomes(path, session) == ["intended"] * 100 + ["unconfirmed"] * 100
    with Reader(path) as reader:
        assert reader.unfinished() == ()
        assert reader.history()[-1]["action"] == records.HOST_STARTED


async def test_many_instructions_lose_no_session(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(startup, "MOST_ROWS", 20)
    monkeypatch.setattr(startup, "MOST_INSTRUCTIONS", 20)
    quiet, busy = by_visitor("quiet"), by_visitor("busy")
    ids = [IDS.identify(one.identity, ()) for one in (quiet, busy)]
    told = [row("setMode", ids[1], outcome=EntryOutcome.SENT, instruction=f"i{n}") for n in range(1, 100)]
    await wrote(path, added(quiet), added(busy), *told)
    recovery = await recovered(path)
    assert [one.id for one in recovery.sessions] == ids
    assert recovery.last_number >= 99


async def test_after_a_stop_in_order_nothing_comes_back(path: Path) -> None:
    stopped = by_host(system_clock().wall, records.HOST_STOPPED, text=records.host_text(HERE))
    elsewhere = by_host(system_clock().wall, records.HOST_STOPPED, text=records.host_text(ELSEWHERE))
    await wrote(path, added(by_visitor("v")), elsewhere)
    assert len((await recovered(path)).sessions) == 1
    await wrote(path, stopped)
    back = await recovered(path)
    assert (back.sessions, back.pasts, back.links) == ((), {}, ())
    assert back.last_number > 0


async def test_numbers_exceed_those_of_a_clock_numbered_host(path: Path) -> None:
    told = row("endSession", IDS.identify("v", ()), outcome=EntryOutcome.INTENDED, instruction="i1900000000")
    await wrote(path, added(by_visitor("v")), told)
    assert (await recovered(path)).last_number == 1_900_000_000


async def bring_all_back(path: Path, host: ScriptedHost, ids: SessionIds = IDS) -> list[str]:
    """What the next host says of those that can't come back."""
    async with opened(path) as (journal, recovery):
        remember(recovery, host.supervisor, None, system_clock)
        bring_back(recovery, host.supervisor, ids, AuditRecorder(journal, system_clock, HERE), SilentLog())
        entries = await journal.history()
    return [entry["text"] for entry in entries if entry["action"] == records.NOT_RECOVERED]


async def test_what_cannot_come_back_is_said_once(path: Path) -> None:
    await wrote(path, added(NewSession(LINK, Source.COMMAND, "by link")), added(by_visitor("v")))
    for _ in range(2):
        async with scripted_host() as host:
            by_link, without_key = await bring_all_back(path, host)
            assert LINK.fingerprint in by_link
            assert "API key" in without_key
            assert len(host.supervisor.store) == 0


async def test_other_id_key_or_read_only_recovers_nothing(path: Path) -> None:
    await wrote(path, added(by_visitor("v")))
    async with scripted_host() as host:
        assert "ids.key" in (await bring_all_back(path, host, SessionIds(b"u" * KEY_BYTES)))[-1]
    await wrote(path, added(by_visitor("v")))
    async with scripted_host(Policy(read_only=True)) as host:
        assert "read-only" in (await bring_all_back(path, host))[-1]


async def test_recovered_session_in_configuration_is_hosted_once(path: Path) -> None:
    session = IDS.identify("v", ())
    await wrote(
        path,
        added(by_visitor("v")),
        row("setMode", session, outcome=EntryOutcome.INTENDED, text="draw", instruction="i7"),
        row("setMode", session, outcome=EntryOutcome.SENT, text="via page", instruction="i7"),
        row("endSession", session, outcome=EntryOutcome.INTENDED, instruction="i8"),
    )
    async with scripted_host() as host:
        remember(await recovered(path), host.supervisor, None, system_clock)
        assert host.supervisor.add(NewSession(LINK, Source.CONFIG, "configured", "v")) == session
        assert await bring_all_back(path, host) == []
        assert [one.label for one in host.supervisor.store] == ["configured"]
        shown = host.session(session)
        assert shown.mode is None  # the document that it was sent to died with the host before this one
        assert [(entry.id, entry.state) for entry in shown.ledger] == [("i7", "sent"), ("i8", "unconfirmed")]
        view = host.supervisor.store.view(shown)
        assert view.instruction is not None
        assert view.instruction.text.endswith("it may have been sent; it is not repeated")
        # What is to come is not held up by what was, and what was is not confirmed by what comes.
        host.hosting.says_status(session, "viewerReady")
        assert host.hosting.posted == []
        given = host.give(session, SwitchColor("#00ff00"))
        assert given.order is not None
        assert given.order.number > 8
        host.hosting.says_status(session, "terminated", after=given.order.number)
        states = [entry.state for entry in host.session(session).ledger]
        assert states[:2] == ["sent", "unconfirmed"]
        assert [posted.number for posted in host.hosting.posted] == [given.order.number]


async def test_pending_ends_of_a_stopped_host_were_not_sent() -> None:
    async with scripted_host() as host:
        waiting, handed = host.live(2)
        host.give(waiting, EndSession(), delay_s=60)
        host.hosting.posts = False
        host.give(handed, EndSession())
        host.supervisor.close()
        entries = {
            one: [
                (entry["outcome"], entry["text"])
                for entry in await host.journal.history(session=one)
                if entry["instruction"]
            ]
            for one in (waiting, handed)
        }
        assert [posted.session_id for posted in host.hosting.posted] == [handed]
        assert entries[waiting] == [("cancelled", "via page: the host stopped before it was sent")]
        assert entries[handed] == []  # whether it was posted is for the hosting to say


async def test_a_session_that_restarted_after_its_end_is_not_ended() -> None:
    async with scripted_host() as host:
        one = host.add()
        host.hosting.says_status(one, "viewerReady")
        host.hosting.says_status(one, "terminated")
        host.hosting.says_status(one, "waiting")
        actions = [entry["action"] for entry in await host.journal.history(session=one)]
        assert actions.index(records.ENDED) < actions.index(records.RESTARTED)
        assert actions.count(records.RESTARTED) == 1


async def test_endless_restarts_of_a_page_do_not_fill_the_journal() -> None:
    async with scripted_host() as host:
        one = host.add()
        for _ in range(2_000):
            host.hosting.says_status(one, "terminated")
            host.hosting.says_status(one, "waiting")
        entries = await host.journal.history(session=one, limit=10_000)
        assert len(entries) <= 2 * STATUSES_PER_INTERVAL + 5


async def test_frequent_restarts_of_a_page_lose_no_other_session(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(startup, "MOST_ROWS", 20)
    mean, ended, quiet = (by_visitor(name) for name in ("mean", "ended", "quiet"))
    ids = [IDS.identify(one.identity, ()) for one in (mean, ended, quiet)]
    flips = [row(action, ids[0]) for _ in range(50) for action in (records.ENDED, records.RESTARTED)]
    await wrote(path, *map(added, (quiet, ended, mean)), row(records.ENDED, ids[1]), *flips)
    assert {one.id for one in (await recovered(path)).sessions} == {ids[0], ids[2]}


@pytest.fixture
def unsafe(path: Path) -> Path:
    """No journal is opened through a symlink."""
    path.symlink_to(path.with_name("elsewhere"))
    return path


async def test_a_journal_that_cannot_be_read_brings_nothing_back(unsafe: Path) -> None:
    journal = Journal(unsafe, keep_s=None)
    said: list[str] = []
    recovery = await open_journal(journal, HERE, SilentLog(), said.append)
    assert recovery.sessions == ()
    assert recovery.last_number >= int(system_clock().wall) - 60
    assert len(said) == 1
    await journal.close()
