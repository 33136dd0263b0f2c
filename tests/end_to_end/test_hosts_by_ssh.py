"""Commands, dashboard and lines through a real sshd on loopback; only the browsers are scripted."""

import asyncio
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psutil
import pytest

from browser_host.config.clients.host_address import HostAddress
from browser_host.errors import Exit, NoHost
from browser_host.hosts.connecting import connected, named_hosts
from browser_host.hosts.ssh_line import SshLine, private_folder
from browser_host.supervisor.policy import Policy
from tests.support.host import ScriptedHost, scripted_host, serving
from tests.support.patience import patient
from tui.host.all_connections import AllConnections
from tui.host.deck import Deck, lost_hosts

SSHD = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")

pytestmark = pytest.mark.skipif(
    SSHD is None or shutil.which("ssh") is None or os.geteuid() != 0,
    reason="needs ssh, sshd (Debian: apt-get install openssh-server) and root, whose sshd may log anybody in",
)


@dataclass(frozen=True, slots=True)
class Box:
    """A machine with an sshd of its own, which is this one."""

    name: str
    sshd: "subprocess.Popen[bytes]"
    log: Path

    def cut(self) -> None:
        """Kill what serves its present connections."""
        for child in psutil.Process(self.sshd.pid).children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):
                child.kill()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "WATCHDECK_CONFIG", "WATCHDECK_SOCKET"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def brisk() -> Policy:
    return Policy(undo_s=0.0, confirm_within_s=0.2, ends_per_second=1000)


async def watchdeck(*arguments: str) -> tuple[int, str, str]:
    """Run a command: its exit code, and what it wrote to stdout and stderr."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "browser_host", *arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    out, err = await process.communicate()
    return process.returncode or 0, out.decode(), err.decode()


def key(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path], check=True)
    return path


def free_port() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return int(line.getsockname()[1])


@pytest.fixture
def box(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Box]:
    """An sshd with its own port and keys, which the test's configuration of ssh knows as `box`."""
    assert SSHD is not None
    folder, port = home / "sshd", free_port()
    host_key, own = key(folder / "host_key"), key(folder / "own_key")
    authorized = folder / "authorized_keys"
    authorized.write_text(own.with_suffix(".pub").read_text())
    known = folder / "known_hosts"
    known.write_text(f"[127.0.0.1]:{port} {host_key.with_suffix('.pub').read_text()}")
    server = folder / "sshd_config"
    server.write_text(
        f"ListenAddress 127.0.0.1:{port}\nHostKey {host_key}\nPidFile none\nStrictModes no\nUsePAM no\n"
        f"AuthorizedKeysFile {authorized}\nPasswordAuthentication no\nPermitRootLogin yes\n"
    )
    client = folder / "ssh_config"
    client.write_text(
        f"Host box\n  HostName 127.0.0.1\n  Port {port}\n  IdentityFile {own}\n  IdentitiesOnly yes\n"
        f"  UserKnownHostsFile {known}\n  StrictHostKeyChecking yes\n"
    )
    # OpenSSH finds a user's configuration by the password file, not by HOME; this adds it.
    wrapper = folder / "bin" / "ssh"
    wrapper.parent.mkdir()
    wrapper.write_text(f'#!/bin/sh\nexec {shutil.which("ssh")} -F {client} "$@"\n')
    wrapper.chmod(0o755)
    monkeypatch.setenv("PATH", f"{wrapper.parent}:{os.environ['PATH']}")
    Path("/run/sshd").mkdir(exist_ok=True)  # the folder that it separates its privileges in
    log = folder / "log"
    with log.open("wb") as said:
        process = subprocess.Popen([SSHD, "-D", "-e", "-f", server], stderr=said)
    try:
        yield Box("box", process, log)
    finally:
        for child in psutil.Process(process.pid).children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):
                child.kill()
        process.terminate()
        process.wait(10)


async def until(holds: Callable[[], object], within_s: float = 20.0) -> None:
    async with asyncio.timeout(patient(within_s)):
        while not holds():  # noqa: ASYNC110 - of other processes
            await asyncio.sleep(0.02)


@contextlib.asynccontextmanager
async def listening(box: Box) -> AsyncIterator[None]:
    await until(lambda: b"Server listening" in box.log.read_bytes())
    yield


def children() -> list[psutil.Process]:
    return [one for one in psutil.Process().children(recursive=True) if one.name() in {"ssh", "sh"}]


@contextlib.asynccontextmanager
async def remote(home: Path, box: Box, brisk: Policy) -> AsyncIterator[tuple[ScriptedHost, HostAddress]]:
    place = home / "remote.sock"
    async with scripted_host(brisk) as host, serving(host, place), listening(box):
        yield host, HostAddress("far", place, box.name)


async def test_a_line_leads_to_the_host_and_leaves_nothing(home: Path, box: Box, brisk: Policy) -> None:
    async with remote(home, box, brisk) as (host, address):
        ids = host.live(2)
        async with connected(address, "test") as client:
            assert [one.id for one in (await client.snapshot()).sessions] == ids
            processes = children()
            assert {one.name() for one in processes} == {"ssh", "sh"}
        await until(lambda: not any(one.is_running() for one in processes))


async def test_a_line_that_is_cut_comes_up_again(home: Path, box: Box, brisk: Policy) -> None:
    said: list[str] = []
    async with remote(home, box, brisk) as (_, address):
        with private_folder() as folder:
            assert folder.stat().st_mode & 0o777 == 0o700
            line = SshLine(address, folder / "x.sock")
            running = asyncio.ensure_future(line.run(said.append))
            await until(line.socket.is_socket)
            assert line.socket.stat().st_mode & 0o777 == 0o600
            first = line.socket.stat().st_ino
            box.cut()
            await until(lambda: said)
            assert "ssh box ended: " in said[0]
            await until(lambda: line.socket.is_socket() and line.socket.stat().st_ino != first)
            running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await running
        await until(lambda: not children())


async def test_a_refused_line_says_what_ssh_said(home: Path, box: Box) -> None:
    async with listening(box):
        address = HostAddress("far", home / "remote.sock", "nobody-here@box")
        with pytest.raises(NoHost, match=r"ssh nobody-here@box ended: .*Permission denied"):
            async with connected(address, "test"):
                pass


async def test_a_line_ends_with_whoever_is_killed(home: Path, box: Box) -> None:
    program = (
        "import asyncio, sys; from pathlib import Path\n"
        "from browser_host.hosts.ssh_line import SshLine\n"
        "from browser_host.config.clients.host_address import HostAddress\n"
        "line = SshLine(HostAddress('far', Path('/x'), 'box'), Path(sys.argv[1]))\n"
        "asyncio.run(line.run(print))\n"
    )
    async with listening(box):
        place = home / "killed.sock"
        owner = await asyncio.create_subprocess_exec(sys.executable, "-c", program, place)
        await until(place.is_socket)
        processes = psutil.Process(owner.pid).children(recursive=True)
        assert processes
        owner.send_signal(signal.SIGKILL)
        await owner.wait()
        await until(lambda: not any(one.is_running() for one in processes))


async def test_commands_work_over_a_socket_and_ssh(home: Path, box: Box, brisk: Policy) -> None:
    async with (
        remote(home, box, brisk) as (far, _),
        scripted_host(brisk) as near,
        serving(near, home / "near.sock"),
    ):
        near.live(1)
        (_, last) = far.live(2)
        place = home / ".config/watchdeck/config.toml"
        place.parent.mkdir(parents=True)
        place.write_text(
            f'[[hosts]]\nname = "near"\nsocket = "{home}/near.sock"\n'
            f'[[hosts]]\nname = "far"\nssh = "box"\nremote_socket = "{home}/remote.sock"\n'
            f'[[hosts]]\nname = "shut"\nssh = "nobody-here@box"\nremote_socket = "/x"\n'
        )
        code, listed, said = await watchdeck("list", "--json")
        _, sent, _ = await watchdeck("mode", "draw", f"far/{last}", "--json")
        assert [one.session_id for one in far.hosting.posted] == [last]
    assert len(json.loads(listed)["sessions"]) == 3
    assert (code, "host shut: ssh nobody-here@box ended: " in said) == (Exit.FAILED, True)
    assert json.loads(sent)["counts"] == {"sent": 1}
    assert not children()


async def test_a_line_that_is_cut_freezes_no_other_rows(home: Path, box: Box, brisk: Policy) -> None:
    decks: list[Deck] = []

    def is_at(session_id: str, status: str) -> bool:
        return decks[-1].sessions[session_id].status == status

    async with (
        remote(home, box, brisk) as (far, address),
        scripted_host(brisk) as near,
        serving(near, home / "near.sock"),
    ):
        (here,), (there,) = near.live(1), far.live(1)
        with private_folder() as folder:
            hosts = named_hosts([HostAddress("near", home / "near.sock"), address], "tui", folder)
            connections = AllConnections(hosts, decks.append, refresh_hz=50, note=lambda _: None)
            running = asyncio.ensure_future(connections.run())
            await until(lambda: decks and len(decks[-1].sessions) == 2 and not lost_hosts(decks[-1]))
            box.cut()
            waits, seen = [], set[frozenset[str]]()
            for number in range(40):  # over two seconds: the loss, the pause, the line's return
                status = ("active", "viewerReady")[number % 2]
                near.hosting.says_status(here, status)
                begun = time.monotonic()
                await until(partial(is_at, f"near/{here}", status))
                waits.append(time.monotonic() - begun)
                seen.add(lost_hosts(decks[-1]))
                await asyncio.sleep(0.05)
            assert max(waits) < patient(0.5)
            assert seen >= {frozenset({"far"})}
            far.hosting.says_status(there, "active")
            await until(partial(is_at, f"far/{there}", "active"))
            assert not lost_hosts(decks[-1])
            running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await running
            for host in hosts:
                await host.close()
    await until(lambda: not children())
