"""The question whether a page's thread takes its turn, asked once until it is answered."""

import asyncio

from browser_host.bridge.cdp import Cdp, CdpError
from browser_host.bridge.chores import Chores


class Question:
    """Asks a page, one question at a time: an answer that comes late is an answer all the same.

    What lies between host and page is every page's: where a page fills it, answers of all others come late,
    and whoever asked anew each time would never hear one in time.

    Args:
        context: of the execution context that answers.
    """

    def __init__(self, cdp: Cdp, context: int, chores: Chores) -> None:
        self._cdp = cdp
        self._context = context
        self._chores = chores
        self._asked: asyncio.Task[None] | None = None
        self._refusal: CdpError | None = None

    async def answered(self, within: float) -> bool:
        """Whether it answers what is asked now, or was asked before and has no answer yet.

        Args:
            within: seconds.

        Raises:
            CdpError: the page or the browser is gone.
        """
        asked = self._asked = self._asked or self._chores.start("question", self._ask())
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
