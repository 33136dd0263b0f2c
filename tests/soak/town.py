"""All programs of a soak: simulator, host, a dashboard on a terminal, and what is known of their lives."""

import contextlib
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.soak.numbers import Numbers
from tests.support.clocks import WallClock
from tests.support.fault_stage import Stage
from tests.support.household import kill
from tests.support.programs import Home
from tests.support.terminal import Terminal, terminal
from tests.support.upscope import Upscope, upscope

RATE = 1.0
"""Events a second that each page says of itself."""

PAGES = "sessions_per_page = 4\nallow_private_network = true\n"
CONFIGURATION = """
[end]
undo = "0s"
confirm_within = "2s"
[host]
keep_ended = "off"
"""


class Town:
    """The programs, each replaced as faults and the end of the soak want it.

    Args:
        sessions: how many.
    """

    def __init__(self, home: Home, browser: Path, sessions: int) -> None:
        self.home = home
        self.log = home.path / "stderr.txt"
        self.sessions = sessions
        self.clock = WallClock(home.path / "off-by")
        self.died: list[tuple[float, float]] = []
        """From and until when pages died, or had nobody to note things for, in seconds since the epoch."""
        self._told: list[dict[str, Any]] = []
        self._browser = browser
        self._service = contextlib.ExitStack()
        self._window = contextlib.ExitStack()
        self.stage = Stage(home, self.log, self._start_service(), sessions, Numbers)
        self.window: Terminal
        self.visitors: Sequence[str] = ()

    @property
    def service(self) -> Upscope:
        return self.stage.service

    def start(self) -> None:
        """Host and dashboard, over pages that came to rest."""
        links = enumerate(self.service.urls)
        entries = (f'[[sessions]]\nlabel = "s{number:02}"\nwatch_url = "{url}"\n' for number, url in links)
        browser = f'[browser]\nexecutable = "{self._browser}"\n{PAGES}'
        self.home.configure("\n".join((browser, CONFIGURATION, *entries)))
        self.start_host()
        self.stage.rested(60)
        self.visitors = sorted(self.service.visitors().values())
        self.open_window()

    def start_host(self) -> None:
        self.stage.start_host(self.clock.environment)

    def open_window(self) -> None:
        """A dashboard on a terminal of its own, once it shows the sessions."""
        self.window = self._window.enter_context(terminal(self.home, "attach", size=(120, 40)))
        self.window.until(lambda now: len(now.labels) == self.sessions, 30)

    def close_window(self) -> None:
        self._window.close()
        self._window = contextlib.ExitStack()

    def kill_service(self) -> None:
        """What pages noted until then is kept; what they note until there is another, nobody hears."""
        self._told = self.told()
        kill(self.service.program.pid)

    def told(self) -> list[dict[str, Any]]:
        """What pages were told since the soak began, by their own record."""
        return self._told + self.service.told()

    def restart_service(self) -> None:
        """Another simulator on the same port."""
        self._service.close()
        self._service = contextlib.ExitStack()
        self.stage.service = self._start_service(self.service.port)

    @contextlib.contextmanager
    def dying(self) -> Iterator[None]:
        """Pages die within the block, or what they note is lost."""
        began = time.time()
        try:
            yield
        finally:
            self.died.append((began - 1.5, time.time() + 1.5))

    def end(self) -> None:
        """Everything, in order."""
        self.close_window()
        self.stage.stop_host()
        self._service.close()

    def _start_service(self, port: int = 0) -> Upscope:
        program = upscope(
            self.home, self.log, sessions=self.sessions, scenario="normal", rate=RATE, port=port
        )
        return self._service.enter_context(program)
