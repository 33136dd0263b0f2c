"""What is ended of a dead host: all of its own and nobody else's, as a rule and with real processes."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from browser_host.browsers.process import processes
from browser_host.browsers.process.orphans import end_orphans, groups_of, orphans
from browser_host.browsers.process.pidfile import BrowserRecord, Record, beside, kernel
from browser_host.browsers.process.processes import Process
from tests.browsers.stage import Quiet

HOST = {"pid": 3, "group": 3, "started": 1}


def _record(*started: Process, host: dict[str, int] | None = None) -> Record:
    noted = [{"pid": one.pid, "group": one.group, "started": one.started} for one in started]
    return Record.model_validate({"kernel": kernel() or "none", "host": host or HOST, "started": noted})


def _process(pid: int, parent: int = 1, group: int | None = None, started: int = 5) -> Process:
    return Process(pid, parent, pid if group is None else group, started, zombie=False)


def _ended(record: Record, *everything: Process) -> set[int]:
    return {one.pid for one in orphans(record, groups_of(record, everything), everything)}


def test_a_number_that_was_given_to_another_is_left_alone() -> None:
    record = _record(_process(10, started=5), _process(11, started=5))
    assert _ended(record, _process(10, started=6), _process(12, parent=10), _process(11, started=5)) == {11}


def test_only_a_proven_process_group_is_ended() -> None:
    browser, zygote = _process(20), _process(21, parent=20, group=20)
    record = _record(browser, zygote)
    renderer = _process(22, parent=1, group=20, started=9)
    assert _ended(record, browser, renderer) == {20, 22}
    assert _ended(record, zygote, renderer) == {21, 22}
    assert _ended(record, renderer) == set()


def test_the_hosts_own_group_is_never_taken_for_a_browsers() -> None:
    driver, neighbour = _process(10, parent=3, group=3), _process(99, group=3)
    below = _process(20, parent=10)
    assert _ended(_record(driver), driver, neighbour, below, _process(21, parent=20)) == {10, 20, 21}


PIDS = st.integers(2, 9)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Record, tuple[Process, ...]]:
    one = st.builds(_process, PIDS, st.integers(0, 9), st.integers(0, 9), st.integers(0, 2))
    recorded = draw(st.lists(one, max_size=5))
    now = draw(st.lists(one, max_size=9, unique_by=lambda process: process.pid))
    return _record(*recorded), tuple(now)


@given(worlds())
def test_only_recorded_running_processes_are_ended(
    world: tuple[Record, tuple[Process, ...]],
) -> None:
    record, now = world
    noted = {(one.pid, one.started): one for one in record.processes()}
    proven = {one for one in now if (one.pid, one.started) in noted}
    ended = orphans(record, groups_of(record, now), now)
    assert proven <= ended
    groups = {one.group for one in proven if one.group == noted[one.pid, one.started].group}
    groups -= {0, 1, record.host.group}
    by_pid = {one.pid: one for one in now}
    for each in ended:
        line = [each]
        while line[-1] not in proven and line[-1].group not in groups:
            line.append(by_pid[line[-1].parent])
            assert len(line) <= len(now)


TREE = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(child.pid, flush=True)
time.sleep(60)
"""


def _tree() -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", TREE]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)


@pytest.fixture
def trees() -> Iterator[list["subprocess.Popen[str]"]]:
    """Processes that are leaders of groups, each with a child."""
    found: list[subprocess.Popen[str]] = []
    try:
        found.extend(_tree() for _ in range(2))
        yield found
    finally:
        for tree in found:
            os.killpg(tree.pid, signal.SIGKILL)
            tree.wait()
            assert tree.stdout is not None
            tree.stdout.close()


def _child(tree: "subprocess.Popen[str]") -> int:
    assert tree.stdout is not None
    return int(tree.stdout.readline())


def _runs(pid: int) -> bool:
    found = processes.look(pid)
    return found is not None and not found.zombie


async def test_stopped_orphan_ends_and_its_neighbour_lives(
    trees: list["subprocess.Popen[str]"], tmp_path: Path, log: Quiet
) -> None:
    orphan, neighbour = trees
    children = [_child(orphan), _child(neighbour)]
    found = processes.look(orphan.pid)
    assert found is not None
    path = beside(tmp_path / "host.sock")
    path.write_text(_record(found, host={"pid": 2**22, "group": 9, "started": 1}).model_dump_json())
    os.kill(orphan.pid, signal.SIGSTOP)
    await end_orphans(path, log)
    assert [_runs(pid) for pid in (orphan.pid, children[0])] == [False, False]
    assert [_runs(pid) for pid in (neighbour.pid, children[1])] == [True, True]
    assert {name for name, _ in log.events} == {"browser.orphan_ended"}
    assert {facts["pid"] for _, facts in log.events} == {orphan.pid, children[0]}
    assert not path.exists()


async def test_browser_of_live_host_or_other_boot_is_kept(
    trees: list["subprocess.Popen[str]"], tmp_path: Path, log: Quiet
) -> None:
    browser = processes.look(trees[0].pid)
    assert browser is not None
    path = beside(tmp_path / "host.sock")
    BrowserRecord(path, log).note(1, {browser})  # this process is the host, and runs
    await end_orphans(path, log)
    dead = _record(browser, host={"pid": 2**22, "group": 9, "started": 1})
    path.write_text(dead.model_copy(update={"kernel": "another boot"}).model_dump_json())
    await end_orphans(path, log)
    assert _runs(browser.pid)
    assert [name for name, _ in log.events] == ["browser.record_ignored"] * 2
