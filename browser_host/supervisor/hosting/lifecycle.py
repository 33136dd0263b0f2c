"""Keep sessions hosted: request a link if one is needed, open a page, and retry after failures."""

import itertools
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace

from browser_host.bridge.events import LossCause
from browser_host.browsers.interface import Placing, SessionHost
from browser_host.browsers.log import Log
from browser_host.secrets import WatchLink
from browser_host.sessions import session_events
from browser_host.sessions.browser_state import LOCAL
from browser_host.sessions.clock import Clock, Instant
from browser_host.sessions.ledger import EntryState
from browser_host.sessions.rules.ledger_rules import pending_end
from browser_host.sessions.session import ErrorCode, Fault
from browser_host.sessions.session import Hosting as State
from browser_host.supervisor.hosting import bisect, retry_policy
from browser_host.supervisor.scheduler import Scheduler
from browser_host.supervisor.session_store import SessionStore
from browser_host.supervisor.upscope_worker import LATER_S, LinkWanted, UpscopeWorker

LAST_WORDS_S = 1.0
"""Seconds to wait for a page's last messages after its frame loaded another document: the two take different
ways through the browser, and either may arrive first."""

FLOODED = "which this session flooded"
ALONE = "with no other session in it"
"""How a session is known to be the cause."""


@dataclass(slots=True)
class _Held:
    """What is kept of a session besides its state: its secret link, and its tries."""

    link: WatchLink | None
    tries: retry_policy.Tries
    asked: LinkWanted | None = None


@dataclass(frozen=True, slots=True)
class _LastWords:
    """A page that was replaced, while its last messages may still arrive.

    Args:
        opened_at: when it was opened, which identifies the page among those of its session.
    """

    session_id: str
    opened_at: Instant | None
    origin: str
    fault: Fault


class SessionLifecycle:
    """Holds the links, and decides when a session is opened, reopened, or released.

    Args:
        rest: requests links from the service, or None without a key.
    """

    def __init__(  # noqa: PLR0917 - what hosting a session involves
        self,
        store: SessionStore,
        hosting: SessionHost,
        rest: UpscopeWorker | None,
        scheduler: Scheduler,
        clock: Clock,
        log: Log,
    ) -> None:
        self._store = store
        self._hosting = hosting
        self._rest = rest
        self._scheduler = scheduler
        self._clock = clock
        self._log = log
        self._held: dict[str, _Held] = {}
        self._cohorts = itertools.count(1)

    def holder_of(self, link: WatchLink) -> str | None:
        """The id of the session that has this link, or None."""
        return next((one for one, held in self._held.items() if held.link == link), None)

    def take_in(self, session_id: str, link: WatchLink | None) -> None:
        """Host a session that was just added to the store."""
        self._held[session_id] = _Held(link, retry_policy.Tries())
        self._open(session_id)

    def release(self, session_id: str) -> None:
        """Release a session's page and forget its link."""
        self._hosting.release(session_id)
        self._held.pop(session_id, None)

    def opened(self, session_id: str, group: int, endpoint: str = LOCAL) -> None:
        """Note that the session has a page in a group."""
        held = self._held.get(session_id)
        if held is not None:
            held.tries = retry_policy.opened(held.tries, self._clock().mono)
            self._store.apply(session_id, session_events.Opened(group, endpoint))

    def failed(self, session_id: str, fault: Fault) -> None:
        """Note that the session could not be shown, and retry if that may help."""
        held = self._held.get(session_id)
        lost = fault.code is ErrorCode.PAGE_REPLACED
        event = session_events.PageLost(fault) if lost else session_events.Blocked(fault)
        session = self._store.apply(session_id, event)
        if session is None or held is None or session.ended is not None:
            return
        held.tries, delay = retry_policy.failed(held.tries, fault, self._clock().mono)
        if fault.code is ErrorCode.HTTP_STATUS and self._rest is not None and session.visitor is not None:
            # The service refused the link: request another one, within the ceilings for links.
            held.link, delay = None, retry_policy.LOST_DELAYS_S[0]
        self._try_again(session_id, held, delay, fault)

    def lost(
        self, session_ids: Sequence[str], fault: Fault, cause: LossCause, flooding: Container[str] = ()
    ) -> None:
        """Retry the sessions of a lost process; those that may be the cause get processes of their own.

        Args:
            flooding: the sessions that are known to flood.
        """
        now = self._clock().mono
        tries = {
            session_id: retry_policy.failed(self._held[session_id].tries, fault, now)
            for session_id in session_ids
            if session_id in self._held
        }
        lost = [(session_id, tried) for session_id, (tried, _) in tries.items()]
        bisection = bisect.bisect(lost, cause, flooding)
        apart = {
            session_id: placing
            for half, opens in zip(bisection.halves, bisection.opens_after, strict=True)
            for placing in [Placing(next(self._cohorts), opens)]
            for session_id in half
        }
        for session_id, (tried, delay) in tries.items():
            held, told = self._held[session_id], fault
            held.tries = replace(tried, placing=apart.get(session_id, tried.placing))
            if session_id in bisection.culprits:
                held.tries = replace(held.tries, alone=tried.alone + 1)
                delay = bisection.culprits[session_id]  # noqa: PLW2901 - a culprit waits longer than the others
                why = FLOODED if session_id in flooding else ALONE
                told = bisect.culprit_fault(fault, why, delay)
                self._log.warning("session.isolated", id=session_id, why=told.text)
            session = self._store.apply(session_id, session_events.PageLost(told))
            if session is not None and session.ended is None:
                self._try_again(session_id, held, delay, told)

    def relieve(self, flooding: Iterable[str]) -> None:
        """Isolate the flooding sessions that keep their shared process from answering."""
        for session_id in flooding:
            session, held = self._store.get(session_id), self._held.get(session_id)
            if session is None or held is None or session.hosting is not State.UNRESPONSIVE:
                continue
            if all(other.process != session.process or other.id == session_id for other in self._store):
                continue
            again_in_s = bisect.apart_for(held.tries)
            fault = bisect.culprit_fault(
                Fault(ErrorCode.PAGE_HUNG, "its process stopped answering"), FLOODED, again_in_s
            )
            placing = Placing(next(self._cohorts), None)
            held.tries = replace(held.tries, alone=held.tries.alone + 1, placing=placing)
            self._log.warning("session.isolated", id=session_id, why=fault.text)
            self._hosting.release(session_id)
            self._store.apply(session_id, session_events.PageLost(fault))
            self._try_again(session_id, held, again_in_s, fault)

    def given_up(self, session_ids: Sequence[str], fault: Fault) -> None:
        """Mark sessions lost for which there is no browser, and none will be started without a request."""
        for session_id in session_ids:
            self._store.apply(session_id, session_events.PageLost(fault))

    def retry(self, session_ids: Sequence[str]) -> Sequence[str]:
        """Retry at once the sessions that wait for their next try, or were given up; return their ids."""
        waiting = [one for one in session_ids if self._waits(one)]
        for session_id in waiting:
            held = self._held[session_id]
            held.tries = tries = replace(held.tries, failures=0)
            self._reopen(session_id, tries)
        return waiting

    def linked(self, wanted: LinkWanted, link: WatchLink) -> None:
        """Open a session with the watch link that the service created, unless it was removed meanwhile."""
        held = self._asking(wanted)
        if held is None:
            facts = {"id": wanted.session_id, "link": link.fingerprint}
            self._log.warning("link.dropped", **facts, why="its session was removed during the request")
            return
        held.link = link
        self._store.apply(wanted.session_id, session_events.LinkReplaced(link.fingerprint))
        self._open(wanted.session_id)

    def not_linked(self, wanted: LinkWanted, text: str, again_in_s: float | None) -> None:
        """Note that the service created no link.

        Args:
            again_in_s: seconds after which to ask again, or None for never.
        """
        held = self._asking(wanted)
        if held is not None:
            self._refused_link(wanted.session_id, held, text, again_in_s)

    def _asking(self, wanted: LinkWanted) -> _Held | None:
        """The session that waits for this answer; one that was added again waits for another."""
        held = self._held.get(wanted.session_id)
        if held is None or held.asked is not wanted:
            return None
        held.asked = None
        return held

    def _refused_link(self, session_id: str, held: _Held, text: str, again_in_s: float | None) -> None:
        fault = Fault(ErrorCode.LINK_REFUSED, text)
        self._store.apply(session_id, session_events.Blocked(fault))
        self._try_again(session_id, held, again_in_s, fault)

    def replaced(self, session_id: str, origin: str, fault: Fault | None) -> None:
        """Reopen a session whose page has another document, or release it if it had ended.

        Args:
            fault: why it must be reopened, or None if the page reloaded itself and may continue.
        """
        session = self._store.get(session_id)
        if session is None:
            return
        if fault is None:
            told = session_events.DocumentReplaced(origin, "the page loaded another document of its origin")
            self._store.apply(session_id, told)
        elif not self._let_go(session_id, session.process):
            self._log.info("session.replaced", id=session_id, origin=origin, code=fault.code.value)
            last = _LastWords(session_id, session.opened_at, origin, fault)
            self._scheduler.after(LAST_WORDS_S, lambda: self._replace(last))

    def let_go(self, session_id: str) -> None:
        """Remove the frame of an ended session."""
        session = self._store.get(session_id)
        if session is not None:
            self._let_go(session_id, session.process)

    def _replace(self, last: "_LastWords") -> None:
        session = self._store.get(last.session_id)
        if (
            session is None
            or session.opened_at != last.opened_at
            or self._let_go(session.id, session.process)
        ):
            return
        end = pending_end(session)
        if end is not None and end.state is EntryState.SENT:
            # A page navigates away after its end, and may report it late: reopened, it would start over.
            self._scheduler.after(LAST_WORDS_S, lambda: self._replace(last))
            return
        self._hosting.release(session.id)
        self._store.apply(session.id, session_events.DocumentReplaced(last.origin, last.fault.text))
        self.failed(session.id, last.fault)

    def _open(self, session_id: str) -> None:
        held, session = self._held.get(session_id), self._store.get(session_id)
        if held is None or session is None:
            return
        if held.link is not None:
            self._hosting.open(session_id, held.link, held.tries.placing)
            return
        if self._rest is not None and session.visitor is not None:
            held.asked = LinkWanted(session_id, session.visitor, lambda: self._held.get(session_id) is held)
            if self._rest.want(held.asked):
                return
        self._refused_link(session_id, held, "too many requests for watch links are under way", LATER_S)

    def _waits(self, session_id: str) -> bool:
        session = self._store.get(session_id)
        return (
            session is not None
            and session_id in self._held
            and session.ended is None
            and session.hosting in {State.LOST, State.BLOCKED}
        )

    def _try_again(self, session_id: str, held: _Held, delay: float | None, fault: Fault) -> None:
        self._log.warning("session.failed", id=session_id, code=fault.code.value, again_in_s=delay)
        held.tries = tries = replace(held.tries)  # cancels a retry that is already scheduled
        if delay is not None:
            self._scheduler.after(delay, lambda: self._reopen(session_id, tries))

    def _reopen(self, session_id: str, tries: retry_policy.Tries) -> None:
        held = self._held.get(session_id)
        if held is None or held.tries is not tries:
            return  # removed or retried meanwhile
        self._store.apply(session_id, session_events.Requeued())
        self._open(session_id)

    def _let_go(self, session_id: str, process: int | None) -> bool:
        """Remove the frame of a session that ended in this process; return whether it had ended."""
        session = self._store.get(session_id)
        if session is None or session.ended is None or session.process != process:
            return False
        self._hosting.release(session_id)
        self._store.apply(session_id, session_events.FrameReleased())
        return True
