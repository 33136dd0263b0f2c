"""The host's place in the file system: one host a socket, nobody else's way in."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from browser_host.api.client import HostClient
from browser_host.api.socket import HostSocket
from browser_host.errors import HostRunning, NoHost, WatchdeckError


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_socket_is_its_users_alone(tmp_path: Path) -> None:
    path = tmp_path / "run" / "host.sock"
    with HostSocket(path):
        assert mode(path) == 0o600
        assert mode(path.parent) == 0o700
    assert not path.exists()


def test_a_second_host_is_refused_in_plain_words(tmp_path: Path) -> None:
    path = tmp_path / "host.sock"
    with HostSocket(path), pytest.raises(HostRunning, match=f"pid {os.getpid()}.*watchdeck stop"):
        HostSocket(path)


def test_a_refused_second_host_leaves_the_first_its_socket(tmp_path: Path) -> None:
    path = tmp_path / "host.sock"
    with HostSocket(path):
        with pytest.raises(HostRunning):
            HostSocket(path)
        assert stat.S_ISSOCK(path.lstat().st_mode)


def test_the_socket_of_a_host_that_was_killed_is_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "host.sock"
    code = (
        "import os, sys; from pathlib import Path; from browser_host.api.socket import HostSocket;"
        "HostSocket(Path(sys.argv[1])); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", code, str(path)], check=False, timeout=30)
    assert path.exists()
    with HostSocket(path):
        assert mode(path) == 0o600


def test_what_is_no_socket_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "host.sock"
    path.write_text("precious")
    with pytest.raises(WatchdeckError, match="left alone"):
        HostSocket(path)
    assert path.read_text() == "precious"


def test_a_symlink_in_the_place_of_the_socket_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("precious")
    (tmp_path / "host.sock").symlink_to(tmp_path / "precious")
    with pytest.raises(WatchdeckError, match="left alone"):
        HostSocket(tmp_path / "host.sock")
    assert (tmp_path / "precious").read_text() == "precious"


def test_a_symlink_in_the_place_of_the_lock_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("precious")
    (tmp_path / "host.sock.lock").symlink_to(tmp_path / "precious")
    with pytest.raises(WatchdeckError, match="lock"):
        HostSocket(tmp_path / "host.sock")
    assert (tmp_path / "precious").read_text() == "precious"


def test_a_folder_that_others_can_write_to_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "open"
    folder.mkdir()
    folder.chmod(0o777)
    with pytest.raises(WatchdeckError, match="0777"):
        HostSocket(folder / "host.sock")


def test_a_socket_that_somebody_replaced_is_not_taken_away_with_ours(tmp_path: Path) -> None:
    path = tmp_path / "host.sock"
    with HostSocket(path):
        path.unlink()
        path.write_text("another's")
    assert path.read_text() == "another's"


async def test_the_client_says_plainly_that_no_host_is_there(tmp_path: Path) -> None:
    async with HostClient(tmp_path / "none.sock", "test") as client:
        with pytest.raises(NoHost, match="watchdeck host"):
            await client.snapshot()
        with pytest.raises(NoHost):
            async for _ in client.events(0):
                pass
