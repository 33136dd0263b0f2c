"""Who may connect, by the kernel's word. The stranger is a real process of another user."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from browser_host.api.peers import AllowedUids, user_name
from browser_host.supervisor.rules import Rules
from tests.support.host import scripted_host, serving

NOBODY = 65534

CONNECT = """
import os, socket, sys
os.setuid(int(sys.argv[2]))
line = socket.socket(socket.AF_UNIX)
line.connect(sys.argv[1])
try:
    line.sendall(b"GET /v1/snapshot HTTP/1.1\\r\\nhost: x\\r\\nconnection: close\\r\\n\\r\\n")
except BrokenPipeError:
    pass  # refused before a byte was read; the answer waits
answer = b""
try:
    while piece := line.recv(65536):
        answer += piece
except ConnectionResetError:
    pass
print(answer.decode())
"""

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")


def test_the_hosts_own_user_root_and_the_listed_may_connect() -> None:
    allowed = AllowedUids((4242,))
    assert all(uid in allowed for uid in (0, os.geteuid(), 4242))
    assert 4243 not in allowed


def test_a_user_without_a_name_is_named_by_number() -> None:
    assert user_name(0) == "root"
    assert user_name(3_999_999_999) == "uid 3999999999"


def ask_as(uid: int, path: Path) -> "subprocess.Popen[str]":
    # The file's mode would stop the stranger first; it is opened here to see that the peer check does too.
    for folder in (path.parent, *path.parents[1:-1]):
        if folder.stat().st_uid == os.geteuid():
            folder.chmod(folder.stat().st_mode | 0o011)
    path.chmod(0o666)
    return subprocess.Popen(
        [sys.executable, "-c", CONNECT, str(path), str(uid)], stdout=subprocess.PIPE, text=True
    )


@needs_root
@pytest.mark.parametrize(("listed", "answer"), [((), "403 Forbidden"), ((NOBODY,), "200 OK")])
async def test_another_user_is_refused_unless_listed(
    tmp_path: Path, listed: tuple[int, ...], answer: str
) -> None:
    async with scripted_host(Rules()) as host, serving(host, tmp_path / "host.sock", *listed) as path:
        stranger = ask_as(NOBODY, path)
        said, _ = await asyncio.to_thread(stranger.communicate, timeout=20)
    assert said.startswith(f"HTTP/1.1 {answer}")
    assert ("sessions" in said) is (NOBODY in listed)
