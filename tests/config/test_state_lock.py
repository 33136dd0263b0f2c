import stat
import subprocess
import sys
from pathlib import Path

import pytest

from browser_host.config.state_lock import StateLock
from browser_host.errors import HostRunning

HOLD = """
import sys
from pathlib import Path
from browser_host.config.state_lock import StateLock
lock = StateLock(Path(sys.argv[1]), Path("/run/first.sock"))
print("held", flush=True)
sys.stdin.read()
"""


def test_the_second_host_is_told_of_the_first(tmp_path: Path) -> None:
    journal = tmp_path / "state" / "journal.sqlite3"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(journal)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == b"held\n"
        with pytest.raises(HostRunning, match=rf"pid {first.pid}, socket '/run/first.sock'.*{journal}"):
            StateLock(journal, tmp_path / "second.sock")
        first.kill()
        first.wait(10)
        with StateLock(journal, tmp_path / "second.sock"):
            pass


def test_other_journals_are_other_hosts(tmp_path: Path) -> None:
    with StateLock(tmp_path / "one", tmp_path / "s"), StateLock(tmp_path / "two", tmp_path / "s"):
        assert stat.S_IMODE((tmp_path / "one.lock").stat().st_mode) == 0o600


def test_a_lock_given_back_is_free(tmp_path: Path) -> None:
    StateLock(tmp_path / "one", tmp_path / "s").close()
    StateLock(tmp_path / "one", tmp_path / "s").close()


def test_a_holder_that_has_not_written_yet_is_another_host(tmp_path: Path) -> None:
    with StateLock(tmp_path / "one", tmp_path / "s"):
        (tmp_path / "one.lock").write_text("")
        with pytest.raises(HostRunning, match="another host already uses"):
            StateLock(tmp_path / "one", tmp_path / "s")


def test_a_place_for_no_lock_stops_no_host(tmp_path: Path) -> None:
    (tmp_path / "one.lock").symlink_to("/dev/null")
    with StateLock(tmp_path / "one", tmp_path / "s") as lock:
        assert "one.lock can't be used" in lock.problem
