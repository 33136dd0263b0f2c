"""Who sits where: the browsers, their pages, the sessions in these, and who waits for a seat."""

from dataclasses import dataclass

from browser_host.browsers.hosting import Placing
from browser_host.browsers.page import HostPage, PageState
from browser_host.browsers.placing import Plan, Room, plan
from browser_host.browsers.settings import PoolSettings
from browser_host.browsers.shelf import Shelf
from browser_host.secrets import WatchLink

_STRAINED_FROM = 3
_PLACES = frozenset({PageState.OPENING, PageState.OPEN})


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a session that has no seat is to get."""

    link: WatchLink
    placing: Placing


class Books:
    """The pool's books: a browser, a page or a session is hosted as long as it stands here.

    What is struck out of them is for the caller to close.

    Args:
        settings: how many sessions a page takes, and how many pages a browser.
    """

    def __init__(self, settings: PoolSettings) -> None:
        self.shelves: dict[int, Shelf] = {}
        self.seats: dict[str, HostPage] = {}
        self.waiting: dict[str, Waiting] = {}
        self._settings = settings
        self._kept: set[HostPage] = set()

    @property
    def pages(self) -> dict[int, HostPage]:
        """The pages of all browsers, by number."""
        return {number: page for shelf in self.shelves.values() for number, page in shelf.pages.items()}

    @property
    def strained(self) -> bool:
        """Whether most pages are unresponsive: the machine is at its limit then, and closing won't help."""
        pages = self.pages.values()
        late = sum(page.state is PageState.UNRESPONSIVE for page in pages)
        return len(pages) >= _STRAINED_FROM and 2 * late > len(pages)

    def plan(self) -> Plan:
        """Where those that wait are to go."""
        rooms = [
            Room(page.number, page.free, len(page.sessions), page.busy, page.placing.group)
            for shelf in self._offered()
            for page in shelf.pages.values()
            if page.state in _PLACES and page not in self._kept
        ]
        return plan(
            [(session, waiting.placing) for session, waiting in self.waiting.items()],
            rooms,
            self._settings.sessions_per_page,
            sum(self.room_on(shelf) for shelf in self._offered()),
        )

    def room_on(self, shelf: Shelf) -> int:
        """How many more pages a browser takes; none below zero."""
        return max(0, self._settings.pages_per_browser - len(shelf.pages))

    def emptiest(self) -> Shelf | None:
        """The browser for the next page, or None where all are full."""
        room = [shelf for shelf in self._offered() if self.room_on(shelf)]
        return min(room, key=lambda shelf: len(shelf.pages), default=None)

    def sit(self, session_id: str, page: HostPage) -> None:
        """Gives a session that waits its seat."""
        waiting = self.waiting.pop(session_id)
        self.seats[session_id] = page
        page.host(session_id, waiting.link)

    def keep(self, page: HostPage) -> None:
        """Nobody is given a seat in it but who moves there: it may have one seat, and that is theirs."""
        self._kept.add(page)

    def move(self, old: HostPage, new: HostPage) -> None:
        """Gives all sessions of a page seats in another, which may have been kept for them."""
        self._kept.discard(new)
        for session_id, link in list(old.sessions.items()):
            old.release(session_id)
            self.seats[session_id] = new
            new.host(session_id, link)

    def stood_up(self, session_id: str, page: HostPage) -> None:
        """A session left its seat, if that still was where it sat."""
        if self.seats.get(session_id) is page:
            del self.seats[session_id]

    def strike_page(self, page: HostPage) -> tuple[str, ...] | None:
        """Nothing goes to the page and nothing comes from it any more; None where that was so already.

        Returns:
            Who sat in it.
        """
        shelf = self.shelves.get(page.engine.number)
        if shelf is None or shelf.pages.pop(page.number, None) is None:
            return None
        sessions = tuple(page.sessions)
        self._take_from(page)
        return sessions

    def strike_shelf(self, number: int) -> Shelf | None:
        """The same for a browser with its pages: it, or None where it is in the books no more."""
        shelf = self.shelves.pop(number, None)
        for page in shelf.pages.values() if shelf is not None else ():
            self._take_from(page)
        return shelf

    def _take_from(self, page: HostPage) -> None:
        self._kept.discard(page)
        for session in page.sessions:
            self.seats.pop(session, None)
        page.leave()

    def _offered(self) -> list[Shelf]:
        return [shelf for shelf in self.shelves.values() if not shelf.retiring]
