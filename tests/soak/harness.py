"""All programs of a soak: simulator, host, a dashboard in a terminal, and when pages crashed."""

import contextlib
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.soak.event_order import EventOrder
from tests.support.clocks import WallClock
from tests.support.fault_harness import FaultHarness
from tests.support.processes import kill
from tests.support.programs import Home
from tests.support.terminal import Terminal, terminal
from tests.support.upscope import Upscope, upscope

RATE = 1.0
"""Messages a second of each page."""

PAGES = "sessions_per_process = 4\nallow_private_network = true\n"
CONFIGURATION = """
[end]
undo = "0s"
confirm_within = "2s"
[host]
keep_ended = "off"
"""


class SoakHarness:
    """The programs of a soak, which faults stop and restart.

    Args:
        sessions: number of sessions.
    """

    def __init__(self, home: Home, browser: Path, sessions: int) -> None:
        self.home = home
        self.log = home.path / "stderr.txt"
        self.sessions = sessions
        self.clock = WallClock(home.path / "off-by")
        self.died: list[tuple[float, float]] = []
        """Start and end of each time when pages crashed or could not report, in seconds since the epoch."""
        self._told: list[dict[str, Any]] = []
        self._browser = browser
        self._service = contextlib.ExitStack()
        self._window = contextlib.ExitStack()
        self.under_test = FaultHarness(home, self.log, self._start_service(), sessions, EventOrder)
        self.window: Terminal
        self.visitors: Sequence[str] = ()

    @property
    def service(self) -> Upscope:
        return self.under_test.service

    def start(self) -> None:
        """Start host and dashboard, with all pages ready."""
        links = enumerate(self.service.urls)
        entries = (f'[[sessions]]\nlabel = "s{number:02}"\nwatch_url = "{url}"\n' for number, url in links)
        browser = f'[browser]\nexecutable = "{self._browser}"\n{PAGES}'
        self.home.configure("\n".join((browser, CONFIGURATION, *entries)))
        self.start_host()
        self.under_test.wait_until_ready(60)
        self.visitors = sorted(self.service.visitors().values())
        self.open_window()

    def start_host(self) -> None:
        self.under_test.start_host(self.clock.environment)

    def open_window(self) -> None:
        """Start a dashboard in its own terminal, and wait until it shows the sessions."""
        self.window = self._window.enter_context(terminal(self.home, "attach", size=(120, 40)))
        self.window.until(lambda now: len(now.labels) == self.sessions, 30)

    def close_window(self) -> None:
        self._window.close()
        self._window = contextlib.ExitStack()

    def kill_service(self) -> None:
        """Kill the simulator; its record is kept, and what pages report before the restart is lost."""
        self._told = self.told()
        kill(self.service.program.pid)

    def told(self) -> list[dict[str, Any]]:
        """The instructions that pages have received since the soak began, by their own record."""
        return self._told + self.service.told()

    def restart_service(self) -> None:
        """Start another simulator on the same port."""
        self._service.close()
        self._service = contextlib.ExitStack()
        self.under_test.service = self._start_service(self.service.port)

    @contextlib.contextmanager
    def dying(self) -> Iterator[None]:
        """Mark a block in which pages crash, or their reports are lost."""
        began = time.time()
        try:
            yield
        finally:
            self.died.append((began - 1.5, time.time() + 1.5))

    def stop(self) -> None:
        """Stop everything in order."""
        self.close_window()
        self.under_test.stop_host()
        self._service.close()

    def _start_service(self, port: int = 0) -> Upscope:
        program = upscope(
            self.home,
            self.log,
            sessions=self.sessions,
            scenario="normal",
            rate=RATE,
            port=port,
            takes_orders=True,
        )
        return self._service.enter_context(program)
