"""The lines of a recording, and how they are written. Pure.

A header, then the host and its sessions as they stood (`recording.attached`, a `recording.session` each),
then events as `/v1/events` has them. After a gap stand `host.resync` and the whole state again. Of an event
only known keys are written, and of every text what the journal would keep: no link and no key can get in.

In a recording of several hosts the header names them, each line says whose it is (`host_name`), and ids are
qualified.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

from browser_host.api.schema import RESYNC, Snapshot
from browser_host.journal import sanitize
from browser_host.sessions import views
from browser_host.sessions.clock import iso
from browser_host.sessions.json_codec import to_json

VERSION, SEVERAL_HOSTS_VERSION = 1, 2
"""Of the format of a recording of one host, and of several: a reader of one would take them for one host."""

HOST_NAME = "host_name"
"""The key of the host that a line is of, where there are several."""


class LineKind(StrEnum):
    """The types of lines that are no events of the host."""

    HEADER = "recording.header"
    ATTACHED = "recording.attached"
    SESSION = "recording.session"
    LOST = "recording.lost"
    ENDED = "recording.ended"


LINE_LIMIT = 262_144
"""Bytes of a line; the longest, a host with many rules, has some thousand."""

TEXT_LIMIT = 500
"""Characters of a text, as in the journal."""

_ABOUT_SESSIONS = frozenset({"seq", "at", "type", "id", "first", *views.KEYS})
_ABOUT_THE_HOST = frozenset(
    {"seq", "at", "type", "browsers", "name", "severity", "state", "since", "sessions"}
)
"""What is kept of events about a session, and of those about browsers and alerts."""

PLAIN = re.compile(r"[A-Za-z0-9_.#-]{0,64}|\d{4}-\d\d-\d\dT[\d:.]{8,15}Z")
"""Words and times, as most texts are: nothing in them is to be masked, or unprintable."""


def header(at: float, version: str, hosts: Sequence[str] = ()) -> dict[str, Any]:
    """The first line.

    Args:
        at: epoch seconds.
        version: of the Watchdeck that writes it.
        hosts: the names of several; none where there is one.
    """
    head = {"type": LineKind.HEADER, "version": VERSION, "at": iso(at), "watchdeck": version}
    return {**head, "version": SEVERAL_HOSTS_VERSION, "hosts": list(hosts)} if hosts else head


def attached(snapshot: Snapshot, at: float) -> Iterator[dict[str, Any]]:
    """The whole state at a time, as lines that can be read one by one."""
    yield {"type": LineKind.ATTACHED, "at": iso(at), "seq": snapshot.seq, "host": to_json(snapshot.host)}
    for session in snapshot.sessions:
        yield {"type": LineKind.SESSION, "at": iso(at), "seq": snapshot.seq, **to_json(session)}


def lost(at: float) -> dict[str, Any]:
    """The host went away."""
    return {"type": LineKind.LOST, "at": iso(at)}


def resync(at: float, seq: int) -> dict[str, Any]:
    """Events were missed; the whole state follows."""
    return {"type": RESYNC, "at": iso(at), "seq": seq}


def ended(at: float, text: str) -> dict[str, Any]:
    """The last line."""
    return {"type": LineKind.ENDED, "at": iso(at), "text": text}


def kept(body: Mapping[str, Any]) -> dict[str, Any]:
    """What is written of an event: without pages' raw messages, and whatever is not known here."""
    keys = _ABOUT_THE_HOST if body.get("id") is None else _ABOUT_SESSIONS
    return {key: value for key, value in body.items() if key in keys}


def encode(body: Mapping[str, Any]) -> bytes:
    """The line, with every text as the journal keeps it."""
    text = json.dumps(_masked(body), ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace") + b"\n"


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return value if PLAIN.fullmatch(value) else sanitize.kept(value, TEXT_LIMIT)
    if isinstance(value, Mapping):
        return {key: _masked(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_masked(one) for one in value]
    return value
