"""A simulated Upscope in a process of its own: its links, what its pages were told, and orders to them."""

import contextlib
import json
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.programs import Home, Program, running

ANSWERS_WITHIN_S = 30.0


@dataclass(frozen=True, slots=True)
class Upscope:
    """The running simulator, asked over TCP as anybody would."""

    program: Program

    @property
    def urls(self) -> Sequence[str]:
        found: list[str] = self.program.ready["watch_urls"]
        return found

    @property
    def base_url(self) -> str:
        """What `[upscope] base_url` is to be."""
        return str(self.program.ready["base_url"])

    @property
    def origin(self) -> str:
        return self.urls[0].partition("/w/")[0]

    @property
    def port(self) -> int:
        return int(self.origin.rpartition(":")[2])

    def record(self, instructions: int = 0) -> dict[str, Any]:
        """What it saw, once it saw so many instructions."""
        address = f"{self.program.ready['record_url']}?instructions={instructions}&within=10"
        with urllib.request.urlopen(address, timeout=ANSWERS_WITHIN_S) as answer:  # noqa: S310 - ours
            found: dict[str, Any] = json.load(answer)
        return found

    def told(self, count: int = 0) -> list[dict[str, Any]]:
        """The instructions that pages got, once there are `count`; each with its link's fingerprint."""
        found: list[dict[str, Any]] = self.record(count)["instructions"]
        return found

    def order(self, link: str, do: str, message: Any = None) -> None:
        """Tells the pages of the session with this link's fingerprint to do something."""
        self.tell(self.visitors()[link], do, message)

    def visitors(self) -> dict[str, str]:
        """The visitors whose pages spoke since this one runs, by their links' fingerprints."""
        return {lived["link"]: lived["session"] for lived in self.record()["life"]}

    def tell(self, visitor: str, do: str, message: Any = None) -> None:
        """The same by the visitor's id, which is the same in every simulator of this seed."""
        request = urllib.request.Request(  # noqa: S310 - ours
            f"{self.origin}/control/{visitor}",
            json.dumps({"do": do, "message": message}).encode(),
            {"X-Api-Key": self.program.ready["api_key"]},
        )
        with urllib.request.urlopen(request, timeout=ANSWERS_WITHIN_S) as answer:  # noqa: S310 - ours
            assert json.load(answer)["links"] == 1


@contextlib.contextmanager
def upscope(
    home: Home, log: Path, *, sessions: int = 1, scenario: str = "demo", rate: float = 0, port: int = 0
) -> Iterator[Upscope]:
    """Runs one until the block ends.

    Args:
        log: takes its stderr.
        port: of an earlier one, whose links lead to this one then; it knows nothing of what that one saw.
    """
    arguments = (
        "--sessions",
        str(sessions),
        "--scenario",
        scenario,
        "--rate",
        str(rate),
        "--port",
        str(port),
    )
    with running(home, "simulator", *arguments, log=log) as program:
        yield Upscope(program)
