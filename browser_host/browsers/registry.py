"""Which session is in which group of which browser, and which sessions wait for one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from browser_host.browsers.browser import HostBrowser
from browser_host.browsers.endpoints.spreading import EndpointCapacity, spread
from browser_host.browsers.entry import BrowserEntry
from browser_host.browsers.group.page_group import GroupState, PageGroup
from browser_host.browsers.interface import SHARED, Placing
from browser_host.browsers.placement import GroupCapacity, PlacementPlan, plan
from browser_host.browsers.settings import EndpointSettings, PoolSettings
from browser_host.secrets import WatchLink

_STRAINED_FROM = 3
_PLACES = frozenset({GroupState.OPENING, GroupState.OPEN})


@dataclass(frozen=True, slots=True)
class Waiting:
    """A session that waits for a group."""

    link: WatchLink
    placing: Placing


class Registry:
    """The pool's registry: a browser, group or session is hosted as long as it is registered here.

    The caller closes what is removed.

    Args:
        settings: how many sessions a group takes, and how many groups a browser.
    """

    def __init__(self, settings: PoolSettings) -> None:
        self.browsers: dict[int, BrowserEntry] = {}
        self.assigned: dict[str, PageGroup] = {}
        self.waiting: dict[str, Waiting] = {}
        self.draining: set[str] = set()
        """Names of the endpoints that take no sessions."""
        self._settings = settings
        self._kept: dict[PageGroup, int] = {}

    @property
    def groups(self) -> dict[int, PageGroup]:
        """The groups of all browsers, by number."""
        return {number: group for entry in self.browsers.values() for number, group in entry.groups.items()}

    @property
    def strained(self) -> bool:
        """Whether most groups are unresponsive: the machine is at its limit, so closing groups won't help."""
        groups = self.groups.values()
        late = sum(group.state is GroupState.UNRESPONSIVE for group in groups)
        return len(groups) >= _STRAINED_FROM and 2 * late > len(groups)

    def plans(self) -> Mapping[str, PlacementPlan]:
        """Where the waiting sessions go, by endpoint."""
        waiting = [(session, one.placing) for session, one in self.waiting.items()]
        offered = [one for one in self._settings.endpoints if one.name not in self.draining]
        found = spread(waiting, [self._capacity(one) for one in offered])
        return {name: self._plan(name, sessions) for name, sessions in found.items() if sessions}

    def _plan(self, endpoint: str, sessions: Sequence[tuple[str, Placing]]) -> PlacementPlan:
        offered = self._offered(endpoint)
        rooms = [
            GroupCapacity(group.number, group.free, len(group.sessions), group.busy, group.placing.cohort)
            for group in self._open_groups(offered)
        ]
        return plan(
            sessions,
            rooms,
            min((entry.browser.sessions_per_process for entry in offered), default=1),
            sum(self.room_on(entry) for entry in offered),
        )

    def hosted_by(self, endpoint: str) -> list[BrowserEntry]:
        """The browsers of an endpoint."""
        return [entry for entry in self.browsers.values() if entry.browser.endpoint == endpoint]

    def emptying(self) -> list[BrowserEntry]:
        """The browsers that are closed once they are empty: of draining endpoints, and those that leave."""
        return [entry for entry in self.browsers.values() if self.empties(entry.browser)]

    def empties(self, browser: HostBrowser) -> bool:
        """Whether a browser's sessions are to move away, because it is drained or leaving."""
        return browser.leaving or browser.endpoint in self.draining

    def taken_of(self, endpoint: str) -> int:
        """How many sessions an endpoint has or is reserved for, without those that leave it."""
        staying = [one for one in self.hosted_by(endpoint) if not one.browser.leaving]
        reserved = sum(self._kept.get(group, 0) for one in staying for group in one.groups.values())
        return reserved + sum(len(one.sessions) for one in staying)

    def room_on(self, entry: BrowserEntry) -> int:
        """How many more groups a browser takes; never below zero."""
        return max(0, self._settings.groups_per_browser - len(entry.groups))

    def emptiest(self, endpoint: str) -> BrowserEntry | None:
        """The endpoint's browser for the next group; None if all are full."""
        room = [entry for entry in self._offered(endpoint) if self.room_on(entry)]
        return min(room, key=lambda entry: len(entry.groups), default=None)

    def elsewhere(self, group: PageGroup) -> BrowserEntry | None:
        """Another browser that takes all sessions of a group whose browser is drained or leaving, or None."""
        count = len(group.sessions)
        fits = [
            (capacity.load(count), entry.browser.number, entry)
            for endpoint in self._settings.endpoints
            if endpoint.name not in self.draining
            and (capacity := self._capacity(endpoint)).takes(count - 1)
            and (entry := self.emptiest(endpoint.name)) is not None
            and entry.browser.sessions_per_process >= count
        ]
        return min(fits)[-1] if fits else None

    def _capacity(self, endpoint: EndpointSettings) -> EndpointCapacity:
        offered = self._offered(endpoint.name)
        groups = [group for entry in offered for group in entry.groups.values()]
        taken, limit, free = self.taken_of(endpoint.name), endpoint.max_sessions, None
        if limit is not None:
            room = sum(group.free for group in self._open_groups(offered) if not group.placing.cohort)
            room += sum(self.room_on(entry) * entry.browser.sessions_per_process for entry in offered)
            free = min(room, limit - taken)
        return EndpointCapacity(
            endpoint.name,
            taken,
            limit,
            free,
            frozenset(group.placing.cohort for group in groups) - {SHARED.cohort},
            any(entry.browser.ping.late for entry in offered),
        )

    def _open_groups(self, entries: Iterable[BrowserEntry]) -> list[PageGroup]:
        """The groups that take sessions."""
        return [
            group
            for entry in entries
            for group in entry.groups.values()
            if group.state in _PLACES and group not in self._kept
        ]

    def assign(self, session_id: str, group: PageGroup) -> None:
        """Put a waiting session into a group."""
        waiting = self.waiting.pop(session_id)
        self.assigned[session_id] = group
        group.pages.add(session_id, waiting.link)

    def keep(self, group: PageGroup, count: int) -> None:
        """Reserve a group for so many sessions that will be moved there."""
        self._kept[group] = count

    def move(self, old: PageGroup, new: PageGroup) -> None:
        """Move all sessions of a group to another, which may be reserved for them."""
        self._kept.pop(new, None)
        for session_id, link in list(old.sessions.items()):
            old.pages.release(session_id)
            self.assigned[session_id] = new
            new.pages.add(session_id, link)

    def unassign(self, session_id: str, group: PageGroup) -> None:
        """Remove a session from a group, if it is still in that one."""
        if self.assigned.get(session_id) is group:
            del self.assigned[session_id]

    def remove_group(self, group: PageGroup) -> tuple[str, ...] | None:
        """Remove a group, so that nothing more goes to it or comes from it.

        Returns:
            The sessions that were in it; None if it is not registered.
        """
        entry = self.browsers.get(group.browser.number)
        if entry is None or entry.groups.pop(group.number, None) is None:
            return None
        sessions = tuple(group.sessions)
        self._take_from(group)
        return sessions

    def remove_browser(self, number: int) -> BrowserEntry | None:
        """Remove a browser with its groups, and return it; None if it is not registered."""
        entry = self.browsers.pop(number, None)
        for group in entry.groups.values() if entry is not None else ():
            self._take_from(group)
        return entry

    def _take_from(self, group: PageGroup) -> None:
        self._kept.pop(group, None)
        for session in group.sessions:
            self.assigned.pop(session, None)
        group.leave()

    def _offered(self, endpoint: str) -> list[BrowserEntry]:
        return [one for one in self.hosted_by(endpoint) if not (one.retiring or one.browser.leaving)]
