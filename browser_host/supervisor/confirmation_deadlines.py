"""The deadlines for pages to confirm instructions, and what happens after them."""

from collections.abc import Callable
from functools import partial

from browser_host.sessions.clock import Clock
from browser_host.sessions.ledger import Via
from browser_host.sessions.rules.ledger_rules import find, next_deadline, overdue_ends
from browser_host.sessions.session import Session
from browser_host.sessions.session_events import InstructionRerouted, TimePassed
from browser_host.supervisor.scheduler import Scheduler
from browser_host.supervisor.session_store import SessionStore

RESOLUTION_S = 0.02
"""Least seconds between two checks of a ledger."""

ASK_SERVICE_WITHIN_S = 30.0
"""Seconds that an end waits for its turn to go to the service; after that it is unconfirmed."""


class ConfirmationDeadlines:
    """Reports instructions as unconfirmed after their deadline, except ends that go to the service.

    Args:
        escalate: called once with each end that its page did not confirm in time; returns whether the service
            will be asked. Then `asked` and `answered`, or only `answered`, are called.
    """

    def __init__(
        self,
        store: SessionStore,
        scheduler: Scheduler,
        clock: Clock,
        escalate: Callable[[Session, int], bool],
    ) -> None:
        self._store = store
        self._scheduler = scheduler
        self._clock = clock
        self._escalate = escalate
        self._escalated: set[int] = set()

    def watch(self, session_id: str) -> None:
        """Check a session's ledger when its next deadline has passed."""
        session = self._store.get(session_id)
        deadline = next_deadline(session, self._escalated) if session is not None else None
        if deadline is not None:
            look = max(deadline, self._clock().mono + RESOLUTION_S)
            self._scheduler.at(look, lambda: self._look_at(session_id))

    def asked(self, session_id: str, number: int) -> None:
        """Note that the service is being asked to end the session."""
        text = "the page did not confirm it; the service was asked"
        self._store.apply(session_id, InstructionRerouted(number, Via.REST, text))

    def answered(self, session_id: str, number: int, via: Via, text: str) -> None:
        """Note that the service answered, or was not asked: the page has until its new deadline, or none.

        Args:
            via: `REST` if the service was asked.
        """
        self._escalated.discard(number)
        self._store.apply(session_id, InstructionRerouted(number, via, text))
        self._time_passed(session_id)

    def _look_at(self, session_id: str) -> None:
        session = self._store.get(session_id)
        if session is None:
            return
        for entry in overdue_ends(session, self._clock()):
            number = entry.order.number
            if number not in self._escalated and self._escalate(session, number):
                self._escalated.add(number)
                give_up = partial(self._not_asked_in_time, session_id, number)
                self._scheduler.after(ASK_SERVICE_WITHIN_S, give_up)
        self._time_passed(session_id)

    def _time_passed(self, session_id: str) -> None:
        self._store.apply(session_id, TimePassed(frozenset(self._escalated)))
        self.watch(session_id)

    def _not_asked_in_time(self, session_id: str, number: int) -> None:
        session = self._store.get(session_id)
        entry = find(session, number) if session is not None and number in self._escalated else None
        if entry is not None and entry.via is Via.PAGE:
            self.answered(session_id, number, Via.PAGE, "the service could not be asked in time")
