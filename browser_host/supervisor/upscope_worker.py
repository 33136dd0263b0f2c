"""The supervisor's way to the REST service: asks in the background, and answers through the one queue."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from browser_host.browsers.log import Log
from browser_host.errors import WatchdeckError
from browser_host.secrets import WatchLink
from browser_host.sessions.clock import Clock
from browser_host.sessions.ledger import Via
from browser_host.sessions.visitor_state import VisitorReport
from browser_host.supervisor.guarded import guarded
from browser_host.upscope.client import UpscopeClient
from browser_host.upscope.errors import AccountRefused, LinkLost, MayPass, PlanLimit, Withdrawn
from browser_host.upscope.links import Ceiling, LinkBook, LinkRules, due

WAITING = 1_000
"""Questions that may wait: a link for every session a host takes."""

AT_ONCE = 4
"""Questions under way together; the service's own rate limit is not known."""

NO_SERVICE = "no API key; set the variable that upscope.api_key_env names, or give the watch link itself"

LATER_S = 30.0
MUCH_LATER_S = 900.0
"""Seconds before asking again where the trouble may pass, and where somebody has to act first."""


@dataclass(frozen=True, slots=True, eq=False)
class LinkWanted:
    """A watch link is wanted for a session's visitor.

    Args:
        is_wanted: asked right before the service is, each time.
    """

    session_id: str
    visitor: str
    is_wanted: Callable[[], bool]


@dataclass(frozen=True, slots=True, eq=False)
class EndWanted:
    """The service is to end a visitor's session, because the page did not confirm its end.

    Args:
        objection: why the end must not be asked for any more, or None; called right before the service is
            asked, each time.
    """

    session_id: str
    visitor: str
    number: int
    objection: Callable[[], str | None]


@dataclass(frozen=True, slots=True)
class LinkMade:
    """The service made the watch link that was wanted."""

    wanted: LinkWanted
    link: WatchLink


@dataclass(frozen=True, slots=True)
class LinkRefused:
    """There is no watch link for the session's visitor.

    Args:
        again_in_s: seconds after which asking again makes sense, or None where it does not.
        is_final: the service itself refused it, and will until somebody acts.
    """

    wanted: LinkWanted
    text: str
    again_in_s: float | None
    is_final: bool = False


@dataclass(frozen=True, slots=True)
class ServiceAsked:
    """The request to end the visitor's session goes to the service at this moment."""

    session_id: str
    number: int


@dataclass(frozen=True, slots=True)
class ServiceAnsweredEnd:
    """What the service answered to the request to end the visitor's session, or why it was not asked.

    Args:
        via: `REST` where it was asked.
    """

    session_id: str
    number: int
    via: Via
    text: str


@dataclass(frozen=True, slots=True)
class VisitorsLookedUp:
    """What the service said of visitors at a look.

    Args:
        look: its number; a look that was begun later has a higher one.
        reports: by the visitors' short ids.
        unseen: short ids of whom it said nothing though it was asked.
    """

    look: int
    reports: Mapping[str, VisitorReport]
    unseen: frozenset[str]


Answer: TypeAlias = LinkMade | LinkRefused | ServiceAsked | ServiceAnsweredEnd | VisitorsLookedUp
"""What comes from the service to the supervisor's one queue."""


@dataclass(slots=True)
class _EndRequest:
    """Decides, each time that a request to end a session is about to go out, whether it does."""

    wanted: EndWanted
    tell: Callable[[Answer], None]
    via: Via = Via.PAGE
    objection: str | None = None

    def is_wanted(self) -> bool:
        self.objection = self.wanted.objection()
        if self.objection is None and self.via is Via.PAGE:
            self.via = Via.REST
            self.tell(ServiceAsked(self.wanted.session_id, self.wanted.number))
        return self.objection is None

    def outcome(self, text: str) -> ServiceAnsweredEnd:
        return ServiceAnsweredEnd(self.wanted.session_id, self.wanted.number, self.via, text)


class UpscopeWorker:
    """Asks the service for the supervisor, a few questions at a time.

    Args:
        rules: how many links may be asked for.
        supervisor_name: stands in each link's metadata, so that the account's owner sees who watched.
    """

    def __init__(
        self, client: UpscopeClient, rules: LinkRules, *, supervisor_name: str, clock: Clock, log: Log
    ) -> None:
        self.client = client
        self.rules = rules
        self.book = LinkBook()
        self._supervisor_name = supervisor_name
        self._clock = clock
        self._log = log
        self._queue: asyncio.Queue[LinkWanted | EndWanted] = asyncio.Queue(WAITING)

    def remember(self, asked: Sequence[tuple[str, float]]) -> None:
        """Count links that a host before this one asked for, so that dying again and again costs no more.

        Args:
            asked: visitors' short ids and when, in seconds of the clock's `mono`, oldest first.
        """
        for visitor, at in asked:
            self.book = self.book.noted(visitor, at)

    def want(self, question: LinkWanted | EndWanted) -> bool:
        """Put a question; False where too many wait already."""
        try:
            self._queue.put_nowait(question)
        except asyncio.QueueFull:
            return False
        return True

    @contextlib.asynccontextmanager
    async def working(self, answer: Callable[[Answer], None]) -> AsyncIterator[None]:
        """Ask while the context lasts, and answer through `answer`, on the event loop.

        Every question is answered but a link's that nobody wants any more.
        """
        async with self.client, asyncio.TaskGroup() as group:
            workers = [
                group.create_task(self._work(answer), name=f"rest {number}") for number in range(AT_ONCE)
            ]
            try:
                yield
            finally:
                for worker in workers:
                    worker.cancel()

    async def _work(self, answer: Callable[[Answer], None]) -> None:
        while True:
            asked = await self._queue.get()
            said: Answer | None = _unforeseen(asked)
            with guarded("rest", self._log):
                said = await (
                    self._link(asked) if isinstance(asked, LinkWanted) else self._end(asked, answer)
                )
            with guarded("rest", self._log):
                if said is not None:
                    answer(said)

    async def _link(self, wanted: LinkWanted) -> LinkMade | LinkRefused | None:
        if not wanted.is_wanted():
            self._log.info("link.not_asked", id=wanted.session_id, why="its session was removed")
            return None
        now = self._clock().mono
        when = due(self.book, wanted.visitor, self.rules, now)
        if not when.now:
            text = f"no further watch link is asked for yet: {_WHY[when.ceiling]}"
            return LinkRefused(wanted, text, max(when.at - now, 0.1))
        self.book = self.book.noted(wanted.visitor, now)
        try:
            metadata = {"supervisor": self._supervisor_name}
            link = await self.client.watch_link(wanted.visitor, metadata, wanted.is_wanted)
        except Withdrawn:
            self._log.info("link.not_asked", id=wanted.session_id, why="its session was removed")
            return None
        except WatchdeckError as error:  # the service's, or that no call can be made for such an id
            self._log.warning("link.refused", id=wanted.session_id, code=error.code, why=str(error))
            is_final = not isinstance(error, MayPass | LinkLost)
            return LinkRefused(wanted, str(error), _again_in(error), is_final)
        self._log.info("link.made", id=wanted.session_id, link=link.fingerprint)
        return LinkMade(wanted, link)

    async def _end(self, wanted: EndWanted, tell: Callable[[Answer], None]) -> ServiceAnsweredEnd:
        request = _EndRequest(wanted, tell)
        if why := wanted.objection():
            return request.outcome(f"the service was not asked: {why}")
        try:
            await self.client.end_session(wanted.visitor, request.is_wanted)
        except Withdrawn:
            asked = "asked only once" if request.via is Via.REST else "not asked"
            return request.outcome(f"the service was {asked}: {request.objection}")
        except WatchdeckError as error:
            asked = "was asked, and did not end it" if request.via is Via.REST else "could not be asked"
            return request.outcome(f"the service {asked}: {error}")
        return request.outcome("the service was asked to end it and answered ok")


def _unforeseen(asked: LinkWanted | EndWanted) -> Answer:
    """What is answered where asking fails as nobody foresaw: no question stays open."""
    text = "the service could not be asked; the host's log has the reason"
    if isinstance(asked, LinkWanted):
        return LinkRefused(asked, text, MUCH_LATER_S)
    return ServiceAnsweredEnd(asked.session_id, asked.number, Via.PAGE, text)


_WHY = {
    Ceiling.NOTHING: "",
    Ceiling.BACKOFF: "the visitor's last one is too recent",
    Ceiling.VISITOR: "the visitor has cost as many as one may within an hour",
    Ceiling.HOUR: "all visitors together have cost as many as they may within an hour",
}


def _again_in(error: WatchdeckError) -> float | None:
    match error:
        case MayPass():
            return error.retry_after_s or LATER_S
        case LinkLost():
            return LATER_S
        case AccountRefused() | PlanLimit():
            return MUCH_LATER_S
        case _:
            return None
