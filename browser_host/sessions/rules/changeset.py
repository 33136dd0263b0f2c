"""The changes of one event to a session: fields set, changes published, timeline entries."""

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from typing import Any

from browser_host.sessions.changes import Change, ChangeType
from browser_host.sessions.clock import Instant
from browser_host.sessions.ledger import Entry, EntryState
from browser_host.sessions.session import Hosting, Session
from browser_host.sessions.timeline import MOMENT_LIMIT, Moment
from browser_host.sessions.views import entry_json

INSTRUCTION_CHANGE = {state: ChangeType(f"instruction.{state.value}") for state in EntryState}

_COUNTS = ("dropped", "violations")
"""Published with every step, because a dropped message is not an event of its own."""

_NATURAL: Mapping[ChangeType, tuple[str, ...]] = {
    ChangeType.HOSTING: ("hosting", "error", "process", "browser"),
    ChangeType.STATUS: ("status", "status_since"),
    ChangeType.COLOR: ("color", "color_raw"),
    ChangeType.ENDED: ("ended", "hosting"),
    ChangeType.VISITOR: ("visitor_state",),
    ChangeType.DOCUMENT: ("mode",),
    ChangeType.MESSAGE: (),
    **dict.fromkeys(INSTRUCTION_CHANGE.values(), ("instruction",)),
}
"""The keys that clients expect with each type, changed or not."""

_KEYS_OF_FIELD: Mapping[str, tuple[str, ...]] = {
    "color": ("color", "color_raw"),
    "ledger": ("instruction",),
    "last_message": (),
    "begun_at": (),
    "status_at": (),
    "lost_at": (),
}
"""The contract's keys for a field of `Session`; other fields have their own name."""


@dataclass(frozen=True, slots=True)
class Step:
    """A session after an event, the changes to publish, and what is new on its timeline."""

    session: Session
    changes: tuple[Change, ...]
    moments: tuple[Moment, ...] = ()


class Changeset:
    """Collects the changes of one event to a session, and creates the new session once.

    The first change of a step carries the keys of everything that was set, so that merging the step's
    changes into a view always gives the view of the new session.
    """

    __slots__ = ("_fields", "_moments", "_told", "now", "session")

    def __init__(self, session: Session, now: Instant) -> None:
        self.session = session
        """The session before the event."""
        self.now = now
        self._fields: dict[str, Any] = {}
        self._moments: list[Moment] = []
        self._told: list[tuple[ChangeType, Mapping[str, Any]]] = []

    @property
    def ledger(self) -> tuple[Entry, ...]:
        """The ledger with the changes so far."""
        ledger: tuple[Entry, ...] = self._fields.get("ledger", self.session.ledger)
        return ledger

    def set(self, **fields: Any) -> None:
        """Set fields of the session."""
        self._fields.update(fields)

    def tell(self, change: ChangeType, extra: Mapping[str, Any] | None = None) -> None:
        """Publish a change of this type."""
        self._told.append((change, extra or {}))

    def note(self, kind: ChangeType, text: str, *, instead_of_same: bool = False) -> None:
        """Add a moment to the timeline, or replace the last one if that is of the same kind and is to be."""
        self._moments.append(Moment(self.now, kind.value, text[:MOMENT_LIMIT], instead_of_same))

    def host(self, hosting: Hosting, text: str = "", **fields: Any) -> None:
        """Set the hosting, publish it, and note it if it is new."""
        if hosting is not self.session.hosting:
            self.note(ChangeType.HOSTING, f"{hosting.value}: {text}" if text else hosting.value)
        self.set(hosting=hosting, **fields)
        self.tell(ChangeType.HOSTING)

    def revise(self, entries: Iterable[Entry]) -> None:
        """Replace entries of the ledger; publish and note new states."""
        for entry in entries:
            ledger = self.ledger
            number = entry.order.number
            was = next(old.state for old in ledger if old.order.number == number)
            self.set(ledger=tuple(entry if old.order.number == number else old for old in ledger))
            if was is not entry.state:
                self.tell_entry(entry)

    def tell_entry(self, entry: Entry) -> None:
        """Publish and note the state of an instruction."""
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
            return Step(session, (), tuple(self._moments))
        first, extra = self._told[0]
        changes = [Change(first, _keys(first, tuple(fields)), extra)]
        changes += [Change(change, _NATURAL[change], extra) for change, extra in self._told[1:]]
        return Step(session, tuple(changes), tuple(self._moments))


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
