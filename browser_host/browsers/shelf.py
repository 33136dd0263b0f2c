"""A browser with its pages."""

from dataclasses import dataclass, field

from browser_host.browsers.engine import Engine
from browser_host.browsers.hosting import BrowserDescription
from browser_host.browsers.page import HostPage

_CLOSE_WITHIN_S = 5.0


@dataclass(slots=True, eq=False)
class Shelf:
    """A browser and its pages by their numbers.

    Args:
        retiring: nobody is placed in it any more.
    """

    engine: Engine
    pages: dict[int, HostPage] = field(default_factory=dict)
    retiring: bool = False

    @property
    def sessions(self) -> tuple[str, ...]:
        """Everyone who sits in one of its pages."""
        return tuple(session for page in self.pages.values() for session in page.sessions)

    async def bury(self) -> None:
        """Closes the browser, then what this process holds of its pages."""
        await self.engine.close(_CLOSE_WITHIN_S)
        for page in self.pages.values():
            await page.close()

    def describe(self) -> BrowserDescription:
        """The browser as it is now."""
        engine = self.engine
        return BrowserDescription(
            number=engine.number,
            name=engine.name,
            version=engine.version,
            state="running",
            pages=len(self.pages),
            sessions=len(self.sessions),
            busiest=round(max((page.busy for page in self.pages.values()), default=0.0), 3),
            sandbox=engine.sandbox,
        )
