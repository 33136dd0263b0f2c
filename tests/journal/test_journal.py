"""The journal as the host uses it: durable when awaited, honest when it can't be, healed by itself."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from browser_host.errors import Exit
from browser_host.journal import store as store_module
from browser_host.journal.entries import EntryOutcome, HostAction
from browser_host.journal.errors import JournalUnavailable, JournalUnreadable
from browser_host.journal.journal import WAITING, Journal
from browser_host.journal.reader import Reader
from browser_host.journal.status import JournalState, Standing
from browser_host.journal.store import Store
from browser_host.journal.writer import BACKLOG, Pace
from tests.journal.samples import entry
from tests.support.patience import patient

DEADLINE_S = 10.0


@dataclass
class Opened:
    """A journal and what it told of its standing."""

    journal: Journal
    told: asyncio.Queue[Standing]

    async def until(self, state: JournalState) -> None:
        async with asyncio.timeout(patient(DEADLINE_S)):
            while (await self.told.get()).state is not state or self.journal.standing.state is not state:
                pass


@pytest.fixture
async def opened(path: Path) -> AsyncIterator[Opened]:
    told: asyncio.Queue[Standing] = asyncio.Queue()
    journal = Journal(path, None, changed=told.put_nowait, pace=Pace(probe=0.02))
    yield Opened(journal, told)
    assert await journal.close(DEADLINE_S) in {True, False}


def occupy(path: Path) -> None:
    """Nobody, not even root, can write a journal where a folder stands."""
    path.mkdir(parents=True)


def vacate(path: Path) -> None:
    path.rmdir()


def move_away(path: Path) -> None:
    path.rename(path.with_name("moved"))


def texts(path: Path) -> list[str]:
    with Reader(path) as reader:
        assert reader.verify().finding is None
        return [line["text"] for line in reader.history(limit=100_000)]


async def test_what_was_awaited_is_on_disk(opened: Opened, path: Path) -> None:
    assert (await opened.journal.start()).state is JournalState.WRITABLE
    assert await opened.journal.write([entry("a"), entry("b")]) == (1, 2)
    assert texts(path) == ["a", "b"]
    assert await opened.journal.write([]) == ()


async def test_many_writers_share_commits_and_get_their_own_numbers(opened: Opened, path: Path) -> None:
    await opened.journal.start()
    groups = await asyncio.gather(
        *(opened.journal.write([entry(f"{n}a"), entry(f"{n}b")]) for n in range(200))
    )
    written = texts(path)
    for number, (first, second) in enumerate(groups):
        assert (written[first - 1], written[second - 1]) == (f"{number}a", f"{number}b")


async def test_history_and_unfinished_follow_what_was_noted_before(opened: Opened) -> None:
    await opened.journal.start()
    intent = entry(action="endSession", outcome=EntryOutcome.INTENDED, instruction="i1")
    opened.journal.note([intent])
    (left,) = await opened.journal.unfinished()
    assert await opened.journal.entries([left.seq]) == (intent,)
    opened.journal.note([entry(action="endSession", outcome=EntryOutcome.CONFIRMED, instruction="i1")])
    assert await opened.journal.unfinished() == ()
    assert [line["outcome"] for line in await opened.journal.history(session="s1")] == [
        "intended",
        "confirmed",
    ]


async def test_a_folder_in_its_place_refuses_until_it_is_gone(opened: Opened, path: Path) -> None:
    occupy(path)
    standing = await opened.journal.start()
    assert standing.state is JournalState.UNAVAILABLE
    with pytest.raises(JournalUnavailable, match="not a regular file") as caught:
        await opened.journal.write([entry("refused")])
    assert (caught.value.code, caught.value.exit_code) == ("journal", Exit.REFUSED)
    with pytest.raises(JournalUnreadable):
        await opened.journal.history()
    opened.journal.note([entry("kept for later")])
    vacate(path)
    await opened.until(JournalState.WRITABLE)
    await opened.journal.write([entry("after")])
    said, *rest = texts(path)
    assert said.startswith("not writable for ")
    assert rest == ["kept for later", "after"]


async def test_another_programs_lock_is_an_outage_that_heals(opened: Opened, path: Path) -> None:
    await opened.journal.start()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(JournalUnavailable, match="locked"):
        await opened.journal.write([entry()], within=DEADLINE_S)
    assert opened.journal.standing.state is JournalState.UNAVAILABLE
    other.execute("ROLLBACK")
    other.close()
    await opened.until(JournalState.WRITABLE)
    assert await opened.journal.write([entry()]) == (2,)


async def test_a_journal_moved_away_is_told_and_begun_anew(opened: Opened, path: Path) -> None:
    await opened.journal.start()
    await opened.journal.write([entry("old")])
    move_away(path)
    with pytest.raises(JournalUnavailable, match="moved away"):
        await opened.journal.write([entry("refused")])
    await opened.until(JournalState.WRITABLE)
    await opened.journal.write([entry("new")])
    interrupted, new = texts(path)
    assert "not writable" in interrupted
    assert new == "new"


async def test_hung_disk_is_reported_in_time(
    opened: Opened, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await opened.journal.start()
    hung, freed = threading.Event(), threading.Event()
    append: Callable[..., tuple[int, ...]] = store_module.Store.append

    def hanging(self: Store, entries: object) -> tuple[int, ...]:
        hung.set()
        assert freed.wait(DEADLINE_S)
        return append(self, entries)

    monkeypatch.setattr(store_module.Store, "append", hanging)
    late = asyncio.Queue[str]()
    first = asyncio.create_task(
        opened.journal.write([entry("begun")], within=0.05, late=lambda: late.put_nowait("begun"))
    )
    with pytest.raises(JournalUnavailable, match=r"more than 0\.05 s"):
        await first
    assert hung.is_set()
    with pytest.raises(JournalUnavailable):
        await opened.journal.write(
            [entry("not begun")], within=0.01, late=lambda: late.put_nowait("not begun")
        )
    assert late.empty()
    freed.set()
    assert await asyncio.wait_for(late.get(), DEADLINE_S) == "begun"
    await opened.journal.write([entry("after")], within=DEADLINE_S)
    assert late.empty()
    assert texts(path) == ["begun", "after"]


async def test_a_stall_shows_in_the_standing(opened: Opened) -> None:
    await opened.journal.start()
    opened.journal._writer.busy_since = -100.0
    assert "has not answered" in opened.journal.standing.reason
    assert opened.journal.standing.state is JournalState.UNAVAILABLE
    opened.journal._writer.busy_since = None


async def test_what_finds_no_place_is_counted_and_told(opened: Opened, path: Path) -> None:
    occupy(path)
    await opened.journal.start()
    opened.journal.note([entry("kept")] * (BACKLOG + 7))
    with pytest.raises(JournalUnreadable):
        await opened.journal.history()  # the thread has taken them
    vacate(path)
    await opened.until(JournalState.WRITABLE)
    written = texts(path)
    assert written[0].startswith("7 entries lost; not writable")
    assert len(written) == BACKLOG + 1


async def test_more_than_may_wait_is_dropped_counted_and_told(opened: Opened, path: Path) -> None:
    opened.journal.note([entry("waits")] * (WAITING - 1))  # nothing is taken before the start
    opened.journal.note([entry("dropped")] * 3)
    await opened.journal.start()
    await opened.journal.history()
    opened.journal.note([entry("after")])
    await opened.journal.close(DEADLINE_S)
    assert texts(path)[WAITING - 1 :] == ["3 entries lost: too many waited for the disk", "after"]


async def test_closing_writes_what_waits_and_refuses_what_comes_after(opened: Opened, path: Path) -> None:
    await opened.journal.start()
    opened.journal.note([entry(str(number)) for number in range(1000)])
    assert await opened.journal.close(DEADLINE_S)
    assert len(texts(path)) == 1000
    assert opened.journal.standing.state is JournalState.UNAVAILABLE
    with pytest.raises(JournalUnavailable, match="closed"):
        await opened.journal.write([entry()])
    opened.journal.note([entry()])
    assert await opened.journal.close(DEADLINE_S)


async def test_closing_says_when_not_all_is_on_disk(opened: Opened, path: Path) -> None:
    occupy(path)
    await opened.journal.start()
    opened.journal.note([entry("lost")])
    assert not await opened.journal.close(DEADLINE_S)


async def test_closing_has_a_deadline(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    await opened.journal.start()
    freed = threading.Event()
    monkeypatch.setattr(store_module.Store, "append", lambda *_: freed.wait(DEADLINE_S) and ())
    opened.journal.note([entry()])
    assert not await opened.journal.close(0.05)
    freed.set()


async def test_old_rows_go_by_themselves(path: Path) -> None:
    store = Store(path)
    store.append([entry("old", at=1.0), entry("young", at=999.0)])
    store.close()
    journal = Journal(path, 10.0, clock=lambda: 1000.0, pace=Pace(probe=0.02))
    await journal.start()
    await journal.write([entry("new")])
    await journal.history()  # after the write's group, in which old rows were looked for
    await journal.close(DEADLINE_S)
    with Reader(path) as reader:
        assert reader.verify().finding is None
        actions = [line["action"] for line in reader.history()]
    assert actions.count(HostAction.TRIMMED) == 1
    assert "old" not in texts(path)


async def test_a_clock_far_ahead_trims_no_journal(path: Path) -> None:
    store = Store(path)
    store.append([entry("last of yesterday", at=1000.0)])
    store.close()
    journal = Journal(
        path, 90 * 86400.0, clock=lambda: 1000.0 + 91 * 86400.0, pace=Pace(probe=0.02, trim=0.0)
    )
    await journal.start()
    for number in range(3):  # each is followed by a look for old rows
        await journal.write([entry(str(number), at=1000.0 + 91 * 86400.0)])
    assert await journal.close(DEADLINE_S)
    assert texts(path) == ["last of yesterday", "0", "1", "2"]
