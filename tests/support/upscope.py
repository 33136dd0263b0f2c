"""A simulated Upscope in its own process: its links, its record, and orders to its pages."""

import contextlib
import json
import signal
import sys
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from browser_host.simulator.settings import SimulatorSettings
from tests.support.programs import Home, Program, started

ANSWERS_WITHIN_S = 30.0

SELDOM = 1.0
"""Questions for orders a second, from all pages together."""


@dataclass(frozen=True, slots=True)
class Upscope:
    """The running simulator, queried over TCP.

    Args:
        takes_orders: whether its pages ask often enough for orders.
    """

    program: Program
    takes_orders: bool = False

    @property
    def urls(self) -> Sequence[str]:
        found: list[str] = self.program.ready["watch_urls"]
        return found

    @property
    def base_url(self) -> str:
        """The value for `[upscope] base_url`."""
        return str(self.program.ready["base_url"])

    @property
    def origin(self) -> str:
        return self.urls[0].partition("/w/")[0]

    @property
    def port(self) -> int:
        return int(self.origin.rpartition(":")[2])

    def record(self, instructions: int = 0) -> dict[str, Any]:
        """Return its record, once it has at least `instructions` instructions."""
        address = f"{self.program.ready['record_url']}?instructions={instructions}&within=10"
        with urllib.request.urlopen(address, timeout=ANSWERS_WITHIN_S) as answer:  # noqa: S310 - the simulator's address
            found: dict[str, Any] = json.load(answer)
        return found

    def told(self, count: int = 0) -> list[dict[str, Any]]:
        """Return the instructions that pages have received, once there are `count`."""
        found: list[dict[str, Any]] = self.record(count)["instructions"]
        return found

    def order(self, link: str, do: str, message: Any = None) -> None:
        """Give an order to the pages of the session with this link's fingerprint."""
        self.tell(self.visitors()[link], do, message)

    def visitors(self) -> dict[str, str]:
        """Return the ids of visitors whose pages have reported, by their links' fingerprints."""
        return {event["link"]: event["session"] for event in self.record()["life"]}

    def tell(self, visitor: str, do: str, message: Any = None) -> None:
        """Give an order by the visitor's id, which is the same in every simulator with this seed."""
        assert self.takes_orders, "start the simulator with takes_orders=True"
        assert self._ask(f"/control/{visitor}", {"do": do, "message": message})["links"] == 1

    def leave(self, visitor: str) -> None:
        """Let a visitor leave; their pages are not told."""
        self._ask(f"/control/{visitor}", {"do": "leave"})

    def fail(self, fault: str | None, times: int = 1) -> None:
        """Make the next REST calls fail, or with None no more of them."""
        self._ask("/control/rest", {"fault": fault, "times": times})

    def in_session(self) -> list[str]:
        """Return the ids of the visitors who are in session, by the REST service."""
        listed = self._ask("/v1.3/list?max_results=1000")["visitors"]
        return [one["short_id"] for one in listed if one["is_in_session"]]

    def _ask(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        request = urllib.request.Request(  # noqa: S310 - the simulator's address
            f"{self.origin}{path}",
            None if body is None else json.dumps(body).encode(),
            {"X-Api-Key": self.program.ready["api_key"]},
        )
        with urllib.request.urlopen(request, timeout=ANSWERS_WITHIN_S) as answer:  # noqa: S310 - the simulator's address
            return json.load(answer)


@contextlib.contextmanager
def upscope(
    home: Home,
    log: Path,
    *,
    sessions: int = 1,
    scenario: str = "demo",
    rate: float = 0,
    port: int = 0,
    takes_orders: bool = False,
) -> Iterator[Upscope]:
    """Run a simulator until the block ends.

    Args:
        log: takes its stderr.
        port: the port of an earlier simulator, to take over its links with an empty record.
        takes_orders: whether pages ask for orders twice a second, as those of the command do. Sixty pages
            take a third of a core for that, so others ask once in a while.
    """
    settings = SimulatorSettings(sessions=sessions, scenario=scenario, rate=rate, port=port)
    if not takes_orders:
        settings = replace(settings, polls_per_second=SELDOM)
    command = [sys.executable, "-m", "tests.support.simulator", json.dumps(asdict(settings))]
    with started(command, log, home.environment(), ended_by=signal.SIGINT) as program:
        yield Upscope(program, takes_orders)
