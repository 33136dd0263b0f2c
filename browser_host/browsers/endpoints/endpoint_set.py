"""The endpoints of a pool: keeps their browsers running, drains and describes them."""

import asyncio
import contextlib
import itertools
from collections.abc import Callable
from dataclasses import replace

from browser_host.bridge.events import (
    BrowserReplaced,
    BrowsersGivenUp,
    EndpointDrained,
    EndpointDraining,
    EndpointTakesSessions,
    ReportSink,
)
from browser_host.browsers.browser import HostBrowser
from browser_host.browsers.entry import BrowserEntry
from browser_host.browsers.interface import Aged, BrowserDescription
from browser_host.browsers.launcher import Launcher
from browser_host.browsers.log import Log
from browser_host.browsers.process.pidfile import BrowserRecord
from browser_host.browsers.registry import Registry
from browser_host.browsers.settings import PoolSettings
from browser_host.errors import UnknownEndpoint
from browser_host.sessions.browser_state import BrowserKind, BrowserState
from browser_host.tasks import BackgroundTasks

MAX_BROWSERS = 4
"""Browsers of an endpoint that starts them: 240 groups; further sessions wait."""
_MANY = frozenset({BrowserKind.LOCAL, BrowserKind.GRID})
"""Kinds whose endpoints have more than one browser."""
FIRST_WITHIN_S = 15.0
"""Seconds that the host's start waits for all endpoints, so that sessions spread over them."""

_STARTING = BrowserDescription(0, "", "", BrowserState.STARTING, 0, 0, 0.0, sandbox=False, isolated=None)
"""A browser that is being started."""
_DOWN = replace(_STARTING, state=BrowserState.DOWN)
"""A browser that neither runs nor is being started."""


class EndpointSet:
    """Starts missing browsers, each endpoint with its own backoff, and closes those of drained endpoints.

    Args:
        lost: called once for each browser that is lost.
        changed: called when a start has succeeded or failed, or an endpoint was drained or undrained.
    """

    def __init__(
        self,
        registry: Registry,
        settings: PoolSettings,
        *,
        sink: ReportSink,
        log: Log,
        record: BrowserRecord | None,
        tasks: BackgroundTasks,
        lost: Callable[[HostBrowser, str], None],
        changed: Callable[[], None],
    ) -> None:
        self._registry = registry
        self._sink = sink
        self._log = log
        self._tasks = tasks
        self._changed = changed
        self._emptied: set[str] = set()
        self._given_up = False
        self._tried = asyncio.Event()
        numbers, alone = itertools.count(1), asyncio.Lock()
        self._launchers = {
            endpoint.name: Launcher(
                registry,
                settings,
                endpoint,
                numbers=numbers,
                alone=alone,
                sink=sink,
                log=log,
                record=record,
                tasks=tasks,
                lost=lost,
                came=self._came,
                gave_up=self._gave_up,
            )
            for endpoint in settings.endpoints
        }

    @property
    def starting(self) -> bool:
        """Whether a browser is being started for waiting sessions."""
        return any(one.under_way for one in self._launchers.values() if one.endpoint.on_demand)

    async def start(self) -> None:
        """Start a browser of each endpoint; if several are configured, failed starts are repeated.

        Raises:
            BrowserUnavailable: the only endpoint is this machine, and its browser could not be started.
        """
        for launcher in self._launchers.values():
            if not launcher.endpoint.on_demand:
                launcher.another()
            elif not self._registry.browsers:
                await launcher.start()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FIRST_WITHIN_S):
                while not all(one.tried or one.endpoint.on_demand for one in self._launchers.values()):
                    self._tried.clear()
                    await self._tried.wait()

    async def start_one(self, endpoint: str) -> BrowserEntry | None:
        """Start one more browser of an endpoint now; None if the pool was closed meanwhile.

        Raises:
            BrowserUnavailable: it could not be started.
        """
        return await self._launchers[endpoint].start()

    def start_missing(self) -> None:
        """Start missing browsers in the background, after the delay of their endpoint."""
        for launcher in self._launchers.values():
            if self._lacks_browser(launcher):
                launcher.another()

    def browser_lost(self, browser: HostBrowser) -> None:
        """Note that a browser was lost, which may delay the next start of its endpoint."""
        self._launchers[browser.endpoint].browser_lost(browser)

    def retry(self) -> None:
        """Allow starts again at endpoints that were given up."""
        self._given_up = False
        for launcher in self._launchers.values():
            launcher.forget()

    def drain(self, endpoint: str) -> bool:
        """Give an endpoint no more sessions; whether there is another endpoint for its own.

        Raises:
            UnknownEndpoint: no endpoint has this name.
        """
        self._require(endpoint)
        if endpoint not in self._registry.draining:
            self._registry.draining.add(endpoint)
            self._log.info("endpoint.draining", endpoint=endpoint)
            self._sink(EndpointDraining(endpoint))
            self._changed()
        return len(self._registry.draining) < len(self._launchers)

    def undrain(self, endpoint: str) -> None:
        """Give an endpoint sessions again.

        Raises:
            UnknownEndpoint: no endpoint has this name.
        """
        self._require(endpoint)
        if endpoint in self._registry.draining:
            self._registry.draining.discard(endpoint)
            self._emptied.discard(endpoint)
            self._log.info("endpoint.undrained", endpoint=endpoint)
            self._sink(EndpointTakesSessions(endpoint))
            self._changed()

    def due(self) -> tuple[Aged, ...]:
        """The browsers to be emptied with sessions that can move elsewhere."""
        return tuple(
            Aged(entry.browser.number, None, "its endpoint is drained", entry.sessions, leaving=True)
            for entry in self._registry.emptying()
            if any(group.sessions and self._registry.elsewhere(group) for group in entry.groups.values())
        )

    def close_drained(self) -> None:
        """Close the browsers to be emptied that have no sessions left."""
        registry = self._registry
        for entry in registry.emptying():
            if not entry.sessions:
                registry.remove_browser(entry.browser.number)
                self._sink(BrowserReplaced(entry.browser.number))
                self._tasks.start(f"close browser {entry.browser.number}", entry.close())
        for name in sorted(registry.draining - self._emptied):
            if not registry.hosted_by(name) and not self._launchers[name].under_way:
                self._emptied.add(name)
                self._log.info("endpoint.drained", endpoint=name)
                self._sink(EndpointDrained(name))

    def describe(self) -> tuple[BrowserDescription, ...]:
        """The browsers in their present state, with placeholders for missing ones."""
        return tuple(one for launcher in self._launchers.values() for one in self._describe(launcher))

    def close(self) -> None:
        """Add no more browsers to the registry."""
        for launcher in self._launchers.values():
            launcher.close()

    def _describe(self, launcher: Launcher) -> list[BrowserDescription]:
        endpoint = launcher.endpoint
        is_drained = endpoint.name in self._registry.draining
        found = [entry.describe() for entry in self._registry.hosted_by(endpoint.name)]
        if launcher.under_way:
            found.append(_STARTING)
        elif not found and (is_drained or not endpoint.on_demand):
            found.append(_DOWN)
        return [
            replace(
                one,
                state=BrowserState.DRAINING if is_drained else one.state,
                endpoint=endpoint.name,
                kind=endpoint.kind,
                max_sessions=endpoint.max_sessions,
                drained=is_drained,
                given_up=launcher.given_up,
            )
            for one in found
        ]

    def _lacks_browser(self, launcher: Launcher) -> bool:
        """Whether an endpoint needs another browser."""
        registry, endpoint = self._registry, launcher.endpoint
        if endpoint.name in registry.draining:
            return False
        running = sum(not entry.browser.leaving for entry in registry.hosted_by(endpoint.name))
        if not running and not endpoint.on_demand:
            return True
        limit = endpoint.max_sessions
        has_room = limit is None or registry.taken_of(endpoint.name) < limit
        most = MAX_BROWSERS if endpoint.kind in _MANY else 1
        return bool(registry.waiting) and running < most and has_room

    def _came(self) -> None:
        """Note that a start in the background has succeeded or failed."""
        self._tried.set()
        self._changed()

    def _gave_up(self, starts: int) -> None:
        """Give up the waiting sessions, if no other endpoint is left to take them."""
        registry = self._registry
        left = [one for one in self._launchers.values() if one.endpoint.name not in registry.draining]
        waiting = tuple(registry.waiting)
        if not all(one.given_up for one in left) or (self._given_up and not waiting):
            return
        self._given_up = True
        registry.waiting.clear()
        self._log.warning("browser.given_up", starts=starts, sessions=len(waiting))
        self._sink(BrowsersGivenUp(waiting, starts))

    def _require(self, endpoint: str) -> None:
        if endpoint not in self._launchers:
            known = ", ".join(self._launchers)
            raise UnknownEndpoint(f"no endpoint has the name {endpoint}; there is {known}")
