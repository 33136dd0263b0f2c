"""The simulated service itself: its visitors, their links, and what their pages are still to be told."""

import string
import time
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from browser_host.secrets import ApiKey, WatchLink
from browser_host.simulator.dice import dice
from browser_host.simulator.people import Visitor, visitors
from browser_host.simulator.record import LinkMade, Record
from browser_host.simulator.scenarios import Behaviour, deal
from browser_host.simulator.script import PageScript, write_script
from browser_host.simulator.settings import SimulatorSettings

MOST_LINKS = 20_000
LETTERS = string.ascii_letters + string.digits + "-_"
TOKEN_LENGTH = 43
"""256 bits in such letters: what a secret link carries."""


class Order(StrEnum):
    """What a test, or the REST service, wants of a page."""

    ACCEPT = "accept"
    DECLINE = "decline"
    END = "end"
    SAY = "say"
    CRASH = "crash"
    LOOP = "loop"
    FLOOD = "flood"
    HOSTILE = "hostile"
    LEAVE = "leave"
    """The visitor closes the tab and is gone; their pages are not told."""

    ARRIVE = "arrive"
    """The visitor is back, and in a session."""


STANDING = frozenset({Order.ACCEPT, Order.DECLINE, Order.END})
"""Orders that hold for a page that is opened again; the others are done once."""


@dataclass(slots=True)
class Link:
    """A watch link that was given out, and what its pages are still to be told.

    Args:
        token: the secret part of its address.
        end_url: where its page goes after the end (`branding.on_end_url`), or None.
    """

    token: str
    visitor: Visitor
    end_url: str | None = None
    orders: list[tuple[int, Order, Any]] = field(default_factory=list)
    numbered: int = 0
    opened: int = 0
    made_at: float = field(default_factory=time.monotonic)


@dataclass(frozen=True, slots=True)
class SimulatedSession:
    """A visitor in a session.

    Args:
        id: the visitor's short id at the service.
        label: what an operator would call it.
        link: the first watch link to it.
    """

    id: str
    label: str
    link: WatchLink
    behaviour: Behaviour
    visitor: Visitor


class Service:
    """All that the simulator knows; HTTP is elsewhere."""

    def __init__(self, settings: SimulatorSettings) -> None:
        self.settings = settings
        self.record = Record()
        self.api_key = ApiKey(f"sim_{self._secret('key')}")
        self._behaviours = deal(settings)
        count = len(self._behaviours)
        people = visitors(settings.seed, count, max(4, count // 4))
        self.visitors = {visitor.short_id: visitor for visitor in people}
        self._numbers = {visitor.short_id: number for number, visitor in enumerate(people)}
        self._in_session = {visitor.short_id for visitor in people[:count]}
        self._links: dict[str, Link] = {}

    def sessions(self, origin: str) -> tuple[SimulatedSession, ...]:
        """One for each visitor in a session, with a fresh link each.

        Args:
            origin: scheme, host and port of the watch pages.
        """
        return tuple(
            SimulatedSession(
                visitor.short_id,
                visitor.label,
                self.address(origin, self.make_link(visitor)),
                behaviour,
                visitor,
            )
            for visitor, behaviour in zip(self.visitors.values(), self._behaviours, strict=False)
        )

    def make_link(self, visitor: Visitor, end_url: str | None = None) -> Link:
        """A new link to a visitor's screen.

        Raises:
            OverflowError: this run has given out all it may.
        """
        if len(self._links) >= MOST_LINKS:
            raise OverflowError(f"a simulator gives out at most {MOST_LINKS} links")
        link = Link(self._secret("link", len(self._links)), visitor, end_url)
        self._links[link.token] = link
        return link

    def address(self, origin: str, link: Link) -> WatchLink:
        """The link as it is given out."""
        return WatchLink(f"{origin}/w/{link.token}")

    def note_link(self, link: Link, address: WatchLink, request: dict[str, Any]) -> None:
        """Puts a link that the REST service made on record."""
        self.record.links.append(LinkMade(link.visitor.short_id, address.fingerprint, request))

    def link(self, token: str) -> Link | None:
        """The link with that secret part, if it was given out."""
        return self._links.get(token)

    def spent(self, link: Link) -> bool:
        """Whether a link opens no more: it is too old, or was opened as often as it may be."""
        seconds, opens = self.settings.link_seconds, self.settings.link_opens
        return (0 < seconds < time.monotonic() - link.made_at) or (0 < opens <= link.opened)

    def behaviour(self, visitor: Visitor) -> Behaviour:
        """How that visitor's pages behave; those who came without a scenario behave well."""
        number = self._numbers[visitor.short_id]
        return self._behaviours[number] if number < len(self._behaviours) else Behaviour.NORMAL

    def script(self, visitor: Visitor) -> PageScript:
        """What that visitor's pages are to play."""
        return write_script(self.settings, self._numbers[visitor.short_id], self.behaviour(visitor))

    def in_session(self, visitor: Visitor) -> bool:
        """Whether somebody can be seen there now."""
        return visitor.short_id in self._in_session

    def note_status(self, visitor: Visitor, status: str) -> None:
        """A page said how its session stands."""
        if status == "terminated":
            self._in_session.discard(visitor.short_id)
        else:
            self._in_session.add(visitor.short_id)

    def order(self, visitor_id: str, order: Order, message: Any = None) -> int:
        """Tells all pages of a visitor to do something; they ask within a second or so.

        Returns:
            How many links' pages will hear of it.
        """
        if order in (Order.LEAVE, Order.ARRIVE):
            self._move(visitor_id, here=order is Order.ARRIVE)
            return 0
        links = [link for link in self._links.values() if link.visitor.short_id == visitor_id]
        for link in links:
            link.numbered += 1
            link.orders.append((link.numbered, order, message))
        if order in (Order.END, Order.DECLINE):
            self._in_session.discard(visitor_id)
        return len(links)

    def _move(self, visitor_id: str, *, here: bool) -> None:
        self.visitors[visitor_id] = replace(self.visitors[visitor_id], is_online=here)
        if here:
            self._in_session.add(visitor_id)
        else:
            self._in_session.discard(visitor_id)

    def take_orders(self, link: Link, after: int) -> list[dict[str, Any]]:
        """What a page is still to do; what is done once is forgotten here."""
        due = [(number, order, message) for number, order, message in link.orders if number > after]
        link.orders = [entry for entry in link.orders if entry[1] in STANDING]
        return [{"number": number, "do": order, "message": message} for number, order, message in due]

    def _secret(self, *of: str | int) -> str:
        return "".join(dice(self.settings.seed, *of).choices(LETTERS, k=TOKEN_LENGTH))
