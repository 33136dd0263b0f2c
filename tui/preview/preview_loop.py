"""Takes pictures for the panel, one at a time, and only while it is seen."""

import asyncio
from collections.abc import Awaitable, Callable

from browser_host.api.bounds import LEAST_WIDTH, MOST_WIDTH, PAGE_WIDTH
from browser_host.errors import WatchdeckError
from browser_host.protocol.pointer_input import PointerInput
from tui.host.deck import Deck
from tui.preview.drawing import NOTHING
from tui.preview.gesture import objection
from tui.preview.pictures import draw_as
from tui.preview.preview_panel import PreviewPanel
from tui.terminal import cell_pixels
from tui.terminal_graphics import TerminalGraphics

SETTLE_S = 0.2
"""Seconds after the cursor moved: of the rows it only passes, nobody looks at the page."""


class Preview:
    """Refreshes the panel.

    Args:
        take: asks the host for a picture of a session's page, so many pixels wide.
        send: sends mouse input to a session's page.
        deck: the sessions as they are.
        say: called with a notice for the operator.
        every_s: seconds between two pictures.
        clock: the wall clock, epoch seconds.
    """

    def __init__(
        self,
        panel: PreviewPanel,
        take: Callable[[str, int], Awaitable[bytes]],
        *,
        send: Callable[[str, PointerInput], Awaitable[None]],
        deck: Callable[[], Deck],
        say: Callable[[str], None],
        every_s: float,
        clock: Callable[[], float],
    ) -> None:
        self._panel = panel
        self._take = take
        self._send = send
        self._deck = deck
        self._say = say
        self._pointing = asyncio.Lock()
        self._asked = False
        self._shown: tuple[object, ...] = ()
        self._drawing = NOTHING
        """The last picture, drawn once for as long as the page stays the same."""
        self._every_s = every_s
        self._clock = clock

    def toggle(self) -> None:
        """Open or close the panel; `run` follows."""
        self._panel.toggle()

    def asks_terminal(self) -> bool:
        """Whether the terminal is to be asked now what it can show: once, and before the first picture."""
        asks, self._asked = self._panel.has_blocks and not self._asked, True
        return asks

    def improve(self, graphics: TerminalGraphics) -> None:
        """Show pictures as the terminal said it can, if that is better than before."""
        self._panel.graphics = max(graphics, self._panel.graphics)

    async def run(self) -> None:
        """Take pictures until the panel is closed."""
        while self._panel.is_open:
            if self._panel.moved.is_set():
                self._panel.moved.clear()
                await asyncio.sleep(SETTLE_S)
                continue
            if not self._panel.app.no_color and (session_id := self._panel.session_id) is not None:
                await self._look(session_id)
            try:
                async with asyncio.timeout(self._every_s):
                    await self._panel.moved.wait()
            except TimeoutError:
                continue

    async def point(self, pointed: PreviewPanel.Pointed) -> None:
        """Send what the mouse did to the page, in its turn, and look again; or say why not."""
        async with self._pointing:
            age_s = self._clock() - pointed.taken_at
            why = objection(self._deck(), pointed.session_id, age_s=age_s, held=pointed.held)
            if why is not None:
                self._say(why)
                return
            await self._send(pointed.session_id, pointed.sent)
            self._panel.moved.set()

    async def _look(self, session_id: str) -> None:
        panel = self._panel
        columns, lines = panel.room
        if columns < 1 or lines < 1:
            return
        graphics, cell = panel.graphics, cell_pixels()
        pixels = 2 * columns if graphics is TerminalGraphics.CELLS else min(cell[0] * columns, PAGE_WIDTH)
        width = min(max(pixels, LEAST_WIDTH), MOST_WIDTH)
        at = self._clock()  # it is no older than that
        try:
            from browser_host.cli.pictures import decoding  # noqa: PLC0415 - most never show a picture

            decoding.require()  # before anybody's screen is looked at
            png = await self._take(session_id, width)
            shown = (graphics, png, (columns, lines), cell)
            if shown != self._shown:
                self._drawing = await asyncio.to_thread(draw_as, *shown, halved=panel.has_blocks)
                self._shown = shown
        except WatchdeckError as error:
            panel.fail(session_id, str(error))
        else:
            if (columns, lines, graphics) == (*panel.room, panel.graphics):
                panel.draw(session_id, self._drawing, at)
