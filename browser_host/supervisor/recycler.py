"""When old pages and browsers are replaced: under no instruction that is on its way, and in no plan."""

from collections.abc import Callable, Sequence

from browser_host.browsers.hosting import Aged, Hosting
from browser_host.protocol.instructions import EndSession
from browser_host.sessions.ledger_rules import settled
from browser_host.sessions.session import Session
from browser_host.supervisor.agenda import Agenda
from browser_host.supervisor.fleet import Fleet

LOOK_EVERY_S = 15.0


class Recycler:
    """Has the hosting replace what is due, one at a time.

    Args:
        let_go: takes the frame of an ended session away; such a one is not opened again by a move.
    """

    def __init__(
        self, fleet: Fleet, hosting: Hosting, agenda: Agenda, let_go: Callable[[str], object]
    ) -> None:
        self._fleet = fleet
        self._hosting = hosting
        self._agenda = agenda
        self._let_go = let_go
        self._tried: set[tuple[int, int | None]] = set()
        agenda.after(LOOK_EVERY_S, self.look)

    def look(self) -> None:
        """Replaces what is due, where nothing speaks against it now."""
        self._agenda.after(LOOK_EVERY_S, self.look)
        aged = self._hosting.aged()
        if not aged or self._ends():
            return
        one = self._next(aged)
        for session_id in one.sessions:
            self._let_go(session_id)
        self._hosting.recycle(one, self.may_move)

    def _next(self, aged: Sequence[Aged]) -> Aged:
        """In turn: one whose sessions are never at rest must not keep all others from being replaced."""
        self._tried &= {(one.browser, one.page) for one in aged}  # what is due no more is forgotten
        untried = [one for one in aged if (one.browser, one.page) not in self._tried]
        if not untried:
            self._tried.clear()
        one = (untried or aged)[0]
        self._tried.add((one.browser, one.page))
        return one

    def may_move(self, session_ids: Sequence[str]) -> bool:
        """Whether nothing is on its way to these sessions, none of them has ended, and no end is pending."""
        sessions = (self._fleet.get(session_id) for session_id in session_ids)
        return not self._ends() and all(
            session is not None and session.ended is None and not _open(session) for session in sessions
        )

    def _ends(self) -> bool:
        return any(isinstance(one, EndSession) for session in self._fleet for one in _open(session))


def _open(session: Session) -> list[object]:
    """The instructions whose fate is not known yet."""
    return [entry.order.instruction for entry in session.ledger if not settled(entry)]
