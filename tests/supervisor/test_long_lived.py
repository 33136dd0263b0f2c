"""What is kept for long gives the garbage collector nothing to follow."""

import gc
import subprocess
import sys

import pytest

from browser_host.sessions.timeline import TIMELINE_LIMIT
from tests.support.host import PEER, scripted_host

EVENTS = 2_000

AFTER_START = """
import gc
import browser_host.supervisor.process.host
from browser_host.supervisor.process.garbage import freeze_start
before = len(gc.get_objects())
freeze_start()
print(before, len(gc.get_objects()))
"""


def objects() -> int:
    """How many objects the garbage collector follows."""
    for _ in range(2):
        gc.collect()
    return len(gc.get_objects())


@pytest.mark.parametrize("read", [False, True], ids=["unread", "read"])
async def test_kept_events_and_moments_are_no_objects_to_follow(*, read: bool) -> None:
    async with scripted_host() as host:
        ids = host.live(20)

        def report(rounds: int) -> None:
            for number in range(rounds):
                session_id = ids[number % len(ids)]
                if number // len(ids) % 2:
                    host.hosting.says_color(session_id, f"#00000{number % 7}")
                else:
                    host.hosting.says_status(session_id, "active" if number % 3 else "waiting")
            for _ in range(rounds // 4):
                host.supervisor.viewed(ids[0], PEER)

        report(len(ids))
        await host.journal.history()  # what waits for the disk is written
        before, first = objects(), host.feed.seq
        report(EVENTS)
        await host.journal.history()
        await host.journal.history()  # the writer's thread keeps its last group
        if read:
            assert host.feed.merged(first) is not None
            assert host.feed.after(first) is not None
        assert host.feed.seq - first > EVENTS / 2
        assert len(host.supervisor.store.timeline(ids[0])) == TIMELINE_LIMIT
        assert objects() - before < EVENTS / 10


def test_what_a_host_imports_is_in_no_collection() -> None:
    done = subprocess.run([sys.executable, "-c", AFTER_START], capture_output=True, text=True, check=True)
    before, after = map(int, done.stdout.split())
    assert after < before / 100
