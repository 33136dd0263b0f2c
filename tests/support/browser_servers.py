"""Browsers that are reached by an address: Playwright servers and remote debugging, each a process group."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from browser_host.browsers.settings import EndpointSettings
from browser_host.secrets import BrowserUrl
from browser_host.sessions.browser_state import BrowserKind
from tests.support.patience import patient
from tests.support.programs import ROOT

SERVER = json.loads((ROOT / "docs" / "deploy" / "playwright-server.json").read_text("utf-8"))
"""The configuration of a Playwright server as users get it."""

_SERVES_WITHIN_S = 30.0
_LOOK_EVERY_S = 0.05


@dataclass(frozen=True, slots=True)
class BrowserServer:
    """A server and its process group."""

    process: "subprocess.Popen[bytes]"
    address: str

    def endpoint(
        self, name: str, kind: BrowserKind, *, require_isolation: bool = True, max_sessions: int = 10
    ) -> EndpointSettings:
        address = BrowserUrl(self.address)
        return EndpointSettings(name, kind, address, max_sessions, require_isolation, on_demand=False)

    def stop_answering(self) -> None:
        os.killpg(self.process.pid, signal.SIGSTOP)

    def answer_again(self) -> None:
        os.killpg(self.process.pid, signal.SIGCONT)

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)

    def renderers(self) -> list[int]:
        """The processes of its browser that run pages."""
        found = []
        for child in psutil.Process(self.process.pid).children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):
                if "--type=renderer" in child.cmdline():
                    found.append(child.pid)
        return found


@contextlib.contextmanager
def playwright_server(
    folder: Path, executable: Path | None, name: str, *, isolates: bool = True
) -> Iterator[BrowserServer]:
    """Run a Playwright server until the block ends.

    Args:
        folder: for its configuration and its log.
        name: of both files.
        isolates: whether its browser gets the arguments that keep sessions apart.
    """
    chosen = SERVER if isolates else {"host": SERVER["host"]}
    config = folder / f"{name}.json"
    # Tests may run as root, for whom there is no sandbox.
    given = {**chosen, "executablePath": str(executable), "port": 0, "chromiumSandbox": False}
    config.write_text(json.dumps(given))
    command = ("-m", "playwright", "launch-server", "--browser", "chromium", "--config", str(config))
    with _serving(folder / f"{name}.log", sys.executable, *command) as server:
        yield server


@contextlib.contextmanager
def remote_debugging(folder: Path, executable: Path | None, name: str) -> Iterator[BrowserServer]:
    """Run a browser that serves remote debugging until the block ends.

    Args:
        folder: for its profile and its log.
    """
    profile = f"--user-data-dir={folder / f'{name}-profile'}"
    flags = ("--remote-debugging-port=0", "--no-sandbox", "--disable-gpu", profile, *SERVER["args"])
    with _serving(folder / f"{name}.log", str(executable), *flags, "about:blank") as server:
        yield server


@contextlib.contextmanager
def _serving(log: Path, *command: str) -> Iterator[BrowserServer]:
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
        )
    try:
        yield BrowserServer(process, _address(process, log))
    finally:
        with contextlib.suppress(ProcessLookupError):  # the test may have killed it
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _address(process: "subprocess.Popen[bytes]", log: Path) -> str:
    """The address that it prints on a line of its own or at the end of one."""
    deadline = time.monotonic() + patient(_SERVES_WITHIN_S)
    while True:
        for line in log.read_text("utf-8", "replace").splitlines(keepends=True):
            if (at := line.find("ws://")) >= 0 and line.endswith("\n"):
                return line[at:].strip()
        said = f"the server printed no address: {log.read_text('utf-8', 'replace')[-500:]}"
        assert process.poll() is None, said
        assert time.monotonic() < deadline, said
        time.sleep(_LOOK_EVERY_S)
