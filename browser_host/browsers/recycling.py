"""Replacing what is old or swollen: a new page first, then its sessions move, then the old is closed."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from browser_host.browsers import processes
from browser_host.browsers.hosting import Aged, Placing
from browser_host.browsers.log import Log
from browser_host.browsers.page import HostPage, PageState
from browser_host.browsers.settings import Recycle
from browser_host.browsers.shelf import Shelf

MOVES_WITHIN_S = 60.0
"""How long sessions are waited for that may not be moved; later it is tried again from the start."""

_LOOK_EVERY_S = 0.2
_HOUR = 3600.0
_MEGABYTE = 1 << 20


class Books(Protocol):
    """The pool's books, as far as they are needed here."""

    async def younger(self, shelf: Shelf) -> Shelf | None:
        """A browser that was started later and can take all of a shelf's pages, or None where none starts."""

    def open_page(self, shelf: Shelf, placing: Placing) -> HostPage:
        """An empty page, in the books and opening."""

    def move(self, old: HostPage, new: HostPage) -> None:
        """Moves all sessions of a page to another, and closes the empty one."""

    def discard(self, page: HostPage) -> None:
        """Closes a page that nobody sits in."""

    def close_shelf(self, shelf: Shelf) -> None:
        """Closes a browser that has no pages."""


def due(shelves: Iterable[Shelf], limits: Recycle, now: float) -> tuple[Aged, ...]:
    """What is due to be replaced: browsers first, for with them go their pages.

    Args:
        now: seconds of the event loop's clock.
    """
    held = list(shelves)
    browsers = [
        Aged(shelf.engine.number, None, why, shelf.sessions)
        for shelf in held
        if (why := _why_browser(shelf, limits, now)) is not None
    ]
    pages = [
        Aged(shelf.engine.number, page.number, why, tuple(page.sessions))
        for shelf in held
        for page in shelf.pages.values()
        if page.state is PageState.OPEN and (why := _why_page(page, limits)) is not None
    ]
    return (*browsers, *pages)


def _why_browser(shelf: Shelf, limits: Recycle, now: float) -> str | None:
    age, driver = now - shelf.engine.started_at, shelf.engine.driver
    if limits.after is not None and age >= limits.after:
        return f"it is {age / _HOUR:.1f} h old"
    held = processes.resident(driver) if driver is not None else 0
    return f"its driver holds {held // _MEGABYTE} MB" if held > limits.driver_memory else None


def _why_page(page: HostPage, limits: Recycle) -> str | None:
    if limits.after is not None and page.age >= limits.after:
        return f"it is {page.age / _HOUR:.1f} h old"
    if page.age < limits.page_heap_after or page.heap <= limits.page_heap:
        return None
    return f"its scripts hold {page.heap // _MEGABYTE} MB"


async def renew_page(
    books: Books, page: HostPage, shelf: Shelf, may_move: Callable[[Sequence[str]], bool], log: Log
) -> bool:
    """Moves a page's sessions to a new page on the shelf; whether that came to its end."""
    new = books.open_page(shelf, page.placing)
    if not await new.opens():
        return False  # the pool hears of it as of any page that does not open
    for _ in range(int(MOVES_WITHIN_S / _LOOK_EVERY_S)):
        if PageState.CLOSED in {page.state, new.state}:
            break
        if page.state is PageState.OPEN and may_move(tuple(page.sessions)):
            log.info("page.recycled", page=page.number, by=new.number, sessions=len(page.sessions))
            books.move(page, new)
            return True
        await asyncio.sleep(_LOOK_EVERY_S)
    books.discard(new)
    return page.state is PageState.CLOSED


async def renew_browser(
    books: Books, shelf: Shelf, may_move: Callable[[Sequence[str]], bool], log: Log
) -> None:
    """Moves a browser's sessions to a new one, page by page, and closes the old one."""
    new = await books.younger(shelf)
    if new is None:
        return
    shelf.retiring = True
    try:
        for page in list(shelf.pages.values()):
            if not await renew_page(books, page, new, may_move, log):
                return
    finally:
        shelf.retiring = not shelf.pages  # else it goes on, until the next try
    log.info("browser.recycled", browser=shelf.engine.number, by=new.engine.number)
    books.close_shelf(shelf)
