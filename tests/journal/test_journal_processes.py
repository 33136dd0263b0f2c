"""A host that is killed and a disk that is full, in processes of their own."""

import json
import subprocess
import sys
from pathlib import Path
from subprocess import PIPE

from browser_host.journal.entries import HostAction
from browser_host.journal.reader import Reader
from browser_host.journal.store import Store
from tests.journal.samples import entry

ROOT = Path(__file__).parents[2]


def test_a_host_killed_while_writing_leaves_a_chain_that_holds(path: Path) -> None:
    command = [sys.executable, "-m", "tests.journal.endless_writer", str(path)]
    for kills in (1, 2, 3):
        with subprocess.Popen(command, cwd=ROOT, stdout=PIPE, text=True) as process:
            assert process.stdout is not None
            promised = [int(process.stdout.readline()) for _ in range(50)]
            process.kill()
            promised += [int(line) for line in process.stdout.read().splitlines()]
        with Reader(path) as reader:
            verified = reader.verify()
            unfinished = reader.unfinished()
        assert verified.finding is None
        assert verified.head.seq >= promised[-1]
        # At each kill the last instruction's end, or the one after it, can have been cut off.
        assert len(unfinished) <= 2 * kills
    store = Store(path)
    assert store.append([entry()]) == (verified.head.seq + 1,)
    store.close()


def test_full_disk_refuses_loses_nothing_and_recovers(path: Path) -> None:
    command = [sys.executable, "-m", "tests.journal.full_disk", str(path)]
    answer = subprocess.run(command, cwd=ROOT, stdout=PIPE, text=True, timeout=60, check=True)
    steps = {step["step"]: step for step in map(json.loads, answer.stdout.splitlines())}
    full = steps["full"]
    assert (full["code"], full["exit"]) == ("journal", 6)
    assert "can't be written" in full["text"]
    assert full["written"] >= 20
    assert steps["reading"] == {"step": "reading", "rows": full["written"], "state": "unavailable"}
    assert steps["closed"]["all"] is True
    with Reader(path) as reader:
        assert reader.verify().finding is None
        after = reader.history(limit=3)
    assert [line["action"] for line in after] == [HostAction.INTERRUPTED, "session.status", "session.status"]
    assert [line["text"] for line in after[1:]] == ["waited", "after"]
    assert steps["again"]["numbers"] == [full["written"] + 3]
