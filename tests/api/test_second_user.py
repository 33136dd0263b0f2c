"""Another user reaches the host where `host.allow_uids` names it, and nobody else does."""

import asyncio
import os
import shutil
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from browser_host.api.socket import HostSocket
from browser_host.api.socket_access import obstacles
from browser_host.errors import WatchdeckError
from tests.support.host import scripted_host, serving
from tests.support.patience import patient

FRIEND, STRANGER = 61_234, 61_235

ASK = """
import os, socket, sys
os.setgroups([])
os.setgid(int(sys.argv[2]))
os.setuid(int(sys.argv[2]))
line = socket.socket(socket.AF_UNIX)
try:
    line.connect(sys.argv[1])
except OSError as error:
    sys.exit(f"connect: {error.strerror}")
line.sendall(b"GET /v1/health HTTP/1.1\\r\\nhost: x\\r\\nconnection: close\\r\\n\\r\\n")
print(line.recv(4096).decode().splitlines()[0])
"""

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become a second user")


@pytest.fixture
def place() -> Iterator[Path]:
    """A socket's path that every user can get to but for its own folder."""
    folder = Path(tempfile.mkdtemp(prefix="wd-users-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder / "run" / "host.sock"
    shutil.rmtree(folder)


def let_in_user(folder: Path, uid: int) -> None:
    """What `setfacl -m u:UID:x FOLDER` does, which few machines have."""
    entries = [(1, 7, -1), (2, 1, uid), (4, 0, -1), (16, 1, -1), (32, 0, -1)]
    packed = b"".join(struct.pack("<HHi", *entry) for entry in entries)
    os.setxattr(folder, "system.posix_acl_access", struct.pack("<I", 2) + packed)


async def asked_by(uid: int, path: Path) -> str:
    """What a user is answered, or why it gets no answer."""
    asking = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", ASK, str(path), str(uid)), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    async with asyncio.timeout(patient(30)):
        said, _ = await asking.communicate()
    return said.decode().strip()


@needs_root
async def test_a_named_user_is_served_and_no_other_gets_near(place: Path) -> None:
    async with scripted_host() as host, serving(host, place, FRIEND):
        assert await asked_by(FRIEND, place) == "HTTP/1.1 200 OK"
        assert await asked_by(STRANGER, place) == "connect: Permission denied"
    assert list(obstacles(place, [FRIEND])) == []


@needs_root
async def test_a_user_that_is_named_no_more_is_kept_out_again(place: Path) -> None:
    async with scripted_host() as host, serving(host, place, FRIEND):
        assert await asked_by(FRIEND, place) == "HTTP/1.1 200 OK"
    async with scripted_host() as host, serving(host, place):
        assert await asked_by(FRIEND, place) == "connect: Permission denied"


def test_what_is_in_the_way_above_the_folder_is_named(place: Path) -> None:
    place.parent.mkdir()
    place.parent.parent.chmod(0o700)
    (found,) = obstacles(place, [FRIEND, 0])
    assert found.text.startswith(f"{place.parent.parent} does not let user {FRIEND} pass")
    assert found.advice.startswith(f"setfacl -m u:{FRIEND}:x {place.parent.parent}, or ")
    assert list(obstacles(place, [])) == []


@needs_root
async def test_the_advice_about_an_obstacle_removes_it(place: Path) -> None:
    place.parent.parent.chmod(0o700)
    async with scripted_host() as host, serving(host, place, FRIEND):
        assert await asked_by(FRIEND, place) == "connect: Permission denied"
        let_in_user(place.parent.parent, FRIEND)
        assert list(obstacles(place, [FRIEND])) == []
        assert await asked_by(FRIEND, place) == "HTTP/1.1 200 OK"
        assert [one.uids for one in obstacles(place, [STRANGER])] == [(STRANGER,)]


def test_a_file_system_without_access_lists_is_named(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unsupported(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(os, "setxattr", unsupported)
    with pytest.raises(WatchdeckError, match=r"host\.allow_uids: .*Operation not supported"):
        HostSocket(place, [FRIEND])
    assert not place.exists()
