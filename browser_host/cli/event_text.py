"""What an event says, in a few words for a line of text."""

from collections.abc import Callable, Mapping
from typing import Any


def _inner(body: Mapping[str, Any], key: str, *inner: str) -> str:
    value = body.get(key)
    return _words(value, *inner) if isinstance(value, Mapping) else ""


def _words(body: Mapping[str, Any], *keys: str) -> str:
    return " ".join(str(body[key]) for key in keys if body.get(key) not in (None, ""))


def _hosting(body: Mapping[str, Any]) -> str:
    fault = _inner(body, "error", "text")
    return _words(body, "hosting") + (f": {fault}" if fault else "")


_READERS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "session.status": lambda body: _words(body, "status"),
    "session.color": lambda body: _words(body, "color") or _words(body, "color_raw"),
    "session.hosting": _hosting,
    "session.added": lambda body: _words(body, "label", "source"),
    "session.ended": lambda body: _inner(body, "ended", "reason"),
    "session.stale": lambda body: _inner(body, "stale", "text") or "no longer stale",
    "session.message": lambda body: _inner(body, "message", "type", "raw"),
    "host.resync": lambda _: "events were missed; take a new list",
}


def event_text(kind: str, body: Mapping[str, Any]) -> str:
    """The event's news; the JSON has all of it.

    Args:
        kind: the event's type.
        body: the event, from a host that may be newer than this.
    """
    if kind.startswith("instruction."):
        return _inner(body, "entry" if "entry" in body else "instruction", "action", "argument", "by", "text")
    read = _READERS.get(kind)
    return read(body) if read else _words(body, "name", "version", "text")
