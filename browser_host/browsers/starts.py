"""Starting browsers: the first, one beside a full one, ever later where they fall, till they are given up."""

import asyncio
import os
from collections.abc import Callable

from browser_host.bridge.chores import Chores
from browser_host.browsers import sandbox
from browser_host.browsers.backoff import Backoff
from browser_host.browsers.books import Books
from browser_host.browsers.engine import Engine
from browser_host.browsers.hosting import ReportSink
from browser_host.browsers.log import Log
from browser_host.browsers.record import BrowserRecord
from browser_host.browsers.reports import BrowserLost, BrowsersGivenUp, BrowserStarted
from browser_host.browsers.settings import PoolSettings
from browser_host.browsers.shelf import Shelf
from browser_host.errors import BrowserUnavailable

CLOSE_WITHIN_S = 5.0
"""For a browser that was started while the pool closed."""


class Starts:
    """Puts browsers into the books.

    Args:
        record: takes what is started, for the host after this one, or None.
        chores: of the pool, whose end ends a start that is under way.
        lost: called once for each browser that is gone.
        came: called when a start that `another` began is over, however it went.
    """

    def __init__(
        self,
        books: Books,
        settings: PoolSettings,
        *,
        sink: ReportSink,
        log: Log,
        record: BrowserRecord | None,
        chores: Chores,
        lost: Callable[[Engine, str], None],
        came: Callable[[], None],
    ) -> None:
        self._books = books
        self._settings = settings
        self._sink = sink
        self._log = log
        self._record = record
        self._chores = chores
        self._lost = lost
        self._came = came
        self._backoff = Backoff(settings.restarts)
        self._started = 0
        self._alone = asyncio.Lock()
        self._starting: asyncio.Task[None] | None = None
        self._closed = False

    @property
    def under_way(self) -> bool:
        """Whether `another` was called and its browser is neither there nor failed."""
        return self._starting is not None

    async def start(self) -> Shelf | None:
        """Starts a browser now; None where the pool closed meanwhile.

        Raises:
            BrowserUnavailable: it could not be started.
        """
        decided = sandbox.decide(self._settings.sandbox, os.geteuid())
        async with self._alone:  # an engine knows its driver by its being the only one that is new
            self._started += 1
            engine = Engine(self._started, self._log, self._lost, self._record)
            await engine.start(self._settings.executable, decided)
        if self._closed:
            await engine.close(CLOSE_WITHIN_S)
            return None
        shelf = self._books.shelves[engine.number] = Shelf(engine)
        facts = {"browser": engine.number, "version": engine.version, "sandbox": decided.on}
        self._log.info("browser.started", **facts, why=decided.why)
        self._sink(BrowserStarted(engine.number, engine.name, engine.version))
        return shelf

    def another(self) -> None:
        """Starts one in the background when its time has come, or gives up who waits for it."""
        if self._starting is not None:
            return
        if (wait_s := self._backoff.wait_s) is None:
            self._give_up()
        else:
            self._starting = self._chores.start("start a browser", self._another(wait_s))

    def fell(self, engine: Engine) -> None:
        """A browser is gone: the next may have to wait."""
        self._backoff.fell(asyncio.get_running_loop().time() - engine.started_at)

    def forget(self) -> None:
        """Somebody says that it may be tried again."""
        self._backoff.forget()

    def close(self) -> None:
        """No browser gets into the books any more."""
        self._closed = True

    async def _another(self, wait_s: float) -> None:
        try:
            await asyncio.sleep(wait_s)
            await self.start()
        except Exception as error:
            # Whatever it is, it counts: else the next start would follow at once, and so on without end.
            why = str(error) if isinstance(error, BrowserUnavailable) else repr(error)[:300]
            self._backoff.fell(0.0)
            self._log.warning("browser.not_started", why=why, starts=self._backoff.failures)
            self._sink(BrowserLost(self._started, why))
            if not isinstance(error, BrowserUnavailable):
                raise
        finally:
            self._starting = None
            self._came()

    def _give_up(self) -> None:
        waiting, starts = tuple(self._books.waiting), self._backoff.failures
        self._books.waiting.clear()
        self._log.warning("browser.given_up", starts=starts, sessions=len(waiting))
        self._sink(BrowsersGivenUp(waiting, starts))
