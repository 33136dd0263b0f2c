"""The host's place in the file system: one host a socket, nobody else's way in."""

import ctypes
import os
import resource
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from browser_host.api import socket as host_socket
from browser_host.api.client import HostClient
from browser_host.api.socket import HostSocket
from browser_host.errors import HostRunning, NoHost, WatchdeckError

NOBODY = 65534

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to another user")


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
    with pytest.raises(WatchdeckError, match="not a socket"):
        HostSocket(path)
    assert path.read_text() == "precious"


def test_a_symlink_in_the_place_of_the_socket_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("precious")
    (tmp_path / "host.sock").symlink_to(tmp_path / "precious")
    with pytest.raises(WatchdeckError, match="not a socket"):
        HostSocket(tmp_path / "host.sock")
    assert (tmp_path / "precious").read_text() == "precious"


def test_a_symlink_in_the_place_of_the_lock_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("precious")
    (tmp_path / "host.sock.lock").symlink_to(tmp_path / "precious")
    with pytest.raises(WatchdeckError, match="lock"):
        HostSocket(tmp_path / "host.sock")
    assert (tmp_path / "precious").read_text() == "precious"


@pytest.mark.parametrize("permissions", [0o777, 0o770, 0o722, 0o702])
def test_a_folder_that_others_can_write_to_is_refused(tmp_path: Path, permissions: int) -> None:
    folder = tmp_path / "open"
    folder.mkdir()
    folder.chmod(permissions)
    with pytest.raises(WatchdeckError, match=f"{permissions:04o}"):
        HostSocket(folder / "host.sock")
    assert not list(folder.iterdir())


@needs_root
def test_a_folder_of_another_user_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "theirs"
    folder.mkdir(mode=0o700)
    os.chown(folder, NOBODY, NOBODY)
    with pytest.raises(WatchdeckError, match=f"owner uid {NOBODY}"):
        HostSocket(folder / "host.sock")
    assert not list(folder.iterdir())


def test_a_folder_by_a_link_of_ones_own_is_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir(mode=0o700)
    (tmp_path / "way").symlink_to(folder)
    with HostSocket(tmp_path / "way" / "host.sock"):
        assert stat.S_ISSOCK((folder / "host.sock").lstat().st_mode)
    assert not (folder / "host.sock").exists()


@needs_root
def test_a_folder_by_a_link_of_another_user_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir(mode=0o700)
    (tmp_path / "way").symlink_to(folder)
    os.chown(tmp_path / "way", NOBODY, NOBODY, follow_symlinks=False)
    with pytest.raises(WatchdeckError, match=f"symlink of another user .uid {NOBODY}"):
        HostSocket(tmp_path / "way" / "host.sock")
    assert not list(folder.iterdir())


@pytest.mark.parametrize(("step", "call"), [("_take_lock", 1), ("_bind", 1), ("_look", 2)])
def test_folder_swapped_before_use_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, call: int
) -> None:
    folder, away = tmp_path / "run", tmp_path / "away"
    real = getattr(host_socket, step)
    calls: list[object] = []

    def swapped(*args: object) -> object:
        calls.append(args)
        if len(calls) == call:
            folder.rename(away)
            folder.mkdir()
            folder.chmod(0o777)
        return real(*args)

    monkeypatch.setattr(host_socket, step, swapped)
    with pytest.raises(WatchdeckError, match="replaced while the host started"):
        HostSocket(folder / "host.sock")
    assert not list(folder.iterdir())
    assert not (away / "host.sock").exists()


RENAME_EXCHANGE, HERE = 2, -100


def test_folder_swapped_constantly_never_gets_the_socket(tmp_path: Path) -> None:
    folder, other = tmp_path / "run", tmp_path / "other"
    folder.mkdir(mode=0o700)
    other.mkdir()
    other.chmod(0o777)
    impostor = other.stat()
    exchange = ctypes.CDLL(None).renameat2
    ended = threading.Event()

    def swap() -> None:
        while not ended.is_set():
            exchange(HERE, bytes(folder), HERE, bytes(other), RENAME_EXCHANGE)

    swapper = threading.Thread(target=swap)
    swapper.start()
    served = refused = 0
    try:
        while not (served and refused) or served + refused < 300:
            try:
                HostSocket(folder / "host.sock").close()
                served += 1
            except WatchdeckError:
                refused += 1
    finally:
        ended.set()
        swapper.join()
    (theirs,) = (place for place in (folder, other) if os.path.samestat(place.stat(), impostor))
    assert not list(theirs.iterdir())


def test_a_pipe_in_the_place_of_the_lock_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "host.sock.lock")
    with pytest.raises(WatchdeckError, match="lock"):
        HostSocket(tmp_path / "host.sock")


def test_no_room_for_the_lock_is_reported_and_leaves_nothing(tmp_path: Path) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, limits[1]))
    try:
        with pytest.raises(WatchdeckError, match="can't create"):
            HostSocket(tmp_path / "host.sock")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    HostSocket(tmp_path / "host.sock").close()


def test_replaced_socket_is_not_removed_with_ours(tmp_path: Path) -> None:
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
