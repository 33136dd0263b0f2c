"""The settings of the pool."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from browser_host.browsers.launch.backoff import RESTARTS_S
from browser_host.secrets import BrowserUrl
from browser_host.sessions.browser_state import LOCAL, BrowserKind

MAX_GROUPS_PER_BROWSER = 60
"""Above some 80 renderers Chromium lets pages share them, and one crash would take several groups."""

PAGE_WIDTH, PAGE_HEIGHT = 640, 400
"""Size of a watch page, in its own pixels."""
WINDOW = (64, 40)
"""Size of an invisible window, in pixels: the browser keeps its picture, at some bytes a pixel."""


def _screen(scale: float) -> dict[str, object]:
    return {"width": PAGE_WIDTH, "height": PAGE_HEIGHT, "deviceScaleFactor": scale, "mobile": False}


FULL_SCREEN = _screen(1.0)
"""Arguments of `Emulation.setDeviceMetricsOverride` for a session page while its picture is taken."""


class Render(StrEnum):
    """How watch pages are laid out."""

    HIDDEN = "hidden"
    """Laid out in full and not painted: timers, messages and animation frames keep their rate, and the page
    appears to itself as visible."""
    VISIBLE = "visible"
    """Painted at full size."""

    @property
    def visibility(self) -> str:
        """CSS `visibility` of the iframe."""
        return "hidden" if self is Render.HIDDEN else "visible"

    @property
    def style(self) -> str:
        """CSS of the iframe."""
        place = f"position:absolute;left:0;top:0;visibility:{self.visibility}"
        return f"{place};width:{PAGE_WIDTH}px;height:{PAGE_HEIGHT}px;border:0"

    @property
    def screen(self) -> dict[str, object]:
        """Arguments of `Emulation.setDeviceMetricsOverride` for a session page.

        A hidden page has a scale of a tenth: it is laid out in full, and its picture has the window's size.
        """
        return _screen(0.1 if self is Render.HIDDEN else 1.0)


class SandboxSetting(StrEnum):
    """`browser.sandbox` of the configuration."""

    AUTO = "auto"
    ON = "on"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class HeartbeatSettings:
    """When a group counts as unresponsive, and when as hung.

    Args:
        every: seconds between two questions.
        within: seconds that an answer may take.
        breaks_after: further seconds after which the running script of an unresponsive group is stopped.
        hung_after: seconds after which an unresponsive group is given up.
    """

    every: float = 2.0
    within: float = 3.0
    breaks_after: float = 3.0
    hung_after: float = 6.0


@dataclass(frozen=True, slots=True)
class Recycle:
    """When a group or a browser is replaced with a new one, and its sessions moved there.

    Args:
        after: age in seconds, or None for never.
        group_heap: bytes that a group's scripts may hold.
        group_heap_after: age in seconds below which a group is not replaced for its heap: otherwise a script
            that fills its heap at once would have its neighbours moved again and again.
        driver_memory: bytes that a browser's driver may hold.
    """

    after: float | None = 86_400.0
    group_heap: int = 512 << 20
    group_heap_after: float = 3_600.0
    driver_memory: int = 1 << 30


@dataclass(frozen=True, slots=True)
class EndpointSettings:
    """An endpoint: where browsers come from.

    Args:
        address: of a browser on another machine, or None.
        max_sessions: most sessions that it gets; None for as many as fit.
        require_isolation: whether a browser that fails the isolation test is refused; otherwise each of its
            sessions gets a process of its own, as on this machine.
        on_demand: whether a browser is started only for waiting sessions; otherwise one is kept running.
    """

    name: str = LOCAL
    kind: BrowserKind = BrowserKind.LOCAL
    address: BrowserUrl | None = None
    max_sessions: int | None = None
    require_isolation: bool = False
    on_demand: bool = True

    @property
    def required_address(self) -> BrowserUrl:
        """The address.

        Raises:
            ValueError: it has none.
        """
        if self.address is None:
            raise ValueError("a browser elsewhere needs an address")
        return self.address


@dataclass(frozen=True, slots=True)
class PoolSettings:
    """How sessions are hosted.

    Args:
        executable: the browser's program, or None for Playwright's own.
        sessions_per_process: sessions that share a renderer process.
        load_within: seconds for a watch page's first document.
        max_groups: groups of one browser; at most 60 are used, then a second browser is started.
        allow_private_network: whether pages of this machine and of private networks may be framed.
        ca_file: PEM file of authorities for the watch pages' certificates, in addition to the usual ones.
        images: whether pages load images; holds for browsers that are started on this machine.
        endpoints: where browsers come from; their names are unique.
        restarts: seconds before each further start of a browser that failed early; then it is given up.
    """

    executable: Path | None = None
    sessions_per_process: int = 25
    load_within: float = 20.0
    max_groups: int = 40
    render: Render = Render.HIDDEN
    allow_private_network: bool = False
    sandbox: SandboxSetting = SandboxSetting.AUTO
    ca_file: Path | None = None
    images: bool = True
    heartbeat: HeartbeatSettings = field(default_factory=HeartbeatSettings)
    recycle: Recycle = field(default_factory=Recycle)
    endpoints: tuple[EndpointSettings, ...] = (EndpointSettings(),)
    restarts: tuple[float, ...] = RESTARTS_S

    def __post_init__(self) -> None:
        if self.sessions_per_process < 1 or self.max_groups < 1:
            raise ValueError("sessions_per_process and max_groups are at least 1")

    @property
    def groups_per_browser(self) -> int:
        """The most groups of one browser."""
        return min(self.max_groups, MAX_GROUPS_PER_BROWSER)
