"""A machine reached by ssh: this one, by an sshd of its own on loopback, and by a line that is slow."""

import asyncio
import contextlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from tests.support.patience import patient

SSHD = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")

needs_sshd = pytest.mark.skipif(
    SSHD is None or shutil.which("ssh") is None or os.geteuid() != 0,
    reason="needs ssh, sshd (Debian: apt-get install openssh-server) and root, whose sshd may log anybody in",
)

_SERVES_WITHIN_S = 20.0
_PIECE_BYTES = 1024
_HELD_BYTES = 8192
"""Of a slow line on its way; what loopback would hold by default takes it a minute."""


@dataclass(frozen=True, slots=True)
class Box:
    """A machine by the name that ssh knows it by.

    Args:
        port: of its sshd.
        client: ssh's configuration.
    """

    name: str
    sshd: "subprocess.Popen[bytes]"
    log: Path
    port: int
    client: Path

    def cut(self) -> None:
        """Kill what serves its present connections."""
        for child in psutil.Process(self.sshd.pid).children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):
                child.kill()

    @contextlib.asynccontextmanager
    async def slowed(self, bytes_per_s: int) -> AsyncIterator["SlowLine"]:
        """A relay to it that passes so many bytes a second in each direction, of all connections together."""
        line = SlowLine("slow", self.port, bytes_per_s)
        listening = socket.socket()
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _HELD_BYTES)
        listening.bind(("127.0.0.1", 0))
        with self.client.open("a") as client:
            client.write(
                f"Host {line.name}\n  HostName 127.0.0.1\n  Port {listening.getsockname()[1]}\n"
                f"  HostKeyAlias [127.0.0.1]:{self.port}\n{_identity(self.client.parent)}"
            )
        server = await asyncio.start_server(line.relay, sock=listening, limit=_HELD_BYTES)
        try:
            yield line
        finally:
            server.close()
            await line.close()


class SlowLine:
    """Passes bytes on at a rate, to a port of this machine.

    Args:
        name: as ssh knows the machine behind it.
    """

    def __init__(self, name: str, port: int, bytes_per_s: int) -> None:
        self.name = name
        self.passed = 0
        """Bytes towards the client."""
        self._port = port
        self._bytes_per_s = bytes_per_s
        self._there, self._back = asyncio.Lock(), asyncio.Lock()
        self._relays = set[asyncio.Task[None]]()

    async def relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection until either side closes it."""
        task = asyncio.current_task()
        assert task is not None
        self._relays.add(task)
        outward = socket.socket()
        outward.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _HELD_BYTES)
        outward.connect(("127.0.0.1", self._port))
        source, sink = await asyncio.open_connection(sock=outward, limit=_HELD_BYTES)
        ways = [
            asyncio.ensure_future(self._pass(reader, sink, self._there)),
            asyncio.ensure_future(self._pass(source, writer, self._back)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            for end in (writer, sink):
                end.transport.abort()
            self._relays.discard(task)

    async def close(self) -> None:
        relays = list(self._relays)
        for relay in relays:
            relay.cancel()
        await asyncio.gather(*relays, return_exceptions=True)

    async def _pass(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, turn: asyncio.Lock
    ) -> None:
        with contextlib.suppress(OSError):  # the other side closed it
            while piece := await reader.read(_PIECE_BYTES):
                async with turn:
                    await asyncio.sleep(len(piece) / self._bytes_per_s)
                writer.write(piece)
                await writer.drain()
                self.passed += len(piece) if turn is self._back else 0


@contextlib.contextmanager
def machine(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Box]:
    """Run an sshd with its own port and keys, which ssh knows as `box` until the end of the test."""
    assert SSHD is not None
    folder, port = home / "sshd", _free_port()
    host_key, own = _key(folder / "host_key"), _key(folder / "own_key")
    authorized = folder / "authorized_keys"
    authorized.write_text(own.with_suffix(".pub").read_text())
    (folder / "known_hosts").write_text(f"[127.0.0.1]:{port} {host_key.with_suffix('.pub').read_text()}")
    server = folder / "sshd_config"
    server.write_text(
        f"ListenAddress 127.0.0.1:{port}\nHostKey {host_key}\nPidFile none\nStrictModes no\nUsePAM no\n"
        f"AuthorizedKeysFile {authorized}\nPasswordAuthentication no\nPermitRootLogin yes\n"
    )
    client = folder / "ssh_config"
    client.write_text(f"Host box\n  HostName 127.0.0.1\n  Port {port}\n{_identity(folder)}")
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
    box = Box("box", process, log, port, client)
    try:
        deadline = time.monotonic() + patient(_SERVES_WITHIN_S)
        while b"Server listening" not in log.read_bytes():
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.02)
        yield box
    finally:
        box.cut()
        process.terminate()
        process.wait(10)


def _identity(folder: Path) -> str:
    return (
        f"  IdentityFile {folder / 'own_key'}\n  IdentitiesOnly yes\n"
        f"  UserKnownHostsFile {folder / 'known_hosts'}\n  StrictHostKeyChecking yes\n"
    )


def _key(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path], check=True)
    return path


def _free_port() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return int(line.getsockname()[1])
