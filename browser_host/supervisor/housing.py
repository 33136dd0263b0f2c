"""Keeping sessions hosted: a link where one must be asked for, a page, and another try where that failed."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

from browser_host.browsers.hosting import Hosting, Placing
from browser_host.browsers.log import Log
from browser_host.secrets import WatchLink
from browser_host.sessions import happenings
from browser_host.sessions.instant import Clock
from browser_host.sessions.session import ErrorCode, Fault
from browser_host.sessions.session import Hosting as State
from browser_host.supervisor import rehosting, suspicion
from browser_host.supervisor.agenda import Agenda
from browser_host.supervisor.fleet import Fleet
from browser_host.supervisor.rest import LATER_S, LinkWanted, Rest

LAST_WORDS_S = 1.0
"""Seconds for a page's word of its end to come after the news that its frame went elsewhere: they travel
different ways inside the browser, and either may be first."""


@dataclass(slots=True)
class _Held:
    """What is kept of a session beside its state: its secret, and how its hosting went."""

    link: WatchLink | None
    tries: rehosting.Tries


class Housing:
    """Holds the links, and decides when a session is opened, opened again, or let go.

    Args:
        rest: asks the service for links, or None where there is no key.
    """

    def __init__(  # noqa: PLR0917 - the rooms that a hosted session touches
        self, fleet: Fleet, hosting: Hosting, rest: Rest | None, agenda: Agenda, clock: Clock, log: Log
    ) -> None:
        self._fleet = fleet
        self._hosting = hosting
        self._rest = rest
        self._agenda = agenda
        self._clock = clock
        self._log = log
        self._held: dict[str, _Held] = {}
        self._groups = itertools.count(1)

    def holder_of(self, link: WatchLink) -> str | None:
        """The id of the session that has this link, or None."""
        return next((one for one, held in self._held.items() if held.link == link), None)

    def take_in(self, session_id: str, link: WatchLink | None) -> None:
        """Hosts a session that the fleet has just taken in."""
        self._held[session_id] = _Held(link, rehosting.Tries())
        self._open(session_id)

    def release(self, session_id: str) -> None:
        """Gives up a session's page and forgets its link."""
        self._hosting.release(session_id)
        self._held.pop(session_id, None)

    def opened(self, session_id: str, page: int) -> None:
        """The session has an iframe."""
        held = self._held.get(session_id)
        if held is not None:
            held.tries = rehosting.opened(held.tries, self._clock().mono)
            self._fleet.apply(session_id, happenings.Opened(page))

    def failed(self, session_id: str, fault: Fault) -> None:
        """The session could not be shown; it is tried again where that may help."""
        held = self._held.get(session_id)
        session = self._fleet.apply(session_id, happenings.Blocked(fault))
        if session is None or held is None or session.ended is not None:
            return
        held.tries, delay = rehosting.failed(held.tries, fault, self._clock().mono)
        if fault.code is ErrorCode.HTTP_STATUS and self._rest is not None and session.visitor is not None:
            # The service refused the link: another one is asked for, at the pace of the links' own ceilings.
            held.link, delay = None, rehosting.LOST_DELAYS_S[0]
        self._try_again(session_id, held, delay, fault)

    def fell(self, session_ids: Sequence[str], fault: Fault) -> None:
        """A page is gone with these sessions in it: all are tried again, suspects apart from the others."""
        now = self._clock().mono
        tries = {
            session_id: rehosting.failed(self._held[session_id].tries, fault, now)
            for session_id in session_ids
            if session_id in self._held
        }
        verdict = suspicion.judge([(session_id, tried) for session_id, (tried, _) in tries.items()], fault)
        apart = {
            session_id: placing
            for half, opens in zip(verdict.halves, verdict.opens_after, strict=True)
            for placing in [Placing(next(self._groups), opens)]
            for session_id in half
        }
        for session_id, (tried, delay) in tries.items():
            held, told = self._held[session_id], fault
            held.tries = replace(tried, placing=apart.get(session_id, tried.placing))
            if session_id == verdict.guilty:
                held.tries = replace(held.tries, alone=tried.alone + 1)
                delay = verdict.again_in_s  # noqa: PLW2901 - what all others wait is not for the guilty one
                told = suspicion.found_guilty(fault, delay)
            session = self._fleet.apply(session_id, happenings.PageLost(told))
            if session is not None and session.ended is None:
                self._try_again(session_id, held, delay, told)

    def given_up(self, session_ids: Sequence[str], fault: Fault) -> None:
        """There is no browser for these sessions, and none will come by itself."""
        for session_id in session_ids:
            self._fleet.apply(session_id, happenings.PageLost(fault))

    def retry(self, session_ids: Sequence[str]) -> Sequence[str]:
        """Tries those at once that wait to be tried again, or were given up; returns their ids."""
        waiting = [one for one in session_ids if self._waits(one)]
        for session_id in waiting:
            held = self._held[session_id]
            held.tries = tries = replace(held.tries, failures=0)
            self._reopen(session_id, tries)
        return waiting

    def linked(self, session_id: str, link: WatchLink) -> None:
        """The service made a watch link for the session's visitor."""
        held = self._held.get(session_id)
        if held is not None:
            held.link = link
            self._fleet.apply(session_id, happenings.LinkReplaced(link.fingerprint))
            self._open(session_id)

    def not_linked(self, session_id: str, text: str, again_in_s: float | None) -> None:
        """The service made none.

        Args:
            again_in_s: seconds after which to ask again, or None for never.
        """
        held = self._held.get(session_id)
        if held is not None:
            self._fleet.apply(session_id, happenings.Blocked(Fault(ErrorCode.LINK_REFUSED, text)))
            self._try_again(session_id, held, again_in_s, Fault(ErrorCode.LINK_REFUSED, text))

    def left(self, session_id: str, origin: str) -> None:
        """The session's frame went to another origin: after the end, it is let go."""
        self._log.info("session.left", id=session_id, origin=origin)
        session = self._fleet.get(session_id)
        if session is not None and not self._let_go(session_id, session.page):
            page = session.page
            self._agenda.after(LAST_WORDS_S, lambda: self._let_go(session_id, page))

    def let_go(self, session_id: str) -> None:
        """Takes the frame of a session away that has ended."""
        session = self._fleet.get(session_id)
        if session is not None:
            self._let_go(session_id, session.page)

    def _open(self, session_id: str) -> None:
        held, session = self._held.get(session_id), self._fleet.get(session_id)
        if held is None or session is None:
            return
        if held.link is not None:
            self._hosting.open(session_id, held.link, held.tries.placing)
        elif (
            self._rest is None
            or session.visitor is None
            or not self._rest.want(LinkWanted(session_id, session.visitor))
        ):
            self.not_linked(session_id, "too many watch links are being asked for already", LATER_S)

    def _waits(self, session_id: str) -> bool:
        session = self._fleet.get(session_id)
        return (
            session is not None
            and session_id in self._held
            and session.ended is None
            and session.hosting in {State.LOST, State.BLOCKED}
        )

    def _try_again(self, session_id: str, held: _Held, delay: float | None, fault: Fault) -> None:
        self._log.warning("session.failed", id=session_id, code=fault.code.value, again_in_s=delay)
        held.tries = tries = replace(held.tries)  # a try that is noted already is void
        if delay is not None:
            self._agenda.after(delay, lambda: self._reopen(session_id, tries))

    def _reopen(self, session_id: str, tries: rehosting.Tries) -> None:
        held = self._held.get(session_id)
        if held is None or held.tries is not tries:
            return  # removed, or tried anew, meanwhile
        self._fleet.apply(session_id, happenings.Requeued())
        self._open(session_id)

    def _let_go(self, session_id: str, page: int | None) -> bool:
        """Takes the frame of a session that ended in this page away; whether it had ended."""
        session = self._fleet.get(session_id)
        if session is None or session.ended is None or session.page != page:
            return False
        self._hosting.release(session_id)
        self._fleet.apply(session_id, happenings.FrameReleased())
        return True
