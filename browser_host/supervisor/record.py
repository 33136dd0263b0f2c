"""An event as the feed keeps it: made into JSON when somebody asks for it, and merged with those after it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from browser_host.api.schema import ADDED, CHANGED, REMOVED
from browser_host.sessions.instant import Instant
from browser_host.sessions.views import Part

Told: TypeAlias = Mapping[str, Any] | Part
"""What an event says: as JSON, or as a part of a session that can be made into it."""


@dataclass(slots=True)
class Record:
    """A numbered event.

    Args:
        first: the number of the first event that it stands for, where it stands for several.
    """

    seq: int
    at: Instant
    kind: str
    session_id: str | None
    told: Told
    first: int | None = None
    _line: bytes | None = None

    @property
    def characters(self) -> int:
        """Of the page's own words; all else in an event is short."""
        said = (self.told.extra if isinstance(self.told, Part) else self.told).get("message")
        return len(said["raw"]) if said else 0

    def line(self) -> bytes:
        """A line of the event stream, encoded once for all clients, and not at all where there are none."""
        if self._line is None:
            body: dict[str, Any] = {"seq": self.seq, "at": self.at.iso(), "type": self.kind}
            if self.first is not None:
                body["first"] = self.first
            if self.session_id is not None:
                body["id"] = self.session_id
            body.update(_json(self.told))
            text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
            self._line = text.encode("utf-8", "replace") + b"\n"
        return self._line

    def then(self, later: "Record") -> "Record":
        """This event and a later one of the same session as one, after which a client holds the same."""
        if later.kind in (REMOVED, ADDED):
            return later  # whatever was before it
        if isinstance(self.told, Part) and isinstance(later.told, Part):
            told: Told = self.told.then(later.told)
        else:
            told = {**_json(self.told), **_json(later.told)}
        kind = self.kind if self.kind == ADDED else CHANGED
        first = self.seq if self.first is None else self.first
        return Record(later.seq, later.at, kind, self.session_id, told, first)


def _json(told: Told) -> Mapping[str, Any]:
    return told.json() if isinstance(told, Part) else told
