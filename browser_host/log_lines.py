"""The lines of the logs: structlog's, with all secrets masked."""

import logging
from collections.abc import Mapping, MutableMapping
from typing import Any, TypeAlias, cast

import structlog
from structlog.stdlib import BoundLogger, ProcessorFormatter

from browser_host.scrubbing import scrubbed
from browser_host.secrets import Secret

TEXT_LIMIT = 20_000
"""Characters of one value in a log line: a long traceback fits, a page's flood does not."""

NAMES_OF_SECRETS = frozenset(
    {"api_key", "apikey", "x-api-key", "x_api_key", "authorization", "cookie", "password", "secret", "token"}
    | {"watch_url", "watch_link"}
)
"""Keys whose values are never logged."""

_Event: TypeAlias = MutableMapping[str, Any]


def _mask(_: object, __: str, event: _Event) -> _Event:
    """The processor of every line: masks secrets, and what looks like one."""
    first = {key: event[key] for key in ("at", "level", "event") if key in event}
    return {key: _masked(key, value) for key, value in {**first, **event}.items()}


def _masked(key: object, value: object) -> object:
    """JSON types stay as they are; anything else becomes its repr."""
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if str(key).lower() in NAMES_OF_SECRETS and not isinstance(value, Secret):
        return "…"
    match value:
        case str():
            return scrubbed(value[:TEXT_LIMIT])
        case Mapping():
            return {scrubbed(str(name)): _masked(name, item) for name, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_masked(key, item) for item in value]
    return scrubbed(str(value)[:TEXT_LIMIT])


def _plain(_: object, __: str, event: _Event) -> str:
    shown = (f"{key}={value}" for key, value in event.items() if key not in _NOT_SAID)
    return " ".join(("watchdeck:", str(event.get("event", "")), *shown))


_NOT_SAID = frozenset({"event", "at", "level", "logger", "exception"})


def formatter(*, as_json: bool) -> ProcessorFormatter:
    """Make lines of records, those of libraries too, with secrets masked.

    Args:
        as_json: JSON, else a sentence for people.
    """
    return ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.add_log_level, structlog.stdlib.add_logger_name, _time],
        processors=[
            ProcessorFormatter.remove_processors_meta,
            # Without locals: the plain traceback, as Python prints it.
            structlog.processors.format_exc_info,
            _mask,
            structlog.processors.JSONRenderer() if as_json else _plain,
        ],
    )


_time = structlog.processors.TimeStamper(fmt="iso", utc=True, key="at")


def logger() -> BoundLogger:
    """A logger without structlog's global configuration, so that nothing outlives the context."""
    logger = structlog.wrap_logger(
        logging.getLogger("watchdeck"),
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.add_log_level,
            _time,
            ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=BoundLogger,
    )
    return cast("BoundLogger", logger.bind())
