"""The state of the simulated service: visitors, watch links, and pending orders to pages."""

import string
import time
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from browser_host.secrets import ApiKey, WatchLink
from browser_host.simulator.page_script import PageScript, write_script
from browser_host.simulator.people import SimulatedVisitor, make_visitors
from browser_host.simulator.record import LinkIssued, SimulatorRecord
from browser_host.simulator.scenarios import Behaviour, assign_behaviours
from browser_host.simulator.seeded import seeded_random
from browser_host.simulator.settings import SimulatorSettings

MAX_LINKS = 20_000
SEEN_AT = 1_767_268_800.0
"""When visitors were last seen who have neither come nor left since the start: 2026-01-01T12:00:00Z."""
LETTERS = string.ascii_letters + string.digits + "-_"
TOKEN_LENGTH = 43
"""Characters for the 256 bits of a secret link."""


class PageOrder(StrEnum):
    """An order to a page, from a test or the REST service."""

    ACCEPT = "accept"
    DECLINE = "decline"
    END = "end"
    SAY = "say"
    CRASH = "crash"
    LOOP = "loop"
    FLOOD = "flood"
    HOSTILE = "hostile"
    LEAVE = "leave"
    """The visitor closes the tab and goes offline; the pages are not told."""

    ARRIVE = "arrive"
    """The visitor is online again, and in a session."""

    JOIN = "join"
    """Another agent joins the visitor's session; the message is the name."""


LASTING_ORDERS = frozenset({PageOrder.ACCEPT, PageOrder.DECLINE, PageOrder.END})
"""Orders that also apply to a page that is opened again; the others are executed once."""


@dataclass(slots=True)
class Link:
    """A watch link that was issued, and the pending orders to its pages.

    Args:
        token: the secret part of its address.
        end_url: where its page navigates after the end (`branding.on_end_url`), or None.
        orders: number, order and message of each.
        numbered: number of the newest order.
        opened: how often its page was opened.
        issued_at: time of the steady clock, in seconds.
    """

    token: str
    visitor: SimulatedVisitor
    end_url: str | None = None
    orders: list[tuple[int, PageOrder, Any]] = field(default_factory=list)
    numbered: int = 0
    opened: int = 0
    issued_at: float = field(default_factory=time.monotonic)


@dataclass(frozen=True, slots=True)
class SimulatedSession:
    """A visitor in a session.

    Args:
        id: the visitor's short id.
        label: a label that an operator might give it.
        link: its first watch link.
    """

    id: str
    label: str
    link: WatchLink
    behaviour: Behaviour
    visitor: SimulatedVisitor


class SimulatedService:
    """The whole state of the simulator, without HTTP."""

    def __init__(self, settings: SimulatorSettings) -> None:
        self.settings = settings
        self.record = SimulatorRecord()
        self.api_key = ApiKey(f"sim_{self._secret('key')}")
        self._behaviours = assign_behaviours(settings)
        count = len(self._behaviours)
        people = make_visitors(settings.seed, count, max(4, count // 4))
        self.visitors = {visitor.short_id: visitor for visitor in people}
        self._numbers = {visitor.short_id: number for number, visitor in enumerate(people)}
        self._in_session = {visitor.short_id for visitor in people[:count]}
        self._seen_at: dict[str, float] = {}
        self._agents: dict[str, list[str]] = {}
        self._links: dict[str, Link] = {}

    def sessions(self, origin: str) -> tuple[SimulatedSession, ...]:
        """Return a session with a new link for each visitor in a session.

        Args:
            origin: scheme, host and port of the watch pages.
        """
        return tuple(
            SimulatedSession(
                visitor.short_id,
                visitor.label,
                self.address(origin, self.issue_link(visitor)),
                behaviour,
                visitor,
            )
            for visitor, behaviour in zip(self.visitors.values(), self._behaviours, strict=False)
        )

    def issue_link(self, visitor: SimulatedVisitor, end_url: str | None = None) -> Link:
        """Issue a new link to a visitor's screen.

        Raises:
            OverflowError: this run has issued as many as it may.
        """
        if len(self._links) >= MAX_LINKS:
            raise OverflowError(f"a simulator issues at most {MAX_LINKS} links")
        link = Link(self._secret("link", len(self._links)), visitor, end_url)
        self._links[link.token] = link
        return link

    def address(self, origin: str, link: Link) -> WatchLink:
        """Return the address of a link."""
        return WatchLink(f"{origin}/w/{link.token}")

    def record_link(self, link: Link, address: WatchLink, request: dict[str, Any]) -> None:
        """Record a link that the REST service issued."""
        self.record.links.append(LinkIssued(link.visitor.short_id, address.fingerprint, request))

    def link(self, token: str) -> Link | None:
        """Return the link with that secret part, or None if none was issued."""
        return self._links.get(token)

    def is_expired(self, link: Link) -> bool:
        """Whether a link is too old, or was opened as often as it may be."""
        seconds, opens = self.settings.link_seconds, self.settings.link_opens
        return (0 < seconds < time.monotonic() - link.issued_at) or (0 < opens <= link.opened)

    def behaviour(self, visitor: SimulatedVisitor) -> Behaviour:
        """Return how a visitor's pages behave; visitors outside the scenario are normal."""
        number = self._numbers[visitor.short_id]
        return self._behaviours[number] if number < len(self._behaviours) else Behaviour.NORMAL

    def script(self, visitor: SimulatedVisitor) -> PageScript:
        """Return the script of a visitor's pages."""
        return write_script(self.settings, self._numbers[visitor.short_id], self.behaviour(visitor))

    def in_session(self, visitor: SimulatedVisitor) -> bool:
        """Whether a visitor is in a session now."""
        return visitor.short_id in self._in_session

    def last_seen_at(self, visitor: SimulatedVisitor) -> float:
        """When a visitor came or left, in epoch seconds; one and the same for every call in between."""
        return self._seen_at.get(visitor.short_id, SEEN_AT)

    def other_agents(self, visitor: SimulatedVisitor) -> tuple[str, ...]:
        """The names of further agents in a visitor's session."""
        return tuple(self._agents.get(visitor.short_id, ()))

    def note_status(self, visitor: SimulatedVisitor, status: str) -> None:
        """Take the status that a page reported."""
        if status == "terminated":
            self._in_session.discard(visitor.short_id)
        elif self.visitors[visitor.short_id].is_online:
            self._in_session.add(visitor.short_id)

    def order(self, visitor_id: str, order: PageOrder, message: Any = None) -> int:
        """Give an order to all pages of a visitor; they ask for it within about a second.

        Returns:
            The number of links whose pages get the order.
        """
        if order in (PageOrder.LEAVE, PageOrder.ARRIVE):
            self._set_online(visitor_id, is_online=order is PageOrder.ARRIVE)
            return 0
        if order is PageOrder.JOIN:
            self._agents.setdefault(visitor_id, []).append(str(message))
            return 0
        links = [link for link in self._links.values() if link.visitor.short_id == visitor_id]
        for link in links:
            link.numbered += 1
            link.orders.append((link.numbered, order, message))
        if order in (PageOrder.END, PageOrder.DECLINE):
            self._in_session.discard(visitor_id)
        return len(links)

    def _set_online(self, visitor_id: str, *, is_online: bool) -> None:
        self.visitors[visitor_id] = replace(self.visitors[visitor_id], is_online=is_online)
        self._seen_at[visitor_id] = time.time()
        if is_online:
            self._in_session.add(visitor_id)
        else:
            self._in_session.discard(visitor_id)
            self._agents.pop(visitor_id, None)

    def take_orders(self, link: Link, after: int) -> list[dict[str, Any]]:
        """Return the pending orders of a page, and forget those that are executed once."""
        due = [(number, order, message) for number, order, message in link.orders if number > after]
        link.orders = [entry for entry in link.orders if entry[1] in LASTING_ORDERS]
        return [{"number": number, "do": order, "message": message} for number, order, message in due]

    def _secret(self, *of: str | int) -> str:
        return "".join(seeded_random(self.settings.seed, *of).choices(LETTERS, k=TOKEN_LENGTH))
