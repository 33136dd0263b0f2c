"""The real command in its own process and home, started and stopped with deadlines."""

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support import host_socket
from tests.support.patience import patient

WATCHDECK = Path(sys.executable).parent / "watchdeck"
"""The installed command, as a user runs it."""

ROOT = Path(__file__).parents[2]
"""The root folder of the project."""

STARTS_WITHIN_S = 60.0
ENDS_WITHIN_S = 10.0
"""By contract, a host stops within ten seconds of being told to."""


@dataclass(frozen=True, slots=True)
class Home:
    """A user's home: the programs of a test read and write only here."""

    path: Path

    @property
    def socket(self) -> Path:
        return self.path / "run" / "watchdeck" / "host.sock"

    @property
    def config(self) -> Path:
        return self.path / "config" / "watchdeck" / "config.toml"

    @property
    def temporary(self) -> Path:
        """The folder for Chromium's profile and Playwright's artifacts."""
        return self.path / "tmp"

    def environment(self, **more: str) -> dict[str, str]:
        self.temporary.mkdir(exist_ok=True)
        kept = {
            k: v
            for k, v in os.environ.items()
            if not k.startswith(("XDG_", "WATCHDECK_", "SSH_", "UPSCOPE_"))
        }
        return {
            **kept,
            "HOME": str(self.path),
            "XDG_RUNTIME_DIR": str(self.path / "run"),
            "XDG_STATE_HOME": str(self.path / "state"),
            "XDG_CONFIG_HOME": str(self.path / "config"),
            "TMPDIR": str(self.temporary),
            **more,
        }

    def configure(self, text: str) -> None:
        self.config.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.config.write_text(text)
        self.config.chmod(0o600)

    def run(
        self, *arguments: str, stdin: str = "", timeout: float = 60, **environment: str
    ) -> "subprocess.CompletedProcess[str]":
        """Run a command to its end."""
        return subprocess.run(
            [WATCHDECK, *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
            env=self.environment(**environment),
        )

    def json(self, *arguments: str) -> Any:
        """Run a command with `--json`, assert that it succeeds, and return its JSON."""
        done = self.run(*arguments, "--json")
        assert done.returncode == 0, f"{arguments}: {done.stderr}"
        return json.loads(done.stdout)

    def sessions(self) -> dict[str, dict[str, Any]]:
        """The sessions by label from `list --json`, which takes most of a second on a busy machine."""
        return {session["label"]: session for session in self.json("list")["sessions"]}

    def look(self) -> dict[str, dict[str, Any]]:
        """The sessions by label, straight from the socket."""
        return {
            session["label"]: session for session in host_socket.get(self.socket, "/v1/snapshot")["sessions"]
        }

    def until(
        self, holds: Callable[[dict[str, dict[str, Any]]], bool], within: float
    ) -> dict[str, dict[str, Any]]:
        """Wait until `holds` is true of the sessions, and return them.

        Args:
            within: seconds.
        """
        deadline = time.monotonic() + patient(within)
        while not holds(sessions := self.look()):
            if time.monotonic() > deadline:
                brief = {label: {k: v for k, v in s.items() if v} for label, s in sessions.items()}
                raise AssertionError(f"not within {within} s: {json.dumps(brief, indent=1)}")
            time.sleep(0.05)
        return sessions


@dataclass(frozen=True, slots=True)
class Program:
    """A running program that has reported that it is ready."""

    process: "subprocess.Popen[bytes]"
    ready: dict[str, Any]

    @property
    def pid(self) -> int:
        return self.process.pid

    def ask(self, line: str, within: float = 60.0) -> dict[str, Any]:
        """Send it a line, and return the line of JSON that it answers.

        Args:
            within: seconds.
        """
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n".encode())
        self.process.stdin.flush()
        answer: dict[str, Any] = json.loads(_line(self.process, within))
        return answer

    def end(self, number: int = signal.SIGTERM) -> float:
        """Stop it, and return how many seconds that took."""
        began = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(ENDS_WITHIN_S)
        return time.monotonic() - began


@contextlib.contextmanager
def running(
    home: Home, *arguments: str, log: Path, stdin: int = subprocess.DEVNULL, **environment: str
) -> Iterator[Program]:
    """Run the command, wait until it reports that it is ready, and interrupt it at the end of the block.

    After SIGTERM instead of SIGINT, the next host of the same home would host its sessions again.

    Args:
        log: takes its stderr.
        stdin: `subprocess.PIPE` for a program that runs until stdin closes.
    """
    settings = home.environment(**environment)
    with started([WATCHDECK, *arguments], log, settings, stdin=stdin, ended_by=signal.SIGINT) as program:
        yield program


@contextlib.contextmanager
def started(
    command: Sequence[str | Path],
    log: Path,
    environment: Mapping[str, str],
    *,
    stdin: int = subprocess.DEVNULL,
    within: float = STARTS_WITHIN_S,
    ended_by: signal.Signals = signal.SIGTERM,
) -> Iterator[Program]:
    """Run any program that reports with one line of JSON that it is ready.

    Args:
        log: takes its stderr.
        within: seconds until that line is due.
    """
    with log.open("ab") as stderr:
        process = subprocess.Popen(
            command,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=stderr,
            env=environment,
            cwd=ROOT,
            start_new_session=True,
        )
    try:
        try:
            line = _line(process, within)
        except (TimeoutError, EOFError) as error:
            raise AssertionError(f"{error} before it was ready: {log.read_text()}") from None
        yield Program(process, json.loads(line))
    finally:
        if process.poll() is None:
            process.send_signal(ended_by)
            try:
                process.wait(ENDS_WITHIN_S)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()


def _line(process: "subprocess.Popen[bytes]", within: float) -> bytes:
    assert process.stdout is not None
    line = b""
    deadline = time.monotonic() + patient(within)
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while not line.endswith(b"\n"):
            if not selector.select(max(0.0, deadline - time.monotonic())):
                raise TimeoutError(f"{process.args!r} printed nothing within {within} s")
            piece = os.read(process.stdout.fileno(), 65536)
            if not piece:
                raise EOFError(f"{process.args!r} ended with {process.wait(5)}")
            line += piece
    return line


def alive(pids: Iterable[int]) -> list[int]:
    """Return those of the processes that still run (a zombie does not)."""
    found = []
    for pid in pids:
        with contextlib.suppress(OSError):
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
            if state != "Z":
                found.append(pid)
    return found


def gone(pids: Iterable[int], within: float) -> list[int]:
    """Wait for the processes to end, and return those that did not.

    Args:
        within: seconds.
    """
    deadline = time.monotonic() + patient(within)
    pids = list(pids)
    while (left := alive(pids)) and time.monotonic() < deadline:
        time.sleep(0.02)
    return left
