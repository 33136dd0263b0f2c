"""The dashboard as a process on a real terminal: how it leaves, and what it leaves behind."""

import asyncio
import fcntl
import itertools
import os
import signal
import struct
import sys
import termios
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.support.patience import patient
from tests.tui.wiring.fake_host import FakeHost

DEADLINE_S = 30

LEFT_ALTERNATE_SCREEN = "\x1b[?1049l"


class Terminal:
    """The master's side of a pty, and the dashboard on the other."""

    def __init__(self, master: int, process: asyncio.subprocess.Process) -> None:
        self._master = master
        self.process = process
        self.seen = ""
        self._news = asyncio.Event()
        asyncio.get_running_loop().add_reader(master, self._read)

    def press(self, keys: str) -> None:
        os.write(self._master, keys.encode())

    async def wait(self, text: str) -> None:
        async with asyncio.timeout(patient(DEADLINE_S)):
            while text not in self.seen:
                self._news.clear()
                await self._news.wait()

    async def ended(self) -> int:
        async with asyncio.timeout(patient(DEADLINE_S)):
            return await self.process.wait()

    def hang_up(self) -> None:
        if self._master >= 0:
            asyncio.get_running_loop().remove_reader(self._master)
            os.close(self._master)
            self._master = -1

    def _read(self) -> None:
        try:
            data = os.read(self._master, 65536)
        except OSError:  # what Linux says when the other side of a pty is closed
            data = b""
        if not data:
            asyncio.get_running_loop().remove_reader(self._master)
        self.seen += data.decode("utf-8", "replace")
        self._news.set()


@asynccontextmanager
async def dashboard(host: FakeHost, tmp_path: Path) -> AsyncIterator[Terminal]:
    master, slave = os.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("4H", 24, 80, 0, 0))
    # `setsid --ctty`, in Python: the pty becomes the controlling terminal, so that closing it is a SIGHUP.
    program = "import fcntl, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); from tui.cli import main; main()"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", program, "attach", "--socket", str(host.path)),
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
        env={
            **{key: value for key, value in os.environ.items() if key != "NO_COLOR"},
            "TERM": "xterm-256color",
            "XDG_STATE_HOME": str(tmp_path / "state"),
            "XDG_CONFIG_HOME": str(tmp_path / "config"),
        },
    )
    os.close(slave)
    terminal = Terminal(master, process)
    try:
        await terminal.wait("label of s2")
        yield terminal
    finally:
        terminal.hang_up()
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_exit_restores_terminal_and_says_host_continues(host: FakeHost, tmp_path: Path) -> None:
    async with dashboard(host, tmp_path) as terminal:
        terminal.press("q")
        await terminal.wait("detached; the host keeps running (pid 1)")
        assert await terminal.ended() == 0
        assert LEFT_ALTERNATE_SCREEN in terminal.seen


async def test_sigterm_restores_the_terminal(host: FakeHost, tmp_path: Path) -> None:
    async with dashboard(host, tmp_path) as terminal:
        terminal.process.send_signal(signal.SIGTERM)
        await terminal.wait("detached; the host keeps running")
        assert await terminal.ended() == 0
        assert LEFT_ALTERNATE_SCREEN in terminal.seen


async def test_ctrl_l_paints_over_what_others_wrote(host: FakeHost, tmp_path: Path) -> None:
    async with dashboard(host, tmp_path) as terminal:
        terminal.press("j")
        await terminal.wait("label of s3")
        terminal.seen = ""
        terminal.press("\x0c")
        await terminal.wait("label of s1")
        await terminal.wait("label of s3")
        terminal.press("e")
        await terminal.wait("End 1 session?")
        terminal.seen = ""
        terminal.press("\x0c")
        await terminal.wait("End 1 session?")


async def test_a_terminal_that_is_closed_ends_the_dashboard(host: FakeHost, tmp_path: Path) -> None:
    async with dashboard(host, tmp_path) as terminal:
        terminal.hang_up()
        assert await terminal.ended() != 0


async def test_leaving_after_the_host_was_lost_says_so(host: FakeHost, tmp_path: Path) -> None:
    async with dashboard(host, tmp_path) as terminal:
        await host.go_away()
        await terminal.wait("HOST LOST")
        terminal.press("q")
        await terminal.wait(" lost\r\n")
        assert await terminal.ended() == 0


async def test_keys_typed_ahead_of_the_prompt_end_nothing(host: FakeHost, tmp_path: Path) -> None:
    async with dashboard(host, tmp_path) as terminal:
        terminal.press("e\t\re\t\r")
        await terminal.wait("End 1 session?")
        for key in itertools.cycle(("\x1b", "d")):  # the first escapes are within the guard, and go unheard
            terminal.press(key)
            try:
                async with asyncio.timeout(0.5):
                    action, _ = await host.asked.get()
                    break
            except TimeoutError:
                continue
        assert action == "setMode"
