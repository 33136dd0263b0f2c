"""A session being rewritten by one happening: what is set, what is told of it, what is noted."""

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from typing import Any

from browser_host.sessions.changes import Change, ChangeType
from browser_host.sessions.instant import Instant
from browser_host.sessions.ledger import Entry, EntryState
from browser_host.sessions.session import Hosting, Moment, Session
from browser_host.sessions.views import entry_json

TIMELINE_LIMIT = 64
"""Moments kept for each session; the journal keeps more."""

MOMENT_LIMIT = 240
"""Characters of a moment's text."""

INSTRUCTION_CHANGE = {state: ChangeType(f"instruction.{state.value}") for state in EntryState}

_COUNTS = ("dropped", "violations")
"""Told with every step, because a dropped message is no event of its own."""

_NATURAL: Mapping[ChangeType, tuple[str, ...]] = {
    ChangeType.HOSTING: ("hosting", "error", "page"),
    ChangeType.STATUS: ("status", "status_since"),
    ChangeType.COLOR: ("color", "color_raw"),
    ChangeType.ENDED: ("ended", "hosting"),
    ChangeType.MESSAGE: (),
    **dict.fromkeys(INSTRUCTION_CHANGE.values(), ("instruction",)),
}
"""The keys that a reader of each type looks for, whether or not they differ this time."""

_KEYS_OF_FIELD: Mapping[str, tuple[str, ...]] = {
    "color": ("color", "color_raw"),
    "ledger": ("instruction",),
    "timeline": (),
    "last_message": (),
    "hosting_since": (),
    "begun_at": (),
    "status_at": (),
    "lost_at": (),
}
"""The contract's keys for a field of `Session`; a field that is not here is its own key."""


@dataclass(frozen=True, slots=True)
class Step:
    """A session after a happening, and what is to be published of it."""

    session: Session
    changes: tuple[Change, ...]


class Draft:
    """Collects what one happening does to a session, and makes the new session once.

    The first change of a step carries the keys of everything that was set, so that merging the step's
    changes into a view always gives the view of the new session.
    """

    __slots__ = ("_fields", "_told", "now", "session")

    def __init__(self, session: Session, now: Instant) -> None:
        self.session = session
        """As it was before the happening."""
        self.now = now
        self._fields: dict[str, Any] = {}
        self._told: list[tuple[ChangeType, Mapping[str, Any]]] = []

    @property
    def ledger(self) -> tuple[Entry, ...]:
        """The ledger as it is rewritten so far."""
        ledger: tuple[Entry, ...] = self._fields.get("ledger", self.session.ledger)
        return ledger

    def set(self, **fields: Any) -> None:
        """Gives fields of the session new values."""
        self._fields.update(fields)

    def tell(self, change: ChangeType, extra: Mapping[str, Any] | None = None) -> None:
        """Publishes a change of this type."""
        self._told.append((change, extra or {}))

    def note(self, kind: ChangeType, text: str, *, instead_of_same: bool = False) -> None:
        """Adds a moment to the timeline.

        With `instead_of_same` a last moment of the same kind gives way, so that a flood of a kind does
        not drive out what came before it.
        """
        moment = Moment(self.now, kind.value, text[:MOMENT_LIMIT])
        timeline: tuple[Moment, ...] = self._fields.get("timeline", self.session.timeline)
        if instead_of_same and timeline and timeline[-1].kind == kind.value:
            timeline = timeline[:-1]
        self._fields["timeline"] = (*timeline[1 - TIMELINE_LIMIT :], moment)

    def host(self, hosting: Hosting, text: str = "", **fields: Any) -> None:
        """Sets how the hosting stands, publishes it, and notes it where it is new."""
        if hosting is not self.session.hosting:
            fields["hosting_since"] = self.now
            self.note(ChangeType.HOSTING, f"{hosting.value}: {text}" if text else hosting.value)
        self.set(hosting=hosting, **fields)
        self.tell(ChangeType.HOSTING)

    def revise(self, entries: Iterable[Entry]) -> None:
        """Puts new forms of the ledger's entries in their places; a new state is published and noted."""
        for entry in entries:
            ledger = self.ledger
            number = entry.order.number
            was = next(old.state for old in ledger if old.order.number == number)
            self.set(ledger=tuple(entry if old.order.number == number else old for old in ledger))
            if was is not entry.state:
                self.tell_entry(entry)

    def tell_entry(self, entry: Entry) -> None:
        """Publishes and notes the state of an instruction."""
        change = INSTRUCTION_CHANGE[entry.state]
        shown = entry_json(entry)
        self.tell(change, {"entry": shown})
        what = " ".join(
            filter(None, (shown["action"], shown["argument"], entry.state.value, "by", shown["by"]))
        )
        self.note(change, f"{what}: {entry.text}" if entry.text else what)

    def step(self) -> Step:
        """The new session and its changes; a session of which nothing was set is the same object."""
        fields = self._fields
        session = _rewritten(self.session, fields) if fields else self.session
        if not self._told:
            return Step(session, ())
        first, extra = self._told[0]
        changes = [Change(first, _keys(first, tuple(fields)), extra)]
        changes += [Change(change, _NATURAL[change], extra) for change, extra in self._told[1:]]
        return Step(session, tuple(changes))


_FIELDS = tuple(field.name for field in dataclasses.fields(Session))
_values = attrgetter(*_FIELDS)


def _rewritten(session: Session, fields: dict[str, Any]) -> Session:
    """As `dataclasses.replace`, at half its price: every word of every page comes by here."""
    return Session(**dict(zip(_FIELDS, _values(session), strict=True)) | fields)


@lru_cache(maxsize=512)
def _keys(change: ChangeType, fields: tuple[str, ...]) -> tuple[str, ...]:
    # Remembered because few combinations exist, and every event of every page needs one of them.
    keys = [*_NATURAL[change], *_COUNTS]
    for name in fields:
        keys += _KEYS_OF_FIELD.get(name, (name,))
    return tuple(dict.fromkeys(keys))
