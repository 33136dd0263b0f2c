"""A browser with its groups."""

import asyncio
from dataclasses import dataclass, field

from browser_host.browsers.browser import HostBrowser
from browser_host.browsers.group.page_group import PageGroup
from browser_host.browsers.interface import BrowserDescription
from browser_host.sessions.browser_state import BrowserState

_CLOSE_WITHIN_S = 5.0
LOOK_EVERY_S = 10.0
ASK_EVERY_S = 60.0
SWOLLEN_BY = 100 << 20
"""Bytes. The browser's own processes hold what pages store; a hundred sessions need as much there."""


@dataclass(slots=True, eq=False)
class BrowserEntry:
    """A browser and its groups by their numbers.

    Args:
        retiring: whether it takes no more sessions, because it is being replaced.
    """

    browser: HostBrowser
    groups: dict[int, PageGroup] = field(default_factory=dict)
    retiring: bool = False

    @property
    def sessions(self) -> tuple[str, ...]:
        """The sessions of all its groups."""
        return tuple(session for group in self.groups.values() for session in group.sessions)

    async def close(self) -> None:
        """Close the browser, then its groups in this process."""
        await self.browser.close(_CLOSE_WITHIN_S)
        for group in self.groups.values():
            await group.close()

    async def watch_storage(self) -> None:
        """Check what pages store whenever the browser's own processes have grown.

        The processes of a browser elsewhere can't be seen from here, so its pages are checked regularly.
        """
        held, every = self.browser.resident(), LOOK_EVERY_S if self.browser.is_local else ASK_EVERY_S
        while self.browser.runs:
            await asyncio.sleep(every)
            now = self.browser.resident()
            if now > held + SWOLLEN_BY or not self.browser.is_local:
                for group in list(self.groups.values()):
                    await group.pages.check_storage()
                held = self.browser.resident()
            else:
                held = min(held, now)

    def describe(self) -> BrowserDescription:
        """The browser as it is now."""
        browser = self.browser
        return BrowserDescription(
            number=browser.number,
            name=browser.name,
            version=browser.version,
            state=BrowserState.DRAINING if self.retiring or browser.leaving else BrowserState.UP,
            groups=len(self.groups),
            sessions=len(self.sessions),
            busiest=round(max((group.busy for group in self.groups.values()), default=0.0), 3),
            sandbox=browser.sandbox,
            isolated=browser.isolation.isolated,
            endpoint=browser.endpoint,
            round_trip_s=round(browser.ping.round_trip_s, 4),
            leaving=browser.leaving,
        )
