"""The traces of ends in the pages' record and in the journal, and a host whose files cannot grow."""

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
from tests.support.patience import patient
from tests.support.programs import Home
from tests.support.upscope import Upscope

Session: TypeAlias = Mapping[str, Any]
Steps: TypeAlias = Mapping[str, Sequence[str]]

CLOSED = frozenset({"confirmed", "unconfirmed", "failed", "cancelled", "skipped"})
"""Final outcomes of an end."""


def me() -> str:
    """Return how the journal names the current user."""
    return f"{getpass.getuser()} ({os.getuid()})"


def ends_told(service: Upscope, at_least: int = 0) -> Counter[str]:
    """Count the ends that each page received, by link fingerprint; assert that it received nothing else.

    Args:
        at_least: waits for this number of instructions.
    """
    told = service.told(at_least)
    assert {seen["action"] for seen in told} <= {"endSession"}
    return Counter(seen["link"] for seen in told)


def links(sessions: Iterable[Session]) -> Counter[str]:
    """Return the fingerprint of each session's link, counted once."""
    return Counter(session["link"] for session in sessions)


def ids(sessions: Iterable[Session]) -> list[str]:
    return [session["id"] for session in sessions]


def rest(home: Home, statuses: Mapping[str, str], within: float = 30) -> dict[str, dict[str, Any]]:
    """Wait until each session is live with its final status, and return the sessions by label.

    Args:
        statuses: expected statuses by label.
        within: seconds.
    """

    def rested(now: Mapping[str, Session]) -> bool:
        return {label: (s["hosting"], s["status"]) for label, s in now.items()} == {
            label: ("live", status) for label, status in statuses.items()
        }

    return home.until(rested, within)


def give_ends(home: Home, **request: Any) -> Any:
    """Request ends, and return the host's answer."""
    return host_socket.post(home.socket, "/v1/ends", request)


def history(home: Home, *arguments: str) -> list[dict[str, Any]]:
    """All entries of the journal."""
    found: list[dict[str, Any]] = home.json("history", "--reported", "--limit", "100000", *arguments)[
        "entries"
    ]
    return found


def ends_of(entries: Iterable[Session]) -> list[Session]:
    """Return the entries about ends."""
    return [entry for entry in entries if entry["action"] == "endSession"]


def steps(entries: Iterable[Session]) -> Steps:
    """Return the outcomes of each end in journal order, by instruction id."""
    found: dict[str, list[str]] = defaultdict(list)
    for entry in ends_of(entries):
        found[entry["instruction"]].append(entry["outcome"])
    return found


def until_steps(home: Home, holds: Callable[[Steps], bool], within: float = 10) -> list[dict[str, Any]]:
    """Wait until `holds` is true of the outcomes of all ends, and return the journal's entries.

    Args:
        within: seconds.
    """
    deadline = time.monotonic() + patient(within)
    address = "/v1/history?limit=10000"
    while not holds(steps(entries := host_socket.get(home.socket, address)["entries"])):
        assert time.monotonic() < deadline, json.dumps(ends_of(entries), indent=1)
        time.sleep(0.05)
    found: list[dict[str, Any]] = entries
    return found


def sound(home: Home) -> int:
    """Assert that the journal's hash chain is intact, and return its number of rows."""
    verified = home.json("audit", "verify")
    assert verified["sound"] is True, verified
    rows: int = verified["rows"]
    return rows


def exported(home: Home) -> list[dict[str, Any]]:
    """Return every entry of `audit export` without its hashes; assert that these form a chain."""
    done = home.run("audit", "export")
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["previous"] for row in rows[1:]] == [row["hash"] for row in rows[:-1]]
    return [{key: value for key, value in row.items() if key not in {"previous", "hash"}} for row in rows]


@contextlib.contextmanager
def full_disk(pid: int) -> Iterator[None]:
    """Keep the files of a process (journal, log, stderr) from growing; sockets and pipes still work."""
    before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (1, before[1]))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, before)
