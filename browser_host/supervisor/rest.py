"""The supervisor's way to the REST service: asks in the background, and answers through the one queue."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass

from browser_host.browsers.log import Log
from browser_host.errors import WatchdeckError
from browser_host.sessions.instant import Clock
from browser_host.supervisor.answers import Answer, LinkMade, LinkRefused, ServiceAnsweredEnd
from browser_host.supervisor.turns import turn
from browser_host.upscope.client import UpscopeClient
from browser_host.upscope.errors import AccountRefused, LinkLost, MayPass, PlanLimit
from browser_host.upscope.links import Ceiling, LinkBook, LinkRules, due

WAITING = 1_000
"""Questions that may wait: a link for every session a host takes."""

AT_ONCE = 4
"""Questions under way together; the service's own rate limit is not known."""

NO_SERVICE = (
    "a visitor's watch link comes from the REST service, and no API key is set up for it; "
    "set the variable that upscope.api_key_env names, or give the watch link itself"
)

LATER_S = 30.0
MUCH_LATER_S = 900.0
"""Seconds before asking again where the trouble may pass, and where somebody has to act first."""


@dataclass(frozen=True, slots=True)
class LinkWanted:
    """A watch link is wanted for a session's visitor."""

    session_id: str
    visitor: str


@dataclass(frozen=True, slots=True)
class EndWanted:
    """The service is to end a visitor's session, for the page did not confirm it."""

    session_id: str
    visitor: str
    number: int


class Rest:
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
        """Counts links that a host before this one asked for, so that dying again and again costs no more.

        Args:
            asked: visitors' short ids and when, in seconds of the clock's `mono`, oldest first.
        """
        for visitor, at in asked:
            self.book = self.book.noted(visitor, at)

    def want(self, question: LinkWanted | EndWanted) -> bool:
        """Puts a question; False where too many wait already."""
        try:
            self._queue.put_nowait(question)
        except asyncio.QueueFull:
            return False
        return True

    @contextlib.asynccontextmanager
    async def working(self, answer: Callable[[Answer], None]) -> AsyncIterator[None]:
        """Asks while the context lasts; every question is answered through `answer`, on the event loop."""
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
            said: Answer = _unforeseen(asked)
            with turn("rest", self._log):
                said = await (self._link(asked) if isinstance(asked, LinkWanted) else self._end(asked))
            with turn("rest", self._log):
                answer(said)

    async def _link(self, wanted: LinkWanted) -> LinkMade | LinkRefused:
        now = self._clock().mono
        when = due(self.book, wanted.visitor, self.rules, now)
        if not when.now:
            text = f"no further watch link is asked for yet: {_WHY[when.ceiling]}"
            return LinkRefused(wanted.session_id, text, max(when.at - now, 0.1))
        self.book = self.book.noted(wanted.visitor, now)
        try:
            link = await self.client.watch_link(wanted.visitor, {"supervisor": self._supervisor_name})
        except WatchdeckError as error:  # the service's, or that no call can be made for such an id
            self._log.warning("link.refused", id=wanted.session_id, code=error.code, why=str(error))
            return LinkRefused(wanted.session_id, str(error), _again_in(error))
        self._log.info("link.made", id=wanted.session_id, link=link.fingerprint)
        return LinkMade(wanted.session_id, link)

    async def _end(self, wanted: EndWanted) -> ServiceAnsweredEnd:
        try:
            await self.client.end_session(wanted.visitor)
        except WatchdeckError as error:
            text = f"the service was asked, and did not end it: {error}"
        else:
            text = "the service was asked to end it and said ok; the page has not said that it ended"
        return ServiceAnsweredEnd(wanted.session_id, wanted.number, text)


def _unforeseen(asked: LinkWanted | EndWanted) -> Answer:
    """What is answered where asking fails as nobody foresaw: no question stays open."""
    text = "the service could not be asked; the host's log has the reason"
    if isinstance(asked, LinkWanted):
        return LinkRefused(asked.session_id, text, MUCH_LATER_S)
    return ServiceAnsweredEnd(asked.session_id, asked.number, text)


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
