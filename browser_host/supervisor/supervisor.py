"""The single writer: what the hosting reports and what clients ask for becomes the sessions' state."""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from browser_host.api.peer import RULE, Peer
from browser_host.api.schema import RESYNC
from browser_host.browsers import reports
from browser_host.browsers.hosting import Hosting
from browser_host.browsers.log import Log
from browser_host.errors import Refused, UnknownSession
from browser_host.protocol.reader import read
from browser_host.sessions import happenings
from browser_host.sessions.changes import Change
from browser_host.sessions.instant import Clock
from browser_host.sessions.session import LABEL_LIMIT, ErrorCode, Fault, Session
from browser_host.supervisor import answers, traces
from browser_host.supervisor.agenda import Agenda
from browser_host.supervisor.dispatch import Dispatch
from browser_host.supervisor.feed import Feed
from browser_host.supervisor.fleet import Fleet
from browser_host.supervisor.floods import Floods
from browser_host.supervisor.housing import Housing
from browser_host.supervisor.identity import Identities
from browser_host.supervisor.new_session import NewSession
from browser_host.supervisor.recovery import Past
from browser_host.supervisor.recycler import Recycler
from browser_host.supervisor.rest import NO_SERVICE, EndWanted, Rest
from browser_host.supervisor.rules import RulesInForce
from browser_host.supervisor.scribe import Scribe
from browser_host.supervisor.tallies import Tallies

JUDGE_EVERY_S = 1.0
"""Seconds between two looks at who became stale."""


class Supervisor:
    """Puts the rooms together.

    Every report and every command runs to its end on the event loop before the next begins; a report
    that comes in the middle of one waits in the queue. So there is one writer, and no lock.

    Args:
        judged: called each time that all sessions were looked through, every `JUDGE_EVERY_S`.
    """

    def __init__(
        self,
        hosting: Hosting,
        rules: RulesInForce,
        identities: Identities,
        *,
        feed: Feed,
        clock: Clock,
        log: Log,
        scribe: Scribe,
        rest: Rest | None = None,
        judged: Callable[[], None] = lambda: None,
    ) -> None:
        self._hosting = hosting
        self._rules = rules
        self._identities = identities
        self._feed = feed
        self._clock = clock
        self._log = log
        self._scribe = scribe
        self._rest = rest
        self._judged = judged
        self._agenda = Agenda(asyncio.get_running_loop())
        self._queue: deque[reports.Report | answers.Answer] = deque()
        self._draining = False
        self._pasts: dict[str, Past] = {}
        self.fleet = Fleet(feed, clock, rules, self._observe)
        self.dispatch = Dispatch(self.fleet, hosting, self._agenda, clock, self._ask_service)
        self.floods = Floods()
        self.tallies = Tallies()
        self.given_up: str | None = None
        """Why no browser is started any more, in plain words, until somebody says that it may be."""
        self.housing = Housing(self.fleet, hosting, rest, self._agenda, clock, log)
        self.recycler = Recycler(self.fleet, hosting, self._agenda, self.housing.let_go)
        self._agenda.after(JUDGE_EVERY_S, self._judge)

    def receive(self, report: reports.Report | answers.Answer) -> None:
        """Takes a report of the hosting, or an answer of the REST service."""
        self._queue.append(report)
        if self._draining:
            return
        self._draining = True
        try:
            while self._queue:
                taken = self._queue.popleft()
                self.tallies.reported(taken)
                self._handle(taken)
        finally:
            self._draining = False

    def recall(self, pasts: Mapping[str, Past]) -> None:
        """What a host before this one sent to sessions, by id: each has it again once it is hosted again."""
        self._pasts.update(pasts)

    def add(self, new: NewSession, by: Peer = RULE) -> str:
        """Hosts one more session and returns its id.

        Raises:
            Refused: the host holds as many as it takes, or holds this link already.
        """
        if len(self.fleet) >= self._rules.now.max_sessions:
            raise Refused(f"this host takes {self._rules.now.max_sessions} sessions; remove some first")
        if new.link is None and (new.visitor is None or self._rest is None):
            raise Refused(NO_SERVICE)
        if (twin := self.holder_of(new)) is not None:
            raise Refused(f"this {'watch link' if new.link else 'visitor'} is hosted already, as {twin}")
        session_id = self._identities.identify(new.identity, self.fleet)
        past = self._pasts.pop(session_id, Past())
        session = Session(
            id=session_id,
            label=new.label[:LABEL_LIMIT] or session_id,
            source=new.source,
            link=new.link.fingerprint if new.link else "",
            visitor=new.visitor,
            added_at=self._clock(),
            ledger=past.ledger,
            mode=past.mode,
        )
        self.fleet.add(session)
        link = f"link {new.link.fingerprint}" if new.link else f"visitor {new.visitor}"
        self._log.info("session.added", id=session_id, what=link, source=new.source.value)
        self._scribe.added(by, session, new)
        self.housing.take_in(session_id, new.link)
        return session_id

    def remove(self, session_id: str, by: Peer = RULE) -> None:
        """Forgets a session without ending it.

        Raises:
            UnknownSession: there is none with this id.
        """
        self.require([session_id])
        self.dispatch.leave(session_id, "the session was removed")
        self.housing.release(session_id)
        session = self.fleet.remove(session_id)
        self._scribe.forget(session_id)
        self._scribe.acted(by, traces.REMOVED, session)
        self._log.info("session.removed", id=session_id)

    def retry(self, ids: Sequence[str], by: Peer) -> Sequence[str]:
        """Tries at once to host those of the sessions that wait to be tried again; returns their ids."""
        if self.given_up is not None:
            self.given_up = None
            self._hosting.retry()
            self._publish(RESYNC, {})
        tried = self.housing.retry(ids)
        self._log.info("session.retried", ids=list(tried), by=by.who, client=by.client)
        return tried

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
        if self._rules.now.read_only:
            self._log.warning("refused.read_only", by=peer.name, client=peer.client)
            raise Refused("this host is read-only: it changes no session (host.read_only)")

    def holder_of(self, new: NewSession) -> str | None:
        """The id of the session that has this link, or else this visitor, or None."""
        if new.link is not None:
            return self.housing.holder_of(new.link)
        return next((one.id for one in self.fleet if one.visitor == new.visitor), None)

    def abandon(self) -> None:
        """Says of what waits that it is not sent, to those who wait for it too: the host is stopping."""
        self.dispatch.abandon("the host stopped before it was sent")

    def close(self) -> None:
        """Stops the clockwork, and says of what waited that it was not sent.

        The hosting and the feed are closed by whoever made them.
        """
        self._agenda.close()
        self.abandon()

    def _handle(self, report: reports.Report | answers.Answer) -> None:  # noqa: C901, PLR0912 - one case for each report
        match report:
            case reports.MessageReceived(session_id, data, after):
                event = read(data, self._rules.now.paths)
                self.fleet.apply(session_id, happenings.Spoke(event, after))
            case reports.MessagesDropped(session_id, count):
                self.fleet.apply(session_id, happenings.MessagesDropped(count))
            case reports.MessagesRefused(session_id, count):
                self.fleet.apply(session_id, happenings.Violated(count))
            case reports.SessionOpened(session_id, page):
                self.housing.opened(session_id, page)
            case reports.SessionBlocked(session_id, fault):
                self.housing.failed(session_id, fault)
            case reports.SessionsLost(session_ids, fault):
                self.housing.fell(session_ids, fault)
            case reports.BrowsersGivenUp(session_ids, starts):
                self.given_up = (
                    f"no browser keeps running: given up after {starts} starts in a row; "
                    "try again (t in the dashboard) once the cause is mended"
                )
                self.housing.given_up(session_ids, Fault(ErrorCode.BROWSER_GONE, self.given_up))
                self._publish("browser.lost", {"browser": None, "text": self.given_up})
                self._publish(RESYNC, {})
            case reports.SessionsUnresponsive(session_ids):
                for session_id in session_ids:
                    self.fleet.apply(session_id, happenings.PageHung())
            case reports.SessionsResponsive(session_ids):
                for session_id in session_ids:
                    self.fleet.apply(session_id, happenings.PageAnswered())
            case reports.SessionLeft(session_id, origin):
                self.housing.left(session_id, origin)
            case reports.InstructionPosted(session_id, number):
                self.dispatch.posted(session_id, number)
            case reports.InstructionNotPosted(session_id, number, text):
                self.dispatch.not_posted(session_id, number, text)
            case reports.InstructionUncertain(session_id, number, text):
                self.dispatch.uncertain(session_id, number, text)
            case answers.LinkMade(session_id, link):
                self.housing.linked(session_id, link)
            case answers.LinkRefused(session_id, text, again_in_s):
                self.housing.not_linked(session_id, text, again_in_s)
            case answers.ServiceAnsweredEnd(session_id, number, text):
                self.fleet.apply(session_id, happenings.InstructionRerouted(number, text))
            case reports.BrowserStarted(number, name, version):
                self._publish("browser.started", {"browser": number, "name": name, "version": version})
            case reports.BrowserLost(number, text):
                self._publish("browser.lost", {"browser": number, "text": text})
            case reports.BrowserReplaced():
                self._publish(RESYNC, {})  # no event says that a browser went and nothing was lost

    def _publish(self, kind: str, fields: dict[str, Any]) -> None:
        self._feed.publish(kind, None, self._clock(), fields)

    def _ask_service(self, session: Session, number: int) -> None:
        if not self._rules.now.rest_fallback or self._rest is None or session.visitor is None:
            return
        if self._rest.want(EndWanted(session.id, session.visitor, number)):
            text = "the page did not confirm it; the service was asked"
            self.fleet.apply(session.id, happenings.InstructionRerouted(number, text))

    def _observe(self, session: Session, changes: tuple[Change, ...]) -> None:
        self._scribe.observe(session, changes)
        self.tallies.changed(changes)
        self.dispatch.observe(session, changes)

    def _judge(self) -> None:
        self._agenda.after(JUDGE_EVERY_S, self._judge)  # first: a look that fails is not the last one
        self.fleet.judge_all()
        self._scribe.tick()
        keep = self._rules.now.keep_ended_s
        now = self._clock()
        turn = self.floods.look(self.fleet, now.mono)
        for flood in turn.began:
            facts = {"id": flood.session.id, "label": flood.session.label, "page": flood.session.page}
            self._log.warning("session.floods", **facts, per_second=round(flood.per_second))
        for session in turn.ended:
            self._log.info("session.flood_over", id=session.id, dropped=session.dropped)
        if keep is not None:
            endings = [(session.id, session.ended) for session in self.fleet]
            for session_id, ended in endings:
                if ended is not None and now.seconds_since(ended.at) >= keep:
                    self.remove(session_id)
        self._judged()
