"""The text of an event, for one line."""

from collections.abc import Callable, Mapping
from typing import Any

from browser_host.api.schema import ALERT, RESYNC
from browser_host.sessions.browser_state import LOCAL
from browser_host.sessions.changes import ChangeType


def _inner(body: Mapping[str, Any], key: str, *inner: str) -> str:
    value = body.get(key)
    return _words(value, *inner) if isinstance(value, Mapping) else ""


def _words(body: Mapping[str, Any], *keys: str) -> str:
    return " ".join(str(body[key]) for key in keys if body.get(key) not in (None, ""))


def _hosting(body: Mapping[str, Any]) -> str:
    fault = _inner(body, "error", "text")
    return _words(body, "hosting") + (f": {fault}" if fault else "")


def _visitor(body: Mapping[str, Any]) -> str:
    state = body.get("visitor_state")
    if not isinstance(state, Mapping):
        return ""
    words = (_FLAGS[key].get(state.get(key), "") for key in _FLAGS)
    return " ".join(filter(None, (", ".join(filter(None, words)), _words(state, "url"))))


def _browser(body: Mapping[str, Any]) -> str:
    """Named by its endpoint, unless that is the one of a host without configured ones."""
    words, endpoint = _words(body, "name", "version", "text"), _words(body, "endpoint")
    if not words or endpoint in ("", LOCAL):
        return words or endpoint
    return f"{endpoint}: {words}"


_FLAGS: Mapping[str, Mapping[Any, str]] = {
    "online": {True: "online", False: "offline"},
    "in_session": {True: "in session", False: "not in session"},
}

_READERS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    ChangeType.STATUS: lambda body: _words(body, "status"),
    ChangeType.COLOR: lambda body: _words(body, "color") or _words(body, "color_raw"),
    ChangeType.HOSTING: _hosting,
    ChangeType.ADDED: lambda body: _words(body, "label", "source"),
    ChangeType.ENDED: lambda body: _inner(body, "ended", "reason"),
    ChangeType.STALE: lambda body: _inner(body, "stale", "text") or "no longer stale",
    ChangeType.VISITOR: _visitor,
    ChangeType.DOCUMENT: lambda body: _inner(body, "document", "text"),
    ChangeType.MESSAGE: lambda body: _inner(body, "message", "type", "raw"),
    ChangeType.VIEWED: lambda body: _inner(body, "viewed", "by", "client"),
    RESYNC: lambda _: "events were missed; take a new list",
}


def event_text(kind: str, body: Mapping[str, Any]) -> str:
    """What is new in the event; the JSON has all of it.

    Args:
        kind: the event's type.
        body: the event, from a host that may be newer than this.
    """
    if kind.startswith("instruction."):
        return _inner(body, "entry" if "entry" in body else "instruction", "action", "argument", "by", "text")
    if kind.startswith("browser."):
        return _browser(body)
    if kind.startswith(ALERT):
        return f"{_words(body, 'name', 'severity')}: {' '.join(map(str, body.get('sessions') or ()))}"
    read = _READERS.get(kind)
    return read(body) if read else _words(body, "name", "version", "text")
