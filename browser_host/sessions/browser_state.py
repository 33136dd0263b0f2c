"""The kinds and states of a browser, as in the contract."""

from enum import StrEnum

LOCAL = "local"
"""The name and kind of the endpoint on this machine."""


class BrowserKind(StrEnum):
    """What an endpoint is, and so how its browser is reached."""

    LOCAL = LOCAL
    """Started on this machine, and ended with the host."""
    PLAYWRIGHT = "playwright"
    """A Playwright server of the same version (`playwright launch-server`)."""
    GRID = "grid"
    """A Selenium Grid 4, which starts and places browsers (`POST /session`)."""
    CDP = "cdp"
    """A browser that serves its remote debugging address."""


class BrowserState(StrEnum):
    """The state of a browser."""

    STARTING = "starting"
    UP = "up"
    DRAINING = "draining"
    """It accepts no new sessions; the present ones stay."""
    DOWN = "down"
