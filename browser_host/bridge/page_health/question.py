"""The question whether a page's thread still runs, asked once until it is answered."""

import asyncio

from browser_host.bridge.cdp import Cdp, CdpError
from browser_host.tasks import BackgroundTasks


class Question:
    """Asks a page one question at a time; a late answer is an answer too.

    All pages share one connection to the host. When one of them fills it, the answers of all others are late,
    and a host that asked again each time would never get one in time.

    Args:
        context: id of the execution context that answers.
    """

    def __init__(self, cdp: Cdp, context: int, tasks: BackgroundTasks) -> None:
        self._cdp = cdp
        self._context = context
        self._tasks = tasks
        self._asked: asyncio.Task[None] | None = None
        self._refusal: CdpError | None = None

    async def answered(self, within: float) -> bool:
        """Whether it answers in time; an earlier question that is still open counts.

        Args:
            within: seconds.

        Raises:
            CdpError: the page or the browser is gone.
        """
        asked = self._asked = self._asked or self._tasks.start("question", self._ask())
        await asyncio.wait({asked}, timeout=within)
        if not asked.done():
            return False
        self._asked = None
        if self._refusal is not None:
            raise self._refusal
        return True

    async def _ask(self) -> None:
        try:
            await self._cdp.send("Runtime.evaluate", {"contextId": self._context, "expression": "1"})
        except CdpError as error:
            self._refusal = error
