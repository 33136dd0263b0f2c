"""The settings of the dashboard and the commands: as validated last, if nothing has changed since."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

from browser_host.config.choices import GlyphChoice, LogLevel
from browser_host.config.clients import settings_cache
from browser_host.config.clients.host_address import HostAddress
from browser_host.config.options import DEFAULT, Override, from_environment, locate
from browser_host.daemon_threads import run_within
from browser_host.sessions import json_codec

if TYPE_CHECKING:
    from browser_host.config.loader import Configuration

RECALL_WITHIN_S = 2.0
"""Seconds for the cache and a look at each file; a dead mount is reported by who then loads the file."""


@dataclass(frozen=True, slots=True)
class TuiSettings:
    """`[tui]`, as in `models.TuiSection`."""

    environment: str
    theme: str | None
    refresh_hz: float | None
    glyphs: GlyphChoice
    preview_every: float
    keymap: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ClientSettings:
    """What clients need of the configuration; it holds no secrets, because it is remembered in a file.

    Args:
        socket: the host's.
        socket_is_default: whether nothing names the socket.
        hosts: those of `[[hosts]]`.
        log: the host's log; the dashboard's is next to it.
    """

    socket: Path
    socket_is_default: bool
    hosts: tuple[HostAddress, ...]
    log: Path
    log_level: LogLevel
    tui: TuiSettings


def client_settings(path: Path | None = None, overrides: Sequence[Override] = ()) -> ClientSettings:
    """The clients' settings from the file, the environment and the flags.

    Args:
        path: the flag's file.
        overrides: the flags.

    Raises:
        ConfigurationError: with every mistake at once.
        UsageError: a named file does not exist, or a file can't be read in time.
    """
    place = locate(path).absolute()
    asked = settings_cache.question(place, (*from_environment(), *overrides))
    try:
        known = run_within(lambda: settings_cache.recall(asked), RECALL_WITHIN_S)
        if known is not None:
            return json_codec.from_json(ClientSettings, known)
    except (TimeoutError, KeyError, TypeError, ValueError):
        pass  # the cache is damaged, or a file of the configuration can't be looked at: `load` tells
    from browser_host.config.loader import load  # noqa: PLC0415 - it loads pydantic
    from browser_host.config.secret_files import named_in  # noqa: PLC0415 - as above

    before = settings_cache.stamps([place])  # a change while it is read counts as one after it
    configuration = load(path, overrides)
    found = _of(configuration)
    stamps = {**settings_cache.stamps(named_in(configuration.settings)), **before}
    settings_cache.remember(asked, stamps, json_codec.to_json(found))
    return found


def _of(configuration: "Configuration") -> ClientSettings:
    settings = configuration.settings
    tui = {field.name: getattr(settings.tui, field.name) for field in fields(TuiSettings)}
    return ClientSettings(
        socket=settings.host.socket,
        socket_is_default=configuration.origin(("host", "socket")) == DEFAULT,
        hosts=tuple(
            HostAddress(one.name, one.socket or Path(one.remote_socket or ""), one.ssh)
            for one in settings.hosts
        ),
        log=settings.log.path,
        log_level=settings.log.level,
        tui=TuiSettings(**tui),
    )
