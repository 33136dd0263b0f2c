"""Reads the lines of a recording, and trusts none of them: anybody may have written the file. Pure."""

import json
import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any, TypeAlias, TypeGuard

from browser_host.api.schema import ADDED, ALERT, AlertView, BrowserView, HostEvent, HostView
from browser_host.errors import WatchdeckError
from browser_host.host_names import host_of
from browser_host.protocol.text import printable
from browser_host.recording.recorded_lines import (
    HOST_NAME,
    PLAIN,
    SEVERAL_HOSTS_VERSION,
    TEXT_LIMIT,
    VERSION,
    LineKind,
)
from browser_host.recording.type_check import check_of, checks_of
from browser_host.sessions.changes import ChangeType
from browser_host.sessions.clock import from_iso
from browser_host.sessions.json_codec import converted, decoders, from_json
from browser_host.sessions.views import SessionView

MOST_HOSTS = 100
"""Hosts of a recording; a configuration names 50 at most."""

DEEPEST = 8
"""Levels of values within values; the API has four."""

_HOST = re.compile(r"[^\s/]{1,32}")
_COLOR = re.compile(r"#[0-9a-f]{6}")

_DECODE = decoders(SessionView)
_CHECKS = {key: check for key, check in checks_of(SessionView).items() if key != "id"}
_is_session = check_of(SessionView)
_is_host = check_of(HostView, endless=True)
_is_browser = check_of(BrowserView)
_is_alert = check_of(AlertView)


class RecordingError(WatchdeckError):
    """A file is not a recording, or is damaged, or was made by a newer Watchdeck."""

    code = "recording"


@dataclass(frozen=True, slots=True)
class Attached:
    """The host as the recorder found it; its sessions follow, each as an event that adds it.

    Args:
        at: epoch seconds, as in all records.
    """

    at: float
    host: HostView
    seq: int
    of: str = ""
    """The name of the host where there are several, as in all records."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event of the host."""

    at: float
    event: HostEvent
    of: str = ""


@dataclass(frozen=True, slots=True)
class Disconnected:
    """The recorder lost the host."""

    at: float
    of: str = ""


@dataclass(frozen=True, slots=True)
class Ended:
    """The recorder stopped, and why."""

    at: float
    text: str


Record: TypeAlias = Attached | Recorded | Disconnected | Ended


def read_header(line: bytes) -> tuple[str, ...]:
    """Check that a file begins as a recording does.

    Returns:
        The names of several hosts; none where there is one.

    Raises:
        RecordingError: it does not, or a newer Watchdeck wrote it.
    """
    try:
        body = _object(line)
    except RecordingError:
        body = {}
    if body.get("type") != LineKind.HEADER:
        raise RecordingError("not a recording: it does not begin as one (watchdeck record makes one)")
    version, hosts = body.get("version"), body.get("hosts")
    if version == VERSION and hosts is None:
        return ()
    if version == SEVERAL_HOSTS_VERSION and _are_hosts(hosts):
        return tuple(hosts)
    if version in (VERSION, SEVERAL_HOSTS_VERSION):
        raise RecordingError("the recording's first line names invalid hosts")
    told, newest = printable(str(version), 20), SEVERAL_HOSTS_VERSION
    raise RecordingError(f"the recording has version {told}; this Watchdeck reads versions up to {newest}")


def _are_hosts(names: object) -> TypeGuard[list[str]]:
    """At least two names, each another."""
    if not isinstance(names, list) or not 1 < len(names) <= MOST_HOSTS:
        return False
    return all(isinstance(one, str) and _HOST.fullmatch(one) for one in names) and len(set(names)) == len(
        names
    )


def read(line: bytes, hosts: Collection[str] = ()) -> Record | None:
    """The record of a line, every value of the type that it must have and every text printable.

    Args:
        hosts: the names of several, of which the line must name one; its ids are those of that host.

    Returns:
        None for a type that a newer Watchdeck writes.

    Raises:
        RecordingError: it is none; the text says what is wrong.
    """
    body = _object(line)
    kind = body.get("type")
    if not isinstance(kind, str):
        raise RecordingError("a line has no type")
    try:
        found = _record(kind, from_iso(body["at"]), body)
        return _of_host(found, body, hosts) if hosts else found
    except (ValueError, KeyError, TypeError, OverflowError, AttributeError) as error:
        raise RecordingError(f"a line of type {printable(kind, 40)} can't be read: {_why(error)}") from None


def _of_host(record: Record | None, body: dict[str, Any], hosts: Collection[str]) -> Record | None:
    """The record with the name of its host; one host can't tell of another's sessions."""
    if record is None or isinstance(record, Ended):
        return record
    name = body[HOST_NAME]
    if name not in hosts:
        raise RecordingError("a line is of a host that the first line does not name")
    if isinstance(record, Recorded) and record.event.id is not None and host_of(record.event.id) != name:
        raise RecordingError("a line has a session of another host")
    return replace(record, of=name)


def _record(kind: str, at: float, body: dict[str, Any]) -> Record | None:
    match kind:
        case LineKind.ATTACHED:
            host = from_json(HostView, body["host"])
            if not _is_host(host):
                raise RecordingError("a line has a host that is none")
            return Attached(at, host, _number(body["seq"]))
        case LineKind.SESSION | ChangeType.ADDED:
            return Recorded(at, _added(at, {**body, "type": ADDED}))
        case LineKind.LOST:
            return Disconnected(at)
        case LineKind.ENDED:
            return Ended(at, str(body.get("text", "")))
        case _ if kind.startswith("recording."):
            return None
        case _:
            return Recorded(at, _event(at, kind, body))


def _added(at: float, body: dict[str, Any]) -> HostEvent:
    session = from_json(SessionView, body)
    if not _is_session(session) or not _is_color(session.color):
        raise RecordingError("a line has a session that is none")
    return HostEvent(_number(body["seq"]), at, ADDED, str(body["id"]), body)


def _event(at: float, kind: str, body: dict[str, Any]) -> HostEvent:
    session_id = body.get("id")
    if not isinstance(session_id, str | None):
        raise RecordingError(f"a line of type {printable(kind, 40)} has no valid id")
    for key, value in body.items():
        check = _CHECKS.get(key) if session_id is not None else None
        if check is not None and not check(converted(_DECODE, key, value)):
            raise RecordingError(f"a line of type {printable(kind, 40)} has no valid {key}")
    if session_id is not None and not _is_color(body.get("color")):
        raise RecordingError(f"a line of type {printable(kind, 40)} has no valid color")
    browsers = body.get("browsers")
    if browsers is not None and not all(_is_browser(from_json(BrowserView, one)) for one in browsers):
        raise RecordingError(f"a line of type {printable(kind, 40)} has no valid browsers")
    if session_id is None and kind.startswith(ALERT) and not _is_alert(from_json(AlertView, body)):
        raise RecordingError(f"a line of type {printable(kind, 40)} has no valid alert")
    return HostEvent(_number(body["seq"]), at, kind, session_id, body)


def _is_color(value: str | None) -> bool:
    return value is None or _COLOR.fullmatch(value) is not None


def _number(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError("a number is missing")
    return value


def _object(line: bytes) -> dict[str, Any]:
    try:
        body = json.loads(line)
    except (ValueError, RecursionError):
        raise RecordingError("a line is not JSON") from None
    if not isinstance(body, dict):
        raise RecordingError("a line is not a JSON object")
    return {str(key): _clean(value) for key, value in body.items()}


def _clean(value: Any, depth: int = DEEPEST) -> Any:
    """The value with texts that a terminal can be given."""
    if depth == 0:
        raise RecordingError("a line has values within values, too deep")
    if isinstance(value, str):
        return value if PLAIN.fullmatch(value) else printable(value, TEXT_LIMIT)
    if isinstance(value, dict):
        return {printable(key, TEXT_LIMIT): _clean(one, depth - 1) for key, one in value.items()}
    if isinstance(value, list):
        return [_clean(one, depth - 1) for one in value]
    return value


def _why(error: Exception) -> str:
    return printable(f"no {error}" if isinstance(error, KeyError) else str(error), 120)
