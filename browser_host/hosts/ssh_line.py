"""A line to a host on another machine: OpenSSH forwards its socket to a private one here.

Everything about the connection is the user's own configuration of ssh; only what an unattended line needs is
added: no questions, no shared connection (it would outlive us), and an end when the other side is silent.
"""

import asyncio
import contextlib
import os
import signal
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from browser_host.config.clients.host_address import HostAddress
from browser_host.errors import NoHost
from browser_host.protocol.text import printable
from browser_host.tasks import BackgroundTasks

UP_WITHIN_S = 20.0
"""Seconds for the line to stand: name, connection, key exchange, authentication."""

FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 30.0
"""Seconds before a line that broke is tried again; each further pause is twice as long."""

TERM_WITHIN_S = 2.0
"""Seconds between SIGTERM and SIGKILL."""

SAID_CHARACTERS = 300
"""Characters kept of what ssh says: its last lines have the reason."""

SHELL = "/bin/sh"

_LOOK_EVERY_S = 0.02

ALIVE_EVERY_S, ALIVE_MISSES = 5, 2
"""A line that is silent for this often this long is cut by ssh, and so seen as lost."""

OPTIONS = {
    "BatchMode": "yes",
    "ControlPath": "none",
    "ExitOnForwardFailure": "yes",
    "RemoteCommand": "none",
    "RequestTTY": "no",
    "ServerAliveCountMax": ALIVE_MISSES,
    "ServerAliveInterval": ALIVE_EVERY_S,
    "StreamLocalBindUnlink": "yes",
}

_WITH_LIFELINE = 'exec 3<&0; (read -r _ <&3; kill 0) 2>/dev/null & exec "$@" 3<&- </dev/null'
"""Runs a command that can't outlive us: our end of the pipe closes however we end, which ends its group."""


class SshLine:
    """The line to one host, for as long as `standing` or `run` lasts.

    Args:
        address: of the host, with `ssh`.
        socket: to be made, in a folder of ours alone.
    """

    def __init__(self, address: HostAddress, socket: Path) -> None:
        self.trouble = ""
        self.socket = socket
        self._address = address

    @asynccontextmanager
    async def standing(self) -> AsyncIterator[Path]:
        """The socket, once it leads to the other machine; nothing of the line is left afterwards.

        Raises:
            NoHost: it did not come up; the text has what ssh said.
        """
        async with self._process() as (process, words):
            await self._until_up(process, words)
            yield self.socket

    async def run(self, say: Callable[[str], None]) -> None:
        """Keep the line up until cancelled; `trouble` is why it is not.

        Args:
            say: called with each new reason.
        """
        pause_s = FIRST_PAUSE_S
        while True:
            async with self._process() as (process, words):
                try:
                    await self._until_up(process, words)
                    self.trouble, pause_s = "", FIRST_PAUSE_S
                    await process.wait()
                    reason = await self._reason(words)
                except NoHost as error:
                    reason = str(error)
            if reason != self.trouble:
                self.trouble = reason
                say(reason)
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)

    @asynccontextmanager
    async def _process(self) -> AsyncIterator[tuple[asyncio.subprocess.Process, "_LastWords"]]:
        self.socket.unlink(missing_ok=True)
        try:
            process = await asyncio.create_subprocess_exec(
                *(SHELL, "-c", _WITH_LIFELINE, SHELL, *command(self._address, self.socket)),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.PIPE,
                start_new_session=True,  # a group of its own, which signals of the terminal do not reach
            )
        except OSError as error:
            raise NoHost(f"can't start {SHELL}: {error.strerror}") from None
        words = _LastWords()
        tasks = BackgroundTasks(lambda _, error: words.add(repr(error).encode()))
        if process.stderr is not None:
            words.whole = tasks.start("words of ssh", words.read(process.stderr))
        try:
            yield process, words
        finally:
            await _end(process)
            await tasks.close(TERM_WITHIN_S)
            self.socket.unlink(missing_ok=True)

    async def _until_up(self, process: asyncio.subprocess.Process, words: "_LastWords") -> None:
        try:
            async with asyncio.timeout(UP_WITHIN_S):
                while not self.socket.is_socket():  # ssh makes it once it is authenticated
                    if process.returncode is not None:
                        raise NoHost(await self._reason(words))
                    await asyncio.sleep(_LOOK_EVERY_S)
        except TimeoutError:
            raise NoHost(f"ssh {self._address.ssh} did not connect within {UP_WITHIN_S:.0f} s") from None

    async def _reason(self, words: "_LastWords") -> str:
        if words.whole is not None:
            await asyncio.wait({words.whole}, timeout=TERM_WITHIN_S)
        return f"ssh {self._address.ssh} ended: {words.text or 'it said nothing'}"


class _LastWords:
    """The end of what a process says."""

    def __init__(self) -> None:
        self.whole: asyncio.Task[None] | None = None
        """Done once it has said all."""
        self._kept = b""

    async def read(self, stream: asyncio.StreamReader) -> None:
        """Read all."""
        while chunk := await stream.read(4096):
            self.add(chunk)

    def add(self, chunk: bytes) -> None:
        """Keep the end of all so far."""
        self._kept = (self._kept + chunk)[-4 * SAID_CHARACTERS :]

    @property
    def text(self) -> str:
        """The end of it, on one line, printable."""
        lines = map(str.strip, self._kept.decode("utf-8", "replace").splitlines())
        return printable("; ".join(filter(None, lines))[-SAID_CHARACTERS:], SAID_CHARACTERS)


def command(address: HostAddress, socket: Path) -> Sequence[str]:
    """The command line of ssh for a line from a socket here to the host's."""
    options = [part for key, value in OPTIONS.items() for part in ("-o", f"{key}={value}")]
    return (
        "ssh",
        "-N",
        "-T",
        "-a",
        "-x",
        *options,
        "-L",
        f"{socket}:{address.socket}",
        "--",
        address.ssh or "",
    )


@contextmanager
def private_folder() -> Iterator[Path]:
    """A folder of ours alone (0700) for the sockets, while it is needed."""
    with tempfile.TemporaryDirectory(prefix="watchdeck-") as folder:
        yield Path(folder)


async def _end(process: asyncio.subprocess.Process) -> None:
    """End ssh and what it started, its proxy commands too."""
    if process.stdin is not None:
        process.stdin.close()  # ends the rest of the group where ssh has ended by itself
    for number in (signal.SIGTERM, signal.SIGKILL):
        if process.returncode is not None:
            return  # its number may be another's by now
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), TERM_WITHIN_S)
