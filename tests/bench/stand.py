"""The test stand of a round: browser, folder and scale, and the programs that run in it."""

import contextlib
import itertools
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from browser_host.simulator.settings import SimulatorSettings
from tests.support import host_socket
from tests.support.programs import Home, Program, running, started

ROWS = 500
"""Rows of a table in each page, for a realistic page size."""

OPENS_WITHIN_S = 240.0
_LOOK_EVERY_S = 0.05


@dataclass(frozen=True, slots=True)
class Scale:
    """The size of a round.

    Args:
        share: factor on the sessions, rates and seconds of a full round; a small one only tests the part.
    """

    share: float = 1.0

    def sessions(self, count: int, *, least: int = 4) -> int:
        """Scale a number of sessions, with a minimum."""
        return max(least, round(count * self.share))

    def rate(self, per_second: float) -> float:
        """Scale a rate, with a minimum."""
        return min(per_second, max(20.0, per_second * self.share))

    def seconds(self, seconds: float) -> float:
        """Scale a duration, with a minimum."""
        return max(1.5, seconds * self.share)


class Stand:
    """Runs simulators, subjects and hosts, each with its own files.

    Args:
        browser: the executable.
        folder: for all files.
    """

    def __init__(self, browser: Path, folder: Path, scale: Scale) -> None:
        self.browser = browser
        self.scale = scale
        self._folder = folder
        self._numbers = itertools.count(1)
        self.log = folder / "stderr.txt"

    @contextlib.contextmanager
    def pages(self, sessions: int, rate: float, **more: object) -> Iterator[Sequence[str]]:
        """Serve watch pages until the block ends, and yield their links.

        Args:
            rate: messages a second of each.
            more: further fields of `SimulatorSettings`.
        """
        # Real pages do not poll for orders, so the simulator's should hardly do so either.
        settings = {"scenario": "clock", "dom_rows": ROWS, "pace": 0.0, "polls_per_second": 1.0, **more}
        chosen = SimulatorSettings(sessions=sessions, rate=rate, **settings)  # type: ignore[arg-type]  # by name
        command = [sys.executable, "-m", "tests.support.simulator", json.dumps(asdict(chosen))]
        with started(command, self.log, os.environ) as program:
            yield program.ready["watch_urls"]

    def record(self, links: Sequence[str]) -> dict[str, Any]:
        """Return the record of the simulator with these links."""
        origin = links[0].partition("/w/")[0]
        with urllib.request.urlopen(f"{origin}/record", timeout=30) as answer:  # noqa: S310 - the simulator's address
            found: dict[str, Any] = json.load(answer)
        return found

    @contextlib.contextmanager
    def subject(self, name: str, links: Sequence[str], *arguments: str) -> Iterator[Program]:
        """Run a subject that has opened the links; `ready["open_s"]` is the time that took."""
        file = self._folder / f"links-{next(self._numbers)}.json"
        file.write_text(json.dumps(list(links)))
        command = [sys.executable, "-m", f"tests.bench.subjects.{name}", str(file), *arguments]
        environment = {**os.environ, "BENCH_BROWSER": str(self.browser)}
        with started(command, self.log, environment, stdin=subprocess.PIPE, within=OPENS_WITHIN_S) as program:
            yield program

    def home(self) -> Home:
        """Make a home; its path is short, because a socket's path has at most 107 bytes."""
        return Home(Path(tempfile.mkdtemp(prefix="h", dir=self._folder)))

    @contextlib.contextmanager
    def host(
        self, links: Sequence[str], *, pages_of: int | None = None, more: str = "", home: Home | None = None
    ) -> Iterator["Hosted"]:
        """Run a real host with these links, by default in the default configuration.

        Args:
            pages_of: `browser.sessions_per_process`.
            more: further TOML.
        """
        home = home or self.home()
        shared = "" if pages_of is None else f"sessions_per_process = {pages_of}\n"
        browser = f'[browser]\nexecutable = "{self.browser}"\nallow_private_network = true\n{shared}'
        entries = (f'[[sessions]]\nlabel = "s{at}"\nwatch_url = "{link}"\n' for at, link in enumerate(links))
        home.configure("\n".join((browser, more, *entries)))
        with running(home, "host", log=self.log) as program:
            yield Hosted(home, program)

    @contextlib.contextmanager
    def scripted(self, sessions: int, rate: float = 0.0, words: str = "clock") -> Iterator["Hosted"]:
        """Run a host without browsers (`tests.bench.subjects.scripted_host`).

        Args:
            rate: messages a second of all sessions together.
        """
        home = self.home()
        asked = {"socket": str(home.socket), "sessions": sessions, "rate": rate, "words": words}
        with self._scripted(home, asked) as program:
            yield Hosted(home, program)

    @contextlib.contextmanager
    def several_scripted(
        self, hosts: int, sessions: int, rate: float = 0.0, words: str = "clock"
    ) -> Iterator["SeveralHosted"]:
        """Run several hosts without browsers, each in a process of its own, named in one home.

        The label of a session is unique and one word: its number on its host, then the host's.

        Args:
            sessions: of each host.
            rate: messages a second of each host.
        """
        home = self.home()
        names = [f"h{number}" for number in range(hosts)]
        sockets = {name: home.socket.with_name(f"{name}.sock") for name in names}
        home.configure(
            "\n".join(f'[[hosts]]\nname = "{name}"\nsocket = "{path}"\n' for name, path in sockets.items())
        )
        with contextlib.ExitStack() as programs:
            yield SeveralHosted(
                home,
                tuple(
                    programs.enter_context(
                        self._scripted(
                            home,
                            {
                                "socket": str(path),
                                "sessions": sessions,
                                "rate": rate,
                                "words": words,
                                "seed": seed,
                                "label": f"v{{}}-{name}",
                            },
                        )
                    )
                    for seed, (name, path) in enumerate(sockets.items(), 1)
                ),
            )

    @contextlib.contextmanager
    def _scripted(self, home: Home, asked: Mapping[str, object]) -> Iterator[Program]:
        command = [sys.executable, "-m", "tests.bench.subjects.scripted_host", json.dumps(asked)]
        with started(command, self.log, home.environment(), stdin=subprocess.PIPE) as program:
            yield program


@dataclass(frozen=True, slots=True)
class Hosted:
    """A running host and its home."""

    home: Home
    program: Program

    def sessions(self) -> list[dict[str, Any]]:
        """Return the sessions of the host."""
        found: list[dict[str, Any]] = host_socket.get(self.home.socket, "/v1/snapshot")["sessions"]
        return found

    def health(self) -> dict[str, Any]:
        """Return the health of the host."""
        found: dict[str, Any] = host_socket.get(self.home.socket, "/v1/health")
        return found

    def post(self, address: str, body: dict[str, Any]) -> dict[str, Any]:
        """Send a request, and return the answer."""
        answer: dict[str, Any] = host_socket.post(self.home.socket, address, body)
        return answer

    def open_s(self, sessions: int) -> float:
        """Wait until all sessions are live, and return the seconds that took."""
        began = time.monotonic()
        wanted = f'watchdeck_sessions{{hosting="live"}} {sessions}.0\n'
        # The metrics, for they cost the host least.
        while wanted not in host_socket.get_text(self.home.socket, "/metrics"):
            if time.monotonic() - began > OPENS_WITHIN_S:
                raise TimeoutError(f"{sessions} sessions were not live within {OPENS_WITHIN_S:.0f} s")
            time.sleep(_LOOK_EVERY_S)
        return time.monotonic() - began


@dataclass(frozen=True, slots=True)
class SeveralHosted:
    """Running hosts, and the home whose configuration names them."""

    home: Home
    programs: Sequence[Program]
