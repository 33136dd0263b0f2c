"""The words that a key can have, where it has a choice of few."""

from enum import StrEnum


class Auth(StrEnum):
    """How the REST service is shown the key."""

    X_API_KEY = "x-api-key"
    BEARER = "bearer"
    RAW = "raw"


class Render(StrEnum):
    """Whether the pages are laid out at full size or kept as small as they go."""

    HIDDEN = "hidden"
    VISIBLE = "visible"


class Sandbox(StrEnum):
    """Chromium's sandbox; `auto` is on wherever it can be."""

    AUTO = "auto"
    ON = "on"
    OFF = "off"


class EndpointKind(StrEnum):
    """What kind of browser an endpoint is."""

    LOCAL = "local"
    PLAYWRIGHT = "playwright"
    CDP = "cdp"


class OnExit(StrEnum):
    """What becomes of the sessions when the host ends."""

    LEAVE = "leave"
    END = "end"


class LogLevel(StrEnum):
    """The least important thing that is written down."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"
