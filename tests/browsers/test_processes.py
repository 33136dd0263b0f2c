import os
import subprocess
import sys

import psutil
import pytest

from browser_host.browsers.process import processes
from browser_host.browsers.process.processes import Process, busiest


def process(pid: int) -> Process:
    return Process(pid=pid, parent=1, group=1, started=pid, zombie=False)


IDLE, BUSY, NEW = process(10), process(11), process(12)


def test_busiest_is_the_one_between_two_readings() -> None:
    assert busiest({IDLE: 900.0, BUSY: 0.05}, {IDLE: 900.01, BUSY: 0.65, NEW: 5.0}, 1.0) == BUSY


def test_no_process_is_busiest_where_none_works() -> None:
    assert busiest({IDLE: 900.0, BUSY: 0.05}, {IDLE: 900.0, BUSY: 0.07}, 1.0) is None
    assert busiest({}, {}, 1.0) is None


def test_child_is_seen_then_a_zombie_then_gone() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        (seen,) = (one for one in processes.descendants(os.getpid()) if one.pid == child.pid)
        assert seen == processes.look(child.pid)
        assert (seen.parent, seen.group, seen.zombie) == (os.getpid(), os.getpgrp(), False)
        assert processes.still_run([seen, Process(seen.pid, 0, 0, seen.started + 1, zombie=False)]) == (seen,)
        assert processes.resident(seen) > 0
        assert processes.processor_time(seen) is not None
        processes.kill([seen])
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        left = processes.look(child.pid)
        assert left is not None
        assert left.zombie
        assert processes.still_run([seen]) == ()
    assert processes.look(child.pid) is None
    assert processes.processor_time(seen) is None
    assert processes.resident(seen) == 0


def test_start_stays_the_same_when_the_clock_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    before = processes.look(os.getpid())
    boot, created = psutil.boot_time(), psutil.Process.create_time
    monkeypatch.setattr(psutil, "boot_time", lambda: boot + 3600)
    monkeypatch.setattr(psutil.Process, "create_time", lambda self: created(self) + 3600)
    assert processes.look(os.getpid()) == before
