"""The pool: gives sessions seats in pages of browsers. What dies is reported, and never retried here."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from browser_host.bridge.chores import Chores
from browser_host.browsers import recycling
from browser_host.browsers.books import Books, Waiting
from browser_host.browsers.engine import Engine
from browser_host.browsers.hosting import SHARED, Aged, BrowserDescription, Placing, ReportSink
from browser_host.browsers.log import Log
from browser_host.browsers.page import HostPage
from browser_host.browsers.record import BrowserRecord
from browser_host.browsers.recycling import Recycling
from browser_host.browsers.reports import BrowserLost, InstructionNotPosted, SessionsLost
from browser_host.browsers.settings import PoolSettings
from browser_host.browsers.shelf import Shelf
from browser_host.browsers.starts import Starts
from browser_host.secrets import WatchLink
from browser_host.sessions.session import ErrorCode, Fault

MAX_BROWSERS = 4
"""240 pages; what comes beyond waits."""
MAX_OPENING = 4
"""Pages that open at once: more only makes each of them late on two cores."""
EMPTY_FOR_S = 30.0
"""How long an empty page is kept for the next session."""


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
        self._books = Books(settings)
        self._pages = 0
        self._opening = asyncio.Semaphore(MAX_OPENING)
        self._chores = Chores(self._chore_failed)
        self._starts = Starts(
            self._books,
            settings,
            sink=sink,
            log=log,
            record=record,
            chores=self._chores,
            lost=self._engine_lost,
            came=self._place_soon,
        )
        self._recycling = Recycling(
            self._books,
            sink=sink,
            log=log,
            chores=self._chores,
            start=self._starts.start,
            open_page=self._open_page,
            evict=self._evict,
            over=self._place_soon,
        )
        self._placing: asyncio.Handle | None = None
        self._closed = False

    async def start(self) -> None:
        """Starts the first browser.

        Raises:
            BrowserUnavailable: it could not be started.
        """
        if not self._books.shelves:
            await self._starts.start()

    def open(self, session_id: str, link: WatchLink, placing: Placing = SHARED) -> None:
        """Gives the session an iframe: ends in `SessionOpened`, `SessionBlocked` or `SessionsLost`."""
        if self._closed:
            return
        self.release(session_id)
        self._books.waiting[session_id] = Waiting(link, placing)
        self._place_soon()

    def release(self, session_id: str) -> None:
        """Takes the session's iframe away; nothing is reported of it any more but its open instructions."""
        self._books.waiting.pop(session_id, None)
        if (page := self._books.seats.pop(session_id, None)) is not None:
            page.release(session_id)
            self._vacated(page, session_id)

    def post(self, session_id: str, number: int, message: Mapping[str, Any]) -> None:
        """Posts an instruction to the session's frame: ends in exactly one `Instruction…` report."""
        if (page := self._books.seats.get(session_id)) is not None:
            page.post(session_id, number, message)
        else:
            self._sink(InstructionNotPosted(session_id, number, "the session is in no page"))

    def retry(self) -> None:
        """Starts browsers again where that was given up."""
        self._starts.forget()
        self._place_soon()

    def aged(self) -> tuple[Aged, ...]:
        """What is due to be replaced, browsers first; nothing while something is being replaced."""
        if self._recycling.under_way or self._starts.under_way:
            return ()
        now = asyncio.get_running_loop().time()
        return recycling.due(self._books.shelves.values(), self._settings.recycle, now)

    def recycle(self, aged: Aged, may_move: Callable[[Sequence[str]], bool]) -> None:
        """Makes a new page or browser, moves the sessions there, then closes the old one."""
        if not self._closed:
            self._recycling.recycle(aged, may_move)

    def describe(self) -> tuple[BrowserDescription, ...]:
        """The browsers as they are now."""
        return tuple(shelf.describe() for shelf in self._books.shelves.values())

    async def close(self, within: float) -> None:
        """Closes pages, browsers and drivers, in that order, within so many seconds, come what may."""
        self._closed = True
        self._starts.close()
        self._books.waiting.clear()
        if self._placing is not None:
            self._placing.cancel()
        struck = [self._books.strike_shelf(number) for number in tuple(self._books.shelves)]
        shelves = [shelf for shelf in struck if shelf is not None]
        await self._chores.close(within * 0.2)
        closing = [asyncio.ensure_future(page.close()) for shelf in shelves for page in shelf.pages.values()]
        if closing:
            _, late = await asyncio.wait(closing, timeout=within * 0.3)
            for task in late:
                task.cancel()
        await asyncio.gather(*(shelf.engine.close(within * 0.4) for shelf in shelves))

    def _place_soon(self) -> None:
        """What is asked for in one tick of the loop is placed together, so that it spreads evenly."""
        if self._placing is None and not self._closed:
            self._placing = asyncio.get_running_loop().call_soon(self._place)

    def _place(self) -> None:
        self._placing = None
        books = self._books
        if self._closed or not books.waiting:
            return
        todo, pages = books.plan(), books.pages
        for session, number in todo.seated:
            books.sit(session, pages[number])
        for fresh in todo.opened:
            shelf = books.emptiest()
            if shelf is None:
                break
            page = self._open_page(shelf, fresh.placing)
            for session in fresh.sessions:
                books.sit(session, page)
        if books.waiting and len(books.shelves) < MAX_BROWSERS:
            self._starts.another()

    def _open_page(self, shelf: Shelf, placing: Placing) -> HostPage:
        """An empty page, in the books and opening."""
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
            strained=lambda: shelf.engine.late or self._books.strained,
        )
        shelf.pages[page.number] = page
        page.start(self._opening)
        return page

    def _vacated(self, page: HostPage, session_id: str) -> None:
        self._books.stood_up(session_id, page)
        if self._books.waiting:
            self._place_soon()
        elif not page.sessions:
            kept = 0.0 if page.placing.group else EMPTY_FOR_S
            asyncio.get_running_loop().call_later(kept, self._close_empty, page)

    def _close_empty(self, page: HostPage) -> None:
        if not page.sessions and not self._closed:
            self._evict(page)

    def _page_died(self, page: HostPage, fault: Fault) -> None:
        self._log.warning("page.lost", page=page.number, code=fault.code.value, sessions=len(page.sessions))
        if sessions := self._evict(page):
            self._sink(SessionsLost(sessions, fault))

    def _evict(self, page: HostPage) -> tuple[str, ...]:
        """Out of the books first, then closed: nothing new goes to it, nothing old comes from it."""
        sessions = self._books.strike_page(page)
        if sessions is None:
            return ()
        self._chores.start(f"close page {page.number}", page.close())
        self._place_soon()
        return sessions

    def _engine_lost(self, engine: Engine, text: str) -> None:
        shelf = self._books.shelves.get(engine.number)
        if shelf is None:
            return
        sessions = shelf.sessions
        self._books.strike_shelf(engine.number)
        if sessions:
            self._sink(SessionsLost(sessions, Fault(ErrorCode.BROWSER_GONE, text)))
        self._sink(BrowserLost(engine.number, text))
        self._starts.fell(engine)
        self._log.warning("browser.lost", browser=engine.number, text=text, sessions=len(sessions))
        self._chores.start(f"close browser {engine.number}", shelf.bury())
        self._place_soon()

    def _chore_failed(self, name: str, error: BaseException) -> None:
        self._log.warning("pool.chore_failed", chore=name, error=repr(error)[:300])
