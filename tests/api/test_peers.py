"""Who may connect, by the kernel's word. The stranger is a real process of another user."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from browser_host.api.peers import AllowedUids, user_name
from browser_host.sessions.session import Hosting
from browser_host.supervisor.policy import Policy
from tests.support.host import scripted_host, serving

NOBODY = 65534

CONNECT = """
import os, socket, sys
os.setuid(int(sys.argv[2]))
line = socket.socket(socket.AF_UNIX)
line.connect(sys.argv[1])
try:
    line.sendall(sys.argv[3].encode())
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


SNAPSHOT = "GET /v1/snapshot HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"


def ask_as(uid: int, path: Path, request: str = SNAPSHOT) -> "subprocess.Popen[str]":
    # The file's mode would stop the stranger first; it is opened here to see that the peer check does too.
    for folder in (path.parent, *path.parents[1:-1]):
        if folder.stat().st_uid == os.geteuid():
            folder.chmod(folder.stat().st_mode | 0o011)
    path.chmod(0o666)
    return subprocess.Popen(
        [sys.executable, "-c", CONNECT, str(path), str(uid), request], stdout=subprocess.PIPE, text=True
    )


@needs_root
@pytest.mark.parametrize(("listed", "answer"), [((), "403 Forbidden"), ((NOBODY,), "200 OK")])
async def test_another_user_is_refused_unless_listed(
    tmp_path: Path, listed: tuple[int, ...], answer: str
) -> None:
    async with scripted_host(Policy()) as host, serving(host, tmp_path / "host.sock", *listed) as path:
        stranger = ask_as(NOBODY, path)
        said, _ = await asyncio.to_thread(stranger.communicate, timeout=20)
    assert said.startswith(f"HTTP/1.1 {answer}")
    assert ("sessions" in said) is (NOBODY in listed)


@needs_root
async def test_allowed_user_is_named_in_ledger_as_by_kernel(tmp_path: Path) -> None:
    async with scripted_host(Policy()) as host, serving(host, tmp_path / "host.sock", NOBODY) as path:
        (session_id,) = host.live(1)
        body = json.dumps({"ids": [session_id], "action": "setMode", "mode": "draw", "wait": False})
        # A client may call itself what it likes; who it is, is not its to say.
        head = "POST /v1/instructions HTTP/1.1\r\nhost: x\r\nx-watchdeck-client: root (0)\r\n"
        request = f"{head}content-length: {len(body)}\r\nconnection: close\r\n\r\n{body}"
        stranger = ask_as(NOBODY, path, request)
        said, _ = await asyncio.to_thread(stranger.communicate, timeout=20)
        assert said.startswith("HTTP/1.1 200")
        (entry,) = host.session(session_id).ledger
        assert entry.order.by == f"{user_name(NOBODY)} ({NOBODY})"
        assert entry.order.client == "root (0)"
        written = await host.journal.history(session=session_id)
        assert {one["by"] for one in written if one["action"] == "setMode"} == {entry.order.by}


@needs_root
async def test_refused_user_is_cut_off_unread(tmp_path: Path) -> None:
    async with scripted_host(Policy()) as host, serving(host, tmp_path / "host.sock") as path:
        (session_id,) = host.live(1)
        request = f"DELETE /v1/sessions/{session_id} HTTP/1.1\r\nhost: x\r\n\r\n"
        strangers = [ask_as(NOBODY, path, request) for _ in range(5)]
        said = [(await asyncio.to_thread(one.communicate, timeout=20))[0] for one in strangers]
        assert all(one.startswith("HTTP/1.1 403") for one in said)
        assert host.session(session_id).hosting is Hosting.LIVE
