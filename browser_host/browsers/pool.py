"""The pool: browsers, their pages, who sits where. What dies is reported, and never retried here."""

import asyncio
import os
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from browser_host.bridge.chores import Chores
from browser_host.browsers import recycling, sandbox
from browser_host.browsers.backoff import Backoff
from browser_host.browsers.engine import Engine
from browser_host.browsers.hosting import SHARED, Aged, BrowserDescription, Placing, ReportSink
from browser_host.browsers.log import Log
from browser_host.browsers.page import HostPage, PageState
from browser_host.browsers.placing import Room, plan
from browser_host.browsers.record import BrowserRecord
from browser_host.browsers.reports import (
    BrowserLost,
    BrowserReplaced,
    BrowsersGivenUp,
    BrowserStarted,
    InstructionNotPosted,
    SessionsLost,
)
from browser_host.browsers.settings import PoolSettings
from browser_host.browsers.shelf import Shelf
from browser_host.errors import BrowserUnavailable
from browser_host.secrets import WatchLink
from browser_host.sessions.session import ErrorCode, Fault

MAX_BROWSERS = 4
"""240 pages; what comes beyond waits."""
MAX_OPENING = 4
"""Pages that open at once: more only makes each of them late on two cores."""
EMPTY_FOR_S = 30.0
"""How long an empty page is kept for the next session."""
_STRAINED_FROM = 3


@dataclass(frozen=True, slots=True)
class _Waiting:
    link: WatchLink
    placing: Placing


class Pool:
    """Hosts sessions as iframes of pages in browsers of its own; implements `hosting.Hosting`.

    Args:
        sink: takes reports, on the loop, at once.
        record: takes what is started, for the host after this one, or None.
    """

    def __init__(
        self, settings: PoolSettings, sink: ReportSink, log: Log, record: BrowserRecord | None = None
    ) -> None:
        self._settings = settings
        self._sink = sink
        self._log = log
        self._record = record
        self._shelves: dict[int, Shelf] = {}
        self._seats: dict[str, HostPage] = {}
        self._waiting: dict[str, _Waiting] = {}
        self._engines = 0
        self._pages = 0
        self._backoff = Backoff(settings.restarts)
        self._opening = asyncio.Semaphore(MAX_OPENING)
        self._chores = Chores(self._chore_failed)
        self._starting: asyncio.Task[None] | None = None
        self._recycling: asyncio.Task[None] | None = None
        self._placing: asyncio.Handle | None = None
        self._closed = False

    async def start(self) -> None:
        """Starts the first browser.

        Raises:
            BrowserUnavailable: it could not be started.
        """
        if not self._shelves:
            await self._start_engine()

    def open(self, session_id: str, link: WatchLink, placing: Placing = SHARED) -> None:
        """Gives the session an iframe: ends in `SessionOpened`, `SessionBlocked` or `SessionsLost`."""
        if self._closed:
            return
        self.release(session_id)
        self._waiting[session_id] = _Waiting(link, placing)
        self._place_soon()

    def release(self, session_id: str) -> None:
        """Takes the session's iframe away; nothing is reported of it any more but its open instructions."""
        self._waiting.pop(session_id, None)
        if (page := self._seats.pop(session_id, None)) is not None:
            page.release(session_id)
            self._vacated(page, session_id)

    def post(self, session_id: str, number: int, message: Mapping[str, Any]) -> None:
        """Posts an instruction to the session's frame: ends in exactly one `Instruction…` report."""
        if (page := self._seats.get(session_id)) is not None:
            page.post(session_id, number, message)
        else:
            self._sink(InstructionNotPosted(session_id, number, "the session is in no page"))

    def retry(self) -> None:
        """Starts browsers again where that was given up."""
        self._backoff.forget()
        self._place_soon()

    def aged(self) -> tuple[Aged, ...]:
        """What is due to be replaced, browsers first; nothing while something is being replaced."""
        if self._recycling is not None or self._starting is not None:
            return ()
        return recycling.due(
            self._shelves.values(), self._settings.recycle, asyncio.get_running_loop().time()
        )

    def recycle(self, aged: Aged, may_move: Callable[[Sequence[str]], bool]) -> None:
        """Makes a new page or browser, moves the sessions there, then closes the old one."""
        shelf = self._shelves.get(aged.browser)
        if self._closed or self._recycling is not None or shelf is None:
            return
        if aged.page is None:
            work: Coroutine[Any, Any, object] = recycling.renew_browser(self, shelf, may_move, self._log)
        elif (page := shelf.pages.get(aged.page)) is not None:
            work = recycling.renew_page(self, page, shelf, may_move, self._log)
        else:
            return
        self._recycling = self._chores.start("recycle", self._recycle(work))

    def describe(self) -> tuple[BrowserDescription, ...]:
        """The browsers as they are now."""
        return tuple(shelf.describe() for shelf in self._shelves.values())

    async def close(self, within: float) -> None:
        """Closes pages, browsers and drivers, in that order, within so many seconds, come what may."""
        self._closed = True
        self._waiting.clear()
        self._seats.clear()
        if self._placing is not None:
            self._placing.cancel()
        shelves, self._shelves = list(self._shelves.values()), {}
        pages = [page for shelf in shelves for page in shelf.pages.values()]
        for page in pages:
            page.leave()
        await self._chores.close(within * 0.2)
        if pages:
            closing = [asyncio.ensure_future(page.close()) for page in pages]
            _, late = await asyncio.wait(closing, timeout=within * 0.3)
            for task in late:
                task.cancel()
        await asyncio.gather(*(shelf.engine.close(within * 0.4) for shelf in shelves))

    # -- placing

    def _place_soon(self) -> None:
        """What is asked for in one tick of the loop is placed together, so that it spreads evenly."""
        if self._placing is None and not self._closed:
            self._placing = asyncio.get_running_loop().call_soon(self._place)

    def _place(self) -> None:
        self._placing = None
        if self._closed or not self._waiting:
            return
        open_to_all = [shelf for shelf in self._shelves.values() if not shelf.retiring]
        room = [shelf for shelf in open_to_all if len(shelf.pages) < self._settings.pages_per_browser]
        rooms = [
            Room(page.number, page.free, len(page.sessions), page.busy, page.placing.group)
            for shelf in open_to_all
            for page in shelf.pages.values()
            if page.state in {PageState.OPENING, PageState.OPEN}
        ]
        pages = {page.number: page for shelf in self._shelves.values() for page in shelf.pages.values()}
        new_pages = sum(self._settings.pages_per_browser - len(shelf.pages) for shelf in room)
        todo = plan(
            [(session, waiting.placing) for session, waiting in self._waiting.items()],
            rooms,
            self._settings.sessions_per_page,
            new_pages,
        )
        for session, number in todo.seated:
            self._sit(session, pages[number])
        for fresh in todo.opened:
            shelf = min(room, key=lambda s: len(s.pages))
            if len(shelf.pages) >= self._settings.pages_per_browser:
                break
            page = self._new_page(shelf, fresh.placing)
            for session in fresh.sessions:
                self._sit(session, page)
            page.start(self._opening)
        if not self._waiting or len(self._shelves) >= MAX_BROWSERS or self._starting is not None:
            return
        if (wait := self._backoff.wait_s) is None:
            self._give_up()
        else:
            self._starting = self._chores.start("start a browser", self._another_engine(wait))

    def _give_up(self) -> None:
        waiting, self._waiting = tuple(self._waiting), {}
        self._log.warning("browser.given_up", starts=self._backoff.failures, sessions=len(waiting))
        self._sink(BrowsersGivenUp(waiting, self._backoff.failures))

    def _sit(self, session_id: str, page: HostPage) -> None:
        waiting = self._waiting.pop(session_id)
        self._seats[session_id] = page
        page.host(session_id, waiting.link)

    def _new_page(self, shelf: Shelf, placing: Placing) -> HostPage:
        self._pages += 1
        page = HostPage(
            self._pages,
            shelf.engine,
            self._settings,
            placing=placing,
            sink=self._sink,
            log=self._log,
            vacated=self._vacated,
            died=self._page_died,
            strained=lambda: shelf.engine.late or self._strained(),
        )
        shelf.pages[page.number] = page
        return page

    # -- replacing, as `recycling` wants it

    async def _recycle(self, work: Coroutine[Any, Any, object]) -> None:
        try:
            await work
        finally:
            self._recycling = None
            self._place_soon()

    async def younger(self, shelf: Shelf) -> Shelf | None:
        """A browser that was started later and can take all of a shelf's pages, or None where none starts."""
        room = self._settings.pages_per_browser - len(shelf.pages)
        for other in self._shelves.values():
            if other.engine.number > shelf.engine.number and len(other.pages) <= room:
                return other
        try:
            return await self._start_engine()
        except BrowserUnavailable as error:
            self._log.warning("browser.not_recycled", why=str(error))
            return None

    def open_page(self, shelf: Shelf, placing: Placing) -> HostPage:
        """An empty page, in the books and opening."""
        page = self._new_page(shelf, placing)
        page.start(self._opening)
        return page

    def move(self, old: HostPage, new: HostPage) -> None:
        """Moves all sessions of a page to another, and closes the empty one."""
        for session_id, link in list(old.sessions.items()):
            old.release(session_id)
            self._seats[session_id] = new
            new.host(session_id, link)
        self._evict(old)

    def discard(self, page: HostPage) -> None:
        """Closes a page that nobody sits in."""
        self._close_empty(page)

    def close_shelf(self, shelf: Shelf) -> None:
        """Closes a browser that has no pages."""
        if self._shelves.pop(shelf.engine.number, None) is not None:
            self._sink(BrowserReplaced(shelf.engine.number))
            self._chores.start(f"close browser {shelf.engine.number}", self._bury(shelf.engine, []))

    # -- pages that go

    def _vacated(self, page: HostPage, session_id: str) -> None:
        if self._seats.get(session_id) is page:
            del self._seats[session_id]
        if self._waiting:
            self._place_soon()
        elif not page.sessions:
            kept = 0.0 if page.placing.group else EMPTY_FOR_S
            asyncio.get_running_loop().call_later(kept, self._close_empty, page)

    def _close_empty(self, page: HostPage) -> None:
        if not page.sessions and not self._closed:
            self._evict(page)

    def _page_died(self, page: HostPage, fault: Fault) -> None:
        self._log.warning("page.lost", page=page.number, code=fault.code.value, sessions=len(page.sessions))
        sessions = self._evict(page)
        if sessions:
            self._sink(SessionsLost(sessions, fault))

    def _strained(self) -> bool:
        """Whether most pages are unresponsive: the machine is at its limit then, and closing won't help."""
        pages = [page for shelf in self._shelves.values() for page in shelf.pages.values()]
        late = sum(page.state is PageState.UNRESPONSIVE for page in pages)
        return len(pages) >= _STRAINED_FROM and 2 * late > len(pages)

    def _evict(self, page: HostPage) -> tuple[str, ...]:
        """Out of the books first, then closed: nothing new goes to it, nothing old comes from it."""
        shelf = self._shelves.get(page.engine.number)
        if shelf is None or shelf.pages.pop(page.number, None) is None:
            return ()
        sessions = tuple(page.sessions)
        for session in sessions:
            self._seats.pop(session, None)
        page.leave()
        self._chores.start(f"close page {page.number}", page.close())
        self._place_soon()
        return sessions

    # -- browsers

    async def _start_engine(self) -> Shelf | None:
        decided = sandbox.decide(self._settings.sandbox, os.geteuid())
        self._engines += 1
        engine = Engine(self._engines, self._log, self._engine_lost, self._record)
        await engine.start(self._settings.executable, decided)
        if self._closed:
            await engine.close(5.0)
            return None
        shelf = self._shelves[engine.number] = Shelf(engine)
        facts = {"browser": engine.number, "version": engine.version, "sandbox": decided.on}
        self._log.info("browser.started", **facts, why=decided.why)
        self._sink(BrowserStarted(engine.number, engine.name, engine.version))
        return shelf

    async def _another_engine(self, wait_s: float) -> None:
        try:
            await asyncio.sleep(wait_s)
            await self._start_engine()
        except BrowserUnavailable as error:
            self._backoff.fell(0.0)
            self._log.warning("browser.not_started", why=str(error), starts=self._backoff.failures)
            self._sink(BrowserLost(self._engines, str(error)))
        finally:
            self._starting = None
            self._place_soon()

    def _engine_lost(self, engine: Engine, text: str) -> None:
        shelf = self._shelves.pop(engine.number, None)
        if shelf is None:
            return
        pages = list(shelf.pages.values())
        sessions = shelf.sessions
        for session in sessions:
            self._seats.pop(session, None)
        for page in pages:
            page.leave()
        if sessions:
            self._sink(SessionsLost(sessions, Fault(ErrorCode.BROWSER_GONE, text)))
        self._sink(BrowserLost(engine.number, text))
        self._backoff.fell(asyncio.get_running_loop().time() - engine.started_at)
        self._log.warning("browser.lost", browser=engine.number, text=text, sessions=len(sessions))
        self._chores.start(f"close browser {engine.number}", self._bury(engine, pages))
        self._place_soon()

    async def _bury(self, engine: Engine, pages: list[HostPage]) -> None:
        await engine.close(5.0)
        for page in pages:
            await page.close()

    def _chore_failed(self, name: str, error: BaseException) -> None:
        self._log.warning("pool.chore_failed", chore=name, error=repr(error)[:300])
