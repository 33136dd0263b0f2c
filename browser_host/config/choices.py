"""The values of keys that accept one of a few words."""

from enum import StrEnum


class Auth(StrEnum):
    """How the key is sent to the REST service."""

    X_API_KEY = "x-api-key"
    BEARER = "bearer"
    RAW = "raw"


class RenderChoice(StrEnum):
    """Whether the pages are painted."""

    HIDDEN = "hidden"
    VISIBLE = "visible"


class SandboxChoice(StrEnum):
    """Chromium's sandbox; `auto` is on if the system allows it."""

    AUTO = "auto"
    ON = "on"
    OFF = "off"


class OnExit(StrEnum):
    """What happens to the sessions when the host stops."""

    LEAVE = "leave"
    END = "end"


class GlyphChoice(StrEnum):
    """The dashboard's glyphs; `auto` asks the locale."""

    AUTO = "auto"
    UNICODE = "unicode"
    ASCII = "ascii"


class Channel(StrEnum):
    """Where an alert is announced; the first three are the dashboard's."""

    TOAST = "toast"
    BELL = "bell"
    DESKTOP = "desktop"
    COMMAND = "command"
    WEBHOOK = "webhook"


class LogLevel(StrEnum):
    """The lowest level that is logged."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"
