"""The single writer: what the hosting reports and what clients ask for becomes the sessions' state."""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from browser_host.api.peer import RULE, Peer
from browser_host.browsers import reports
from browser_host.browsers.hosting import Hosting
from browser_host.browsers.log import Log
from browser_host.errors import Refused, UnknownSession
from browser_host.protocol.reader import read
from browser_host.secrets import WatchLink
from browser_host.sessions import happenings
from browser_host.sessions.changes import Change
from browser_host.sessions.instant import Clock
from browser_host.sessions.session import Fault, Session, Source
from browser_host.supervisor import rehosting
from browser_host.supervisor.agenda import Agenda
from browser_host.supervisor.dispatch import Dispatch
from browser_host.supervisor.feed import Feed
from browser_host.supervisor.fleet import Fleet
from browser_host.supervisor.identity import Identities
from browser_host.supervisor.rules import Rules
from browser_host.supervisor.scribe import Scribe

LABEL_LIMIT = 120
"""Characters of a label."""

LAST_WORDS_S = 1.0
"""Seconds for a page's word of its end to come after the news that its frame went elsewhere: they travel
different ways inside the browser, and either may be first."""

JUDGE_EVERY_S = 1.0
"""Seconds between two looks at who became stale."""


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session to be hosted.

    Args:
        label: at most `LABEL_LIMIT` characters; an empty one becomes the id.
        visitor: the visitor's short id, or None.
    """

    link: WatchLink
    source: Source
    label: str = ""
    visitor: str | None = None


@dataclass(slots=True)
class _Held:
    """What the supervisor keeps of a session beside its state: its secret, and how its hosting went."""

    link: WatchLink
    tries: rehosting.Tries


class Supervisor:
    """Puts the rooms together.

    Every report and every command runs to its end on the event loop before the next begins; a report
    that comes in the middle of one waits in the queue. So there is one writer, and no lock.
    """

    def __init__(
        self,
        hosting: Hosting,
        rules: Rules,
        identities: Identities,
        *,
        feed: Feed,
        clock: Clock,
        log: Log,
        scribe: Scribe,
    ) -> None:
        self._hosting = hosting
        self._rules = rules
        self._identities = identities
        self._feed = feed
        self._clock = clock
        self._log = log
        self._scribe = scribe
        self._agenda = Agenda(asyncio.get_running_loop())
        self._held: dict[str, _Held] = {}
        self._queue: deque[reports.Report] = deque()
        self._draining = False
        self.fleet = Fleet(feed, clock, rules.stale, self._observe)
        self.dispatch = Dispatch(self.fleet, hosting, self._agenda, clock)
        self._agenda.after(JUDGE_EVERY_S, self._judge)

    def receive(self, report: reports.Report) -> None:
        """Takes a report of the hosting."""
        self._queue.append(report)
        if self._draining:
            return
        self._draining = True
        try:
            while self._queue:
                self._handle(self._queue.popleft())
        finally:
            self._draining = False

    def add(self, new: NewSession, by: Peer = RULE) -> str:
        """Hosts one more session and returns its id.

        Raises:
            Refused: the host holds as many as it takes, or holds this link already.
        """
        if len(self.fleet) >= self._rules.max_sessions:
            raise Refused(f"this host takes {self._rules.max_sessions} sessions; remove some first")
        twin = next((i for i, held in self._held.items() if held.link == new.link), None)
        if twin is not None:
            raise Refused(f"this watch link is hosted already, as {twin}")
        session_id = self._identities.identify(new.visitor or new.link.reveal(), self.fleet)
        self._held[session_id] = _Held(new.link, rehosting.Tries())
        self.fleet.add(
            Session(
                id=session_id,
                label=new.label[:LABEL_LIMIT] or session_id,
                source=new.source,
                link=new.link.fingerprint,
                visitor=new.visitor,
                added_at=self._clock(),
            )
        )
        self._log.info("session.added", id=session_id, link=new.link.fingerprint, source=new.source.value)
        self._scribe.acted(by, "session.added", self.fleet.get(session_id), f"link {new.link.fingerprint}")
        self._open(session_id)
        return session_id

    def remove(self, session_id: str, by: Peer = RULE) -> None:
        """Forgets a session without ending it.

        Raises:
            UnknownSession: there is none with this id.
        """
        self.require([session_id])
        self._hosting.release(session_id)
        del self._held[session_id]
        session = self.fleet.remove(session_id)
        self.dispatch.forget(session)
        self._scribe.forget(session_id)
        self._scribe.acted(by, "session.removed", session)
        self._log.info("session.removed", id=session_id)

    def require(self, ids: Sequence[str]) -> list[Session]:
        """The sessions with these ids, each once, in their order.

        Raises:
            UnknownSession: there is none with one of the ids; nothing is done for the others either.
        """
        unknown = [session_id for session_id in ids if session_id not in self.fleet]
        if unknown:
            raise UnknownSession(f"no session has the id {', '.join(unknown)}; nothing was done")
        found = (self.fleet.get(session_id) for session_id in dict.fromkeys(ids))
        return [session for session in found if session is not None]

    def require_writable(self, peer: Peer) -> None:
        """Refuses a change where the configuration does.

        Raises:
            Refused: the host is read-only.
        """
        if self._rules.read_only:
            self._log.warning("refused.read_only", by=peer.name, client=peer.client)
            raise Refused("this host is read-only: it changes no session (host.read_only)")

    def close(self) -> None:
        """Stops the clockwork and ends the feed; the hosting is closed by whoever made it."""
        self._agenda.close()
        self._feed.close()

    def _handle(self, report: reports.Report) -> None:  # noqa: C901, PLR0912 - one case for each report
        match report:
            case reports.MessageReceived(session_id, data, after):
                event = read(data, self._rules.paths)
                self.fleet.apply(session_id, happenings.Spoke(event, after))
            case reports.MessagesDropped(session_id, count):
                self.fleet.apply(session_id, happenings.MessagesDropped(count))
            case reports.MessagesRefused(session_id, count):
                self.fleet.apply(session_id, happenings.Violated(count))
            case reports.SessionOpened(session_id, page):
                self._opened(session_id, page)
            case reports.SessionBlocked(session_id, fault):
                self._failed(session_id, happenings.Blocked(fault), fault)
            case reports.SessionsLost(session_ids, fault):
                for session_id in session_ids:
                    self._failed(session_id, happenings.PageLost(fault), fault)
            case reports.SessionsUnresponsive(session_ids):
                for session_id in session_ids:
                    self.fleet.apply(session_id, happenings.PageHung())
            case reports.SessionsResponsive(session_ids):
                for session_id in session_ids:
                    self.fleet.apply(session_id, happenings.PageAnswered())
            case reports.SessionLeft(session_id, origin):
                self._left(session_id, origin)
            case reports.InstructionPosted(session_id, number):
                self.dispatch.posted(session_id, number)
            case reports.InstructionNotPosted(session_id, number, text):
                self.dispatch.not_posted(session_id, number, text)
            case reports.InstructionUncertain(session_id, number, text):
                self.dispatch.uncertain(session_id, number, text)
            case reports.BrowserStarted(number, name, version):
                self._log.info("browser.started", number=number, name=name, version=version)
                self._publish("browser.started", {"browser": number, "name": name, "version": version})
            case reports.BrowserLost(number, text):
                self._log.warning("browser.lost", number=number, text=text)
                self._publish("browser.lost", {"browser": number, "text": text})

    def _publish(self, kind: str, fields: dict[str, Any]) -> None:
        self._feed.publish(kind, None, self._clock(), fields)

    def _open(self, session_id: str) -> None:
        held = self._held.get(session_id)
        if held is not None:
            self._hosting.open(session_id, held.link, held.tries.placing)

    def _opened(self, session_id: str, page: int) -> None:
        held = self._held.get(session_id)
        if held is not None:
            held.tries = rehosting.opened(held.tries, self._clock().mono)
            self.fleet.apply(session_id, happenings.Opened(page))

    def _failed(self, session_id: str, happening: happenings.Happening, fault: Fault) -> None:
        session = self.fleet.apply(session_id, happening)
        held = self._held.get(session_id)
        if session is None or held is None or session.ended is not None:
            return
        held.tries, delay = rehosting.failed(held.tries, fault, self._clock().mono)
        self._log.warning("session.failed", id=session_id, code=fault.code.value, again_in_s=delay)
        if delay is not None:
            tries = held.tries
            self._agenda.after(delay, lambda: self._reopen(session_id, tries))

    def _reopen(self, session_id: str, tries: rehosting.Tries) -> None:
        held = self._held.get(session_id)
        if held is None or held.tries is not tries:
            return  # removed, or tried anew, meanwhile
        self.fleet.apply(session_id, happenings.Requeued())
        self._open(session_id)

    def _left(self, session_id: str, origin: str) -> None:
        self._log.info("session.left", id=session_id, origin=origin)
        session = self.fleet.get(session_id)
        if session is not None and not self._let_go(session_id, session.page):
            page = session.page
            self._agenda.after(LAST_WORDS_S, lambda: self._let_go(session_id, page))

    def _let_go(self, session_id: str, page: int | None) -> bool:
        """Takes the frame of a session that ended in this page away; whether it had ended."""
        session = self.fleet.get(session_id)
        if session is None or session.ended is None or session.page != page:
            return False
        self._hosting.release(session_id)
        self.fleet.apply(session_id, happenings.FrameReleased())
        return True

    def _observe(self, session: Session, changes: tuple[Change, ...]) -> None:
        self._scribe.observe(session, changes)
        self.dispatch.observe(session, changes)

    def _judge(self) -> None:
        self.fleet.judge_all()
        self._scribe.tick()
        keep = self._rules.keep_ended_s
        now = self._clock()
        if keep is not None:
            endings = [(session.id, session.ended) for session in self.fleet]
            for session_id, ended in endings:
                if ended is not None and now.seconds_since(ended.at) >= keep:
                    self.remove(session_id)
        self._agenda.after(JUDGE_EVERY_S, self._judge)
