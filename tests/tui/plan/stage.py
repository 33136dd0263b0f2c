"""The dashboard on the real API of a supervisor whose pages do what a test tells them to."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from textual.pilot import Pilot

from browser_host.supervisor.policy import Policy
from browser_host.supervisor.upscope_worker import UpscopeWorker
from tests.support.host import ScriptedHost, scripted_host, serving
from tests.support.patience import patient
from tests.support.questions import is_asked
from tui.app import WatchdeckApp
from tui.screens.confirm import ConfirmScreen
from tui.screens.plan import PlanScreen
from tui.setup import Setup
from tui.widgets.lines import Lines
from tui.widgets.listing import Listing

DEADLINE_S = 10


@dataclass(frozen=True, slots=True)
class Stage:
    """A dashboard, and the host that it is attached to."""

    app: WatchdeckApp
    pilot: Pilot[None]
    host: ScriptedHost

    async def until(self, holds: Callable[[], object]) -> None:
        async with asyncio.timeout(patient(DEADLINE_S)):
            while not holds():
                await self.pilot.pause(0.01)

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    @property
    def plan(self) -> PlanScreen:
        found = next(screen for screen in self.app.screen_stack if isinstance(screen, PlanScreen))
        assert isinstance(found, PlanScreen)
        return found

    def shown(self) -> str:
        """What the screen on top says, line by line."""
        lines = []
        for widget in self.app.screen.query("Lines, Listing"):
            if isinstance(widget, Lines | Listing):
                lines += [widget.render_line(y).text.rstrip() for y in range(widget.size.height)]
        return "\n".join(lines)

    async def shows(self, *words: str) -> None:
        try:
            await self.until(lambda: all(word in self.shown() for word in words))
        except TimeoutError:
            raise AssertionError(f"{words} not in:\n{self.shown()}") from None

    async def confirm(self, typed: Iterable[str] = ()) -> None:
        """Runs the plan: the prompt is answered, the number typed where it must be."""
        await self.press("enter")
        await self.until(lambda: is_asked(self.app))
        await self.press(*typed, "y")
        await self.until(lambda: not isinstance(self.app.screen, ConfirmScreen))

    def ended(self) -> list[str]:
        """Whose pages were told to end, in that order; nobody was told anything else."""
        posted = self.host.hosting.posted
        assert all(one.message == {"action": "endSession"} for one in posted)
        return [one.session_id for one in posted]

    def page_ends(self, *ids: str) -> None:
        """Pages confirm what they were told last."""
        told = {one.session_id: one.number for one in self.host.hosting.posted}
        for session_id in ids:
            self.host.hosting.says_status(session_id, "terminated", after=told[session_id])


@asynccontextmanager
async def stage(
    folder: Path, rules: Policy | None = None, *, count: int = 0, rest: UpscopeWorker | None = None
) -> AsyncIterator[Stage]:
    """A dashboard before a host with so many pending sessions."""
    path = folder / "run" / "host.sock"
    async with scripted_host(rules, rest=rest) as host, serving(host, path):
        host.live(count, "pendingRequest")
        setup = Setup(socket=path, refresh_hz=50, theme="watchdeck", log=folder / "tui.log", animate=False)
        app = WatchdeckApp(setup)
        async with app.run_test(size=(150, 40)) as pilot:
            made = Stage(app, pilot, host)
            await made.until(lambda: app.attached and len(app.deck.sessions) == count)
            yield made
