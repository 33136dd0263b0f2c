"""Where a round is measured: the browser, a folder, how much is asked, and the programs that run in it."""

import contextlib
import itertools
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from browser_host.simulator.settings import SimulatorSettings
from tests.support import host_socket
from tests.support.programs import Home, Program, running, started

ROWS = 500
"""Of a table in each page: the weight of a page as one meets them."""

OPENS_WITHIN_S = 240.0
_LOOK_EVERY_S = 0.05


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is asked of a round.

    Args:
        share: of the sessions, rates and seconds of a full round; a small one shows that a part works at all.
    """

    share: float = 1.0

    def sessions(self, count: int, *, least: int = 4) -> int:
        """So many of them, but some."""
        return max(least, round(count * self.share))

    def rate(self, per_second: float) -> float:
        """So many a second, but some."""
        return min(per_second, max(20.0, per_second * self.share))

    def seconds(self, seconds: float) -> float:
        """So long, but a while."""
        return max(1.5, seconds * self.share)


class Stand:
    """Runs simulators, subjects and hosts, each with files of its own.

    Args:
        browser: the program.
        folder: for all that is written.
    """

    def __init__(self, browser: Path, folder: Path, scale: Scale) -> None:
        self.browser = browser
        self.scale = scale
        self._folder = folder
        self._numbers = itertools.count(1)
        self.log = folder / "stderr.txt"

    @contextlib.contextmanager
    def pages(self, sessions: int, rate: float, **more: object) -> Iterator[Sequence[str]]:
        """Serves so many watch pages until the block ends, and gives their links.

        Args:
            rate: events a second of each.
            more: further fields of `SimulatorSettings`.
        """
        # The pages' questions to the simulator are no part of what is measured, and real ones ask nothing.
        settings = {"scenario": "clock", "dom_rows": ROWS, "pace": 0.0, "asks": 1.0, **more}
        asked = SimulatorSettings(sessions=sessions, rate=rate, **settings)  # type: ignore[arg-type]  # by name
        command = [sys.executable, "-m", "tests.bench.subjects.upscope", json.dumps(asdict(asked))]
        with started(command, self.log, os.environ) as program:
            yield program.ready["watch_urls"]

    def record(self, links: Sequence[str]) -> dict[str, Any]:
        """What the simulator of these links saw."""
        origin = links[0].partition("/w/")[0]
        with urllib.request.urlopen(f"{origin}/record", timeout=30) as answer:  # noqa: S310 - ours
            found: dict[str, Any] = json.load(answer)
        return found

    @contextlib.contextmanager
    def subject(self, name: str, links: Sequence[str], *arguments: str) -> Iterator[Program]:
        """A subject that has opened the links; `ready["open_s"]` says how long that took."""
        file = self._folder / f"links-{next(self._numbers)}.json"
        file.write_text(json.dumps(list(links)))
        command = [sys.executable, "-m", f"tests.bench.subjects.{name}", str(file), *arguments]
        environment = {**os.environ, "BENCH_BROWSER": str(self.browser)}
        with started(command, self.log, environment, stdin=subprocess.PIPE, within=OPENS_WITHIN_S) as program:
            yield program

    def home(self) -> Home:
        """A user's home of its own; its name is short, for a socket's path has at most 107 bytes."""
        return Home(Path(tempfile.mkdtemp(prefix="h", dir=self._folder)))

    @contextlib.contextmanager
    def host(
        self, links: Sequence[str], *, pages_of: int | None = None, more: str = "", home: Home | None = None
    ) -> Iterator["Hosted"]:
        """A real host of these links, in the default configuration unless told otherwise.

        Args:
            pages_of: `browser.sessions_per_page`.
            more: further TOML.
        """
        home = home or self.home()
        shared = "" if pages_of is None else f"sessions_per_page = {pages_of}\n"
        browser = f'[browser]\nexecutable = "{self.browser}"\nallow_private_network = true\n{shared}'
        entries = (f'[[sessions]]\nlabel = "s{at}"\nwatch_url = "{link}"\n' for at, link in enumerate(links))
        home.configure("\n".join((browser, more, *entries)))
        with running(home, "host", log=self.log) as program:
            yield Hosted(home, program)

    @contextlib.contextmanager
    def scripted(self, sessions: int, rate: float = 0.0, words: str = "clock") -> Iterator["Hosted"]:
        """A host without browsers, as `tests.bench.subjects.scripted_host` describes it.

        Args:
            rate: words a second of all sessions together.
        """
        home = self.home()
        asked = {"socket": str(home.socket), "sessions": sessions, "rate": rate, "words": words}
        command = [sys.executable, "-m", "tests.bench.subjects.scripted_host", json.dumps(asked)]
        with started(command, self.log, home.environment(), stdin=subprocess.PIPE) as program:
            yield Hosted(home, program)


@dataclass(frozen=True, slots=True)
class Hosted:
    """A running host and its home."""

    home: Home
    program: Program

    def sessions(self) -> list[dict[str, Any]]:
        """The sessions as the host lists them."""
        found: list[dict[str, Any]] = host_socket.get(self.home.socket, "/v1/snapshot")["sessions"]
        return found

    def health(self) -> dict[str, Any]:
        """How the host stands."""
        found: dict[str, Any] = host_socket.get(self.home.socket, "/v1/health")
        return found

    def post(self, address: str, body: dict[str, Any]) -> dict[str, Any]:
        """What the host answers to a request."""
        answer: dict[str, Any] = host_socket.post(self.home.socket, address, body)
        return answer

    def open_s(self, sessions: int) -> float:
        """Seconds from being ready until so many sessions' pages have spoken."""
        began = time.monotonic()
        wanted = f'watchdeck_sessions{{hosting="live"}} {sessions}\n'
        # The metrics, for they cost the host least.
        while wanted not in host_socket.get_text(self.home.socket, "/metrics"):
            if time.monotonic() - began > OPENS_WITHIN_S:
                raise TimeoutError(f"{sessions} sessions were not live within {OPENS_WITHIN_S:.0f} s")
            time.sleep(_LOOK_EVERY_S)
        return time.monotonic() - began
