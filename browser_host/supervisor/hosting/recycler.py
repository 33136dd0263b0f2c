"""Decide when old groups and browsers are replaced: not while instructions are under way or ends pending."""

from collections.abc import Callable, Sequence

from browser_host.browsers.interface import Aged, SessionHost
from browser_host.protocol.page_instructions import EndSession
from browser_host.sessions.rules.ledger_rules import settled
from browser_host.sessions.session import Session
from browser_host.supervisor.scheduler import Scheduler
from browser_host.supervisor.session_store import SessionStore

LOOK_EVERY_S = 15.0


class Recycler:
    """Has the pool replace what is due, one at a time.

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
        scheduler.after(LOOK_EVERY_S, self._look_again)

    def _look_again(self) -> None:
        self._scheduler.after(LOOK_EVERY_S, self._look_again)  # first: a look that fails is not the last one
        self.look()

    def look(self) -> None:
        """Replace what is due, unless an end is pending."""
        aged = self._hosting.aged()
        if not aged or self._ends():
            return
        one = self._next(aged)
        for session_id in one.sessions:
            self._let_go(session_id)
        self._hosting.recycle(one, self.may_move)

    def _next(self, aged: Sequence[Aged]) -> Aged:
        """The next in turn: one whose sessions are always busy must not keep others from being replaced."""
        self._tried &= {(one.browser, one.group) for one in aged}  # what is no longer due is forgotten
        untried = [one for one in aged if (one.browser, one.group) not in self._tried]
        if not untried:
            self._tried.clear()
        one = (untried or aged)[0]
        self._tried.add((one.browser, one.group))
        return one

    def may_move(self, session_ids: Sequence[str]) -> bool:
        """Whether these sessions have no instruction under way, none has ended, and no end is pending."""
        sessions = (self._store.get(session_id) for session_id in session_ids)
        return not self._ends() and all(
            session is not None and session.ended is None and not _open(session) for session in sessions
        )

    def _ends(self) -> bool:
        return any(isinstance(one, EndSession) for session in self._store for one in _open(session))


def _open(session: Session) -> list[object]:
    """The instructions that have no outcome yet."""
    return [entry.order.instruction for entry in session.ledger if not settled(entry)]
