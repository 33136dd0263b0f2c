"""What the pool is told."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from browser_host.browsers.backoff import RESTARTS_S

MAX_PAGES_PER_BROWSER = 60
"""Above some 80 renderers Chromium makes pages share them, and one crash would take several pages."""

_WIDTH, _HEIGHT = 640, 400
"""Pixels of an iframe."""


class Render(StrEnum):
    """How iframes are laid out."""

    HIDDEN = "hidden"
    """All at one place, laid out and not painted: timers, messages and animation frames keep their rate, and
    a page sees itself in sight. A frame of 1 by 1 pixel keeps them too, takes a quarter more memory (each of
    its words is a line of its own), and sees itself out of sight."""
    VISIBLE = "visible"
    """Beside each other, and painted."""

    @property
    def style(self) -> str:
        """CSS of an iframe."""
        hidden = "position:absolute;left:0;top:0;visibility:hidden;" if self is Render.HIDDEN else ""
        return f"{hidden}width:{_WIDTH}px;height:{_HEIGHT}px;border:0"

    def viewport(self, iframes: int) -> tuple[int, int]:
        """The page's width and height in pixels: an iframe outside it would lose its animation frames."""
        if self is Render.HIDDEN:
            return 64, 40  # all frames reach into it; the browser keeps its picture, at some bytes a pixel
        # Two in a row; a line of text leaves some pixels below each.
        return 2 * _WIDTH + 40, (_HEIGHT + 10) * -(-iframes // 2) + 20


class SandboxSetting(StrEnum):
    """`browser.sandbox` of the configuration."""

    AUTO = "auto"
    ON = "on"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Heart:
    """When a page counts as unresponsive, and when as hung.

    Args:
        every: seconds between two questions.
        within: seconds an answer may take.
        breaks_after: seconds more after which the script that runs in an unresponsive page is stopped.
        hung_after: seconds that an unresponsive page is given in all.
    """

    every: float = 2.0
    within: float = 3.0
    breaks_after: float = 3.0
    hung_after: float = 6.0


@dataclass(frozen=True, slots=True)
class Recycle:
    """When a page or a browser is replaced by a new one, and its sessions moved there.

    Args:
        after: seconds, or None for never.
        page_heap: bytes that a page's scripts may hold.
        page_heap_after: seconds of a page's life before which it is not replaced for its heap: a script that
            swells at once would have its neighbours moved for ever.
        driver_memory: bytes that a browser's driver may hold.
    """

    after: float | None = 86_400.0
    page_heap: int = 512 << 20
    page_heap_after: float = 3_600.0
    driver_memory: int = 1 << 30


@dataclass(frozen=True, slots=True)
class PoolSettings:
    """How sessions are hosted.

    Args:
        executable: the browser's program, or None for Playwright's own.
        sessions_per_page: iframes that share a page, and so its fate.
        max_pages: of one browser; at most 60 are used, then a second browser is started.
        allow_private_network: whether pages of this machine and of private networks may be framed.
        restarts: seconds before each further start of a browser that falls early; then it is given up.
    """

    executable: Path | None = None
    sessions_per_page: int = 10
    max_pages: int = 40
    render: Render = Render.HIDDEN
    allow_private_network: bool = False
    sandbox: SandboxSetting = SandboxSetting.AUTO
    heart: Heart = field(default_factory=Heart)
    recycle: Recycle = field(default_factory=Recycle)
    restarts: tuple[float, ...] = RESTARTS_S

    def __post_init__(self) -> None:
        if self.sessions_per_page < 1 or self.max_pages < 1:
            raise ValueError("sessions_per_page and max_pages are at least 1")

    @property
    def pages_per_browser(self) -> int:
        """Pages that one browser holds."""
        return min(self.max_pages, MAX_PAGES_PER_BROWSER)
