"""What an end left behind at the pages and in the journal, and a host whose files can't grow."""

import contextlib
import getpass
import json
import os
import resource
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from tests.support import host_socket
from tests.support.programs import Home
from tests.support.upscope import Upscope

Session: TypeAlias = Mapping[str, Any]
Steps: TypeAlias = Mapping[str, Sequence[str]]

CLOSED = frozenset({"confirmed", "unconfirmed", "failed", "cancelled", "skipped"})
"""Outcomes after which nothing more is to come of an end."""


def me() -> str:
    """Who the journal says that we are."""
    return f"{getpass.getuser()} ({os.getuid()})"


def ends_told(service: Upscope, at_least: int = 0) -> Counter[str]:
    """How often each page was told to end, by its link's fingerprint; nobody was told anything else.

    Args:
        at_least: waits until pages were told so much.
    """
    told = service.told(at_least)
    assert {seen["action"] for seen in told} <= {"endSession"}
    return Counter(seen["link"] for seen in told)


def links(sessions: Iterable[Session]) -> Counter[str]:
    """The links' fingerprints, each once."""
    return Counter(session["link"] for session in sessions)


def ids(sessions: Iterable[Session]) -> list[str]:
    return [session["id"] for session in sessions]


def rest(home: Home, statuses: Mapping[str, str], within: float = 30) -> dict[str, dict[str, Any]]:
    """The sessions by label, once each is live at the status where its page rests.

    Args:
        statuses: by label.
        within: seconds.
    """

    def rested(now: Mapping[str, Session]) -> bool:
        return {label: (s["hosting"], s["status"]) for label, s in now.items()} == {
            label: ("live", status) for label, status in statuses.items()
        }

    return home.until(rested, within)


def give_ends(home: Home, **request: Any) -> Any:
    """What the host answers to a request for ends."""
    return host_socket.post(home.socket, "/v1/ends", request)


def history(home: Home, *arguments: str) -> list[dict[str, Any]]:
    """All entries of the journal."""
    found: list[dict[str, Any]] = home.json("history", "--limit", "100000", *arguments)["entries"]
    return found


def ends_of(entries: Iterable[Session]) -> list[Session]:
    """The entries that speak of ends."""
    return [entry for entry in entries if entry["action"] == "endSession"]


def steps(entries: Iterable[Session]) -> Steps:
    """What became of each end, in the journal's order, by the instruction's id."""
    found: dict[str, list[str]] = defaultdict(list)
    for entry in ends_of(entries):
        found[entry["instruction"]].append(entry["outcome"])
    return found


def until_steps(home: Home, holds: Callable[[Steps], bool], within: float = 10) -> list[dict[str, Any]]:
    """The entries of the journal, once `holds` is true of what became of the ends.

    Args:
        within: seconds.
    """
    deadline = time.monotonic() + within
    address = "/v1/history?limit=10000"
    while not holds(steps(entries := host_socket.get(home.socket, address)["entries"])):
        assert time.monotonic() < deadline, json.dumps(ends_of(entries), indent=1)
        time.sleep(0.05)
    found: list[dict[str, Any]] = entries
    return found


def sound(home: Home) -> int:
    """How many rows the journal has, of which the chain is whole."""
    verdict = home.json("audit", "verify")
    assert verdict["sound"] is True, verdict
    rows: int = verdict["rows"]
    return rows


def exported(home: Home) -> list[dict[str, Any]]:
    """Every entry as `audit export` writes it, without the hashes, which must chain."""
    done = home.run("audit", "export")
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["previous"] for row in rows[1:]] == [row["hash"] for row in rows[:-1]]
    return [{key: value for key, value in row.items() if key not in {"previous", "hash"}} for row in rows]


@contextlib.contextmanager
def full_disk(pid: int) -> Iterator[None]:
    """No file that the process writes may grow: its journal, its log, its stderr; sockets and pipes go on."""
    before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (1, before[1]))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, before)
