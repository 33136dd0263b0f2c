"""What the journal's rows tell of each session: when it was open, in which status, and how it ended. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from browser_host.journal.entries import EntryOutcome
from browser_host.protocol.page_instructions import Action
from browser_host.protocol.page_messages import Status
from browser_host.sessions.changes import ChangeType
from browser_host.sessions.session import Hosting
from browser_host.supervisor.audit import records

_ABANDONED = frozenset({records.HOST_STARTED, records.HOST_FAILED})
"""Rows after which no open session is hosted; the next host may recover them."""

_STOPPED = frozenset({records.HOST_STOPPED, records.HOST_TERMINATED})

ACTIONS = frozenset(
    {
        *_ABANDONED,
        *_STOPPED,
        *(records.ADDED, records.REMOVED, records.ENDED, records.RESTARTED),
        *(ChangeType.STATUS.value, ChangeType.HOSTING.value, Action.END_SESSION.value),
    }
)
"""The actions of the rows that are read here."""


class Fact(NamedTuple):
    """A row of the journal, without what is not read here.

    Args:
        at: epoch seconds.
    """

    at: float
    by: str
    action: str
    session: str | None
    label: str
    outcome: str
    text: str


class Fate(StrEnum):
    """How a session's life went out."""

    PAGE = "page"
    """Its page reported the end without a confirmed instruction."""
    SUPERVISOR = "supervisor"
    RULE = "rule"
    LOST = "lost"
    """Nobody saw it end: its page, browser or host was gone, and never came back."""
    RELEASED = "released"
    """Removed without an end, or its host stopped."""
    OPEN = "open"


class Stay(NamedTuple):
    """A time in one status; `until` is None while it lasts."""

    status: str
    since: float
    until: float | None


@dataclass(frozen=True, slots=True)
class Life:
    """One run of a session: from when it was opened, or began again in the same page, to its end.

    Args:
        opened: epoch seconds.
        closed: epoch seconds, None while it is open.
        by: who ended it: a user, a rule or the page; empty where nobody did.
    """

    session: str
    label: str
    opened: float
    closed: float | None
    fate: Fate
    by: str
    stays: tuple[Stay, ...]


def lives(facts: Iterable[Fact]) -> tuple[Life, ...]:
    """The lives in the rows, which are in the journal's order; the last one of each session comes last."""
    reading = _Reading()
    for fact in facts:
        reading.take(fact)
    return tuple(reading.finish())


@dataclass(slots=True)
class _Draft:
    session: str
    label: str
    opened: float
    closed: float | None = None
    fate: Fate = Fate.OPEN
    by: str = ""
    status: str = ""
    status_since: float = 0.0
    stays: list[Stay] = field(default_factory=list)
    lost: bool = False
    latest: float = 0.0

    def leave_status(self, at: float) -> None:
        if self.status:
            self.stays.append(Stay(self.status, self.status_since, at))
            self.status = ""

    def close(self, at: float, fate: Fate, by: str = "") -> None:
        if self.closed is None:
            self.leave_status(at)
            self.closed, self.fate, self.by = at, fate, by

    def life(self) -> Life:
        fate = Fate.LOST if self.lost and self.closed is None else self.fate
        stays = [*self.stays, *([Stay(self.status, self.status_since, None)] if self.status else [])]
        return Life(self.session, self.label, self.opened, self.closed, fate, self.by, tuple(stays))


class _Reading:
    """The lives as of the last row: the newest of each session can still change, the others are done."""

    def __init__(self) -> None:
        self._newest: dict[str, _Draft] = {}
        self._done: list[Life] = []
        self._last = 0.0

    def take(self, fact: Fact) -> None:
        if fact.session is None:
            self._host(fact)
        else:
            self._session(fact, fact.session, self._newest.get(fact.session))
        self._last = fact.at

    def finish(self) -> Iterator[Life]:
        yield from self._done
        yield from (draft.life() for draft in self._newest.values())

    def _host(self, fact: Fact) -> None:
        if fact.action in _STOPPED:
            self._close_all(fact.at, Fate.RELEASED)
        elif fact.action in _ABANDONED:
            self._close_all(self._last, Fate.LOST)  # the last that is known of a host that died

    def _close_all(self, at: float, fate: Fate) -> None:
        for draft in self._newest.values():
            draft.close(max(at, draft.latest), fate)

    def _session(self, fact: Fact, session: str, draft: _Draft | None) -> None:
        match fact.action:
            case records.ADDED:
                if draft is not None:
                    draft.close(fact.at, Fate.RELEASED)
                    if draft.fate is Fate.LOST and not draft.lost:
                        draft.fate = Fate.RELEASED  # recovered after its host died
                self._begin(fact, session)
            case records.RESTARTED if draft is None or draft.closed is not None:
                self._begin(fact, session)
            case ChangeType.STATUS.value:
                self._status(fact, session, draft)
            case ChangeType.HOSTING.value if draft is not None and _is_lost(fact.text):
                draft.leave_status(max(fact.at, draft.latest))
                draft.lost = True
            case records.ENDED:
                (draft or self._begin(fact, session)).close(fact.at, Fate.PAGE, records.PAGE)
            case records.REMOVED if draft is not None:
                draft.close(fact.at, Fate.LOST if draft.lost else Fate.RELEASED)
            case Action.END_SESSION.value if draft is not None and fact.outcome == EntryOutcome.CONFIRMED:
                draft.close(fact.at, Fate.PAGE)
                draft.by = fact.by
                draft.fate = Fate.SUPERVISOR if records.is_user(fact.by) else Fate.RULE

    def _begin(self, fact: Fact, session: str) -> _Draft:
        if (before := self._newest.get(session)) is not None:
            self._done.append(before.life())
        draft = _Draft(session, fact.label, fact.at, latest=fact.at)
        self._newest[session] = draft
        return draft

    def _status(self, fact: Fact, session: str, draft: _Draft | None) -> None:
        # Thinned rows are written late: one that is older than what is known is not news.
        if draft is not None and fact.at < draft.latest:
            return
        status = fact.text.partition(" ")[0]
        if draft is None or (draft.closed is not None and fact.at > draft.closed):
            if status == Status.TERMINATED and draft is not None:
                return
            draft = self._begin(fact, session)
        if draft.closed is None and status != draft.status:
            draft.leave_status(fact.at)
            draft.status, draft.status_since = status, fact.at
        draft.label = fact.label or draft.label
        draft.lost = False
        draft.latest = fact.at


def _is_lost(text: str) -> bool:
    return text.partition(":")[0] == Hosting.LOST
