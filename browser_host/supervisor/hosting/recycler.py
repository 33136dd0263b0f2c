"""Decides when groups and browsers are replaced or emptied: never during an instruction or a pending end."""

from collections.abc import Callable, Sequence

from browser_host.browsers.interface import Aged, SessionHost
from browser_host.protocol.page_instructions import EndSession
from browser_host.sessions.changes import Change, ChangeType
from browser_host.sessions.rules.ledger_rules import settled
from browser_host.sessions.session import Session
from browser_host.supervisor.scheduler import Scheduler
from browser_host.supervisor.session_store import SessionStore

LOOK_EVERY_S = 15.0
"""For what no event tells: that something is old or has grown. It also spreads replacements by age."""

_MAY_SETTLE = frozenset(
    {
        ChangeType.INSTRUCTION_CONFIRMED,
        ChangeType.INSTRUCTION_UNCONFIRMED,
        ChangeType.INSTRUCTION_FAILED,
        ChangeType.INSTRUCTION_CANCELLED,
        ChangeType.REMOVED,
    }
)
"""After these an end may no longer be pending."""


class Recycler:
    """Has the pool replace what is old, one at a time, and empty what is drained, at once.

    What is old waits for the next look and its turn. What leaves, because its endpoint or node is drained,
    does not: every event after which its sessions may move wakes the recycler.

    Args:
        let_go: removes the frame of an ended session, so that a move does not reopen it.
    """

    def __init__(
        self, store: SessionStore, hosting: SessionHost, scheduler: Scheduler, let_go: Callable[[str], object]
    ) -> None:
        self._store = store
        self._hosting = hosting
        self._scheduler = scheduler
        self._let_go = let_go
        self._tried: set[tuple[int, int | None]] = set()
        self._held_back = False
        self._woken = False
        scheduler.after(LOOK_EVERY_S, self._look_again)

    def _look_again(self) -> None:
        self._scheduler.after(LOOK_EVERY_S, self._look_again)  # first: a look that fails is not the last one
        self.look()

    def look(self) -> None:
        """Replace what is due, unless an end is pending."""
        aged = self._due()
        self._empty(aged)
        if old := [one for one in aged if not one.leaving]:
            self._replace(self._next(old))

    def wake(self) -> None:
        """Look soon at what leaves: there is more of it, or another place for its sessions.

        Not at once, so that what the caller does now comes first: the journal's entry, an end's outcome.
        """
        if not self._woken:
            self._woken = True
            self._scheduler.after(0.0, self._look_at_leaving)

    def changed(self, changes: Sequence[Change]) -> None:
        """Look again after a change that may have settled the end that what leaves was waiting for."""
        if self._held_back and any(one.type in _MAY_SETTLE for one in changes):
            self.wake()

    def _look_at_leaving(self) -> None:
        self._woken = False
        self._empty(self._due())

    def _empty(self, aged: Sequence[Aged]) -> None:
        for one in aged:
            if one.leaving:
                self._replace(one)

    def _due(self) -> Sequence[Aged]:
        """What may be replaced now: nothing while an end is pending."""
        aged = self._hosting.aged()
        held_back = bool(aged) and self._ends()
        self._held_back = held_back and any(one.leaving for one in aged)
        return () if held_back else aged

    def _replace(self, one: Aged) -> None:
        for session_id in one.sessions:
            self._let_go(session_id)
        self._hosting.recycle(one, self.may_move)

    def _next(self, aged: Sequence[Aged]) -> Aged:
        """The next in turn: one whose sessions are always busy must not keep others from being replaced."""
        self._tried &= {_key(one) for one in aged}  # what is no longer due is forgotten
        untried = [one for one in aged if _key(one) not in self._tried]
        if not untried:
            self._tried.clear()
        one = (untried or aged)[0]
        self._tried.add(_key(one))
        return one

    def may_move(self, session_ids: Sequence[str]) -> bool:
        """Whether these sessions have no instruction under way, none has ended, and no end is pending."""
        sessions = (self._store.get(session_id) for session_id in session_ids)
        return not self._ends() and all(
            session is not None and session.ended is None and not _open(session) for session in sessions
        )

    def _ends(self) -> bool:
        return any(isinstance(one, EndSession) for session in self._store for one in _open(session))


def _key(one: Aged) -> tuple[int, int | None]:
    return one.browser, one.group


def _open(session: Session) -> list[object]:
    """The instructions that have no outcome yet."""
    return [entry.order.instruction for entry in session.ledger if not settled(entry)]
