"""Logs: JSON lines in a private, rotated file, with every secret masked whatever it came in.

Nothing goes to the terminal while a dashboard paints on it; a command that runs in the foreground may ask
for warnings in plain words on stderr.
"""

import logging
import os
import sys
import threading
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO, TypeAlias, cast

import structlog
from structlog.stdlib import BoundLogger, ProcessorFormatter

from browser_host.errors import WatchdeckError
from browser_host.scrubbing import scrubbed
from browser_host.secrets import Secret

FILE_BYTES = 5_000_000
FILES_KEPT = 5

TEXT_LIMIT = 20_000
"""Characters of one value in a log line: a long traceback fits, a page's flood does not."""

NAMES_OF_SECRETS = frozenset(
    {"api_key", "apikey", "x-api-key", "x_api_key", "authorization", "cookie", "password", "secret", "token"}
    | {"watch_url", "watch_link"}
)
"""Keys whose values are never written, whatever they look like."""

_CHATTY = ("httpx", "httpcore", "asyncio", "uvicorn", "websockets")
"""Loggers of others that are heard from warnings on; httpx writes whole addresses below that."""

_Event: TypeAlias = MutableMapping[str, Any]


@contextmanager
def configure(path: Path, level: str, *, quiet: bool = True) -> Iterator[BoundLogger]:
    """Writes this process's logs to a file until the context ends.

    Standard logging (of the libraries too), warnings and uncaught exceptions go to the same file.

    Args:
        path: the file; it is made 0600, its folder 0700 where there is none.
        level: `debug`, `info`, `warning` or `error`.
        quiet: nothing on stderr; else warnings and errors in plain words.

    Raises:
        WatchdeckError: the file can't be written.
    """
    handlers: list[logging.Handler] = [_file(path)]
    if not quiet:
        handlers.append(_stderr())
    root = logging.getLogger()
    before = (root.level, {name: logging.getLogger(name).level for name in _CHATTY})
    hooks = (sys.excepthook, threading.excepthook, sys.unraisablehook)
    for handler in handlers:
        root.addHandler(handler)
    set_level(level)
    logging.captureWarnings(capture=True)
    log = _logger()
    sys.excepthook, threading.excepthook, sys.unraisablehook = _hooks(log)
    try:
        yield log
    finally:
        sys.excepthook, threading.excepthook, sys.unraisablehook = hooks
        logging.captureWarnings(capture=False)
        root.setLevel(before[0])
        for name, chatty_level in before[1].items():
            logging.getLogger(name).setLevel(chatty_level)
        for handler in handlers:
            root.removeHandler(handler)
            handler.close()


def set_level(level: str) -> None:
    """The least important thing that is written from now on.

    Args:
        level: `debug`, `info`, `warning` or `error`.
    """
    threshold = logging.getLevelNamesMapping()[level.upper()]
    logging.getLogger().setLevel(threshold)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(max(threshold, logging.WARNING))


def mask(_: object, __: str, event: _Event) -> _Event:
    """The processor that no line passes by: secrets, and what looks like one, are masked."""
    first = {key: event[key] for key in ("at", "level", "event") if key in event}
    return {key: _masked(key, value) for key, value in {**first, **event}.items()}


def _masked(key: object, value: object) -> object:
    """JSON's own kinds stay what they are; anything else becomes the text that its repr is."""
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


class _Unstoppable(logging.Handler):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """A full disk must not stop the host; logging itself would print the record on the screen."""


class _PrivateFile(_Unstoppable, RotatingFileHandler):
    """A rotated file that only its owner can read, each new one too."""

    def _open(self) -> TextIOWrapper:
        file = open(self.baseFilename, self.mode, encoding=self.encoding, opener=_open_private)  # noqa: SIM115 - the handler closes it
        return cast("TextIOWrapper", file)


class _Stderr(_Unstoppable, logging.StreamHandler[TextIO]):
    """Warnings and errors in plain words."""


def _open_private(name: str, flags: int) -> int:
    descriptor = os.open(name, flags | os.O_CLOEXEC, 0o600)
    os.fchmod(descriptor, 0o600)
    return descriptor


def _file(path: Path) -> logging.Handler:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handler = _PrivateFile(path, maxBytes=FILE_BYTES, backupCount=FILES_KEPT, encoding="utf-8")
    except OSError as error:
        raise WatchdeckError(
            f"cannot write the log {path}: {error.strerror}; name another one with log.path"
        ) from error
    handler.setFormatter(_formatter(structlog.processors.JSONRenderer()))
    return handler


def _stderr() -> logging.Handler:
    handler = _Stderr(sys.stderr)
    handler.setLevel(logging.WARNING)
    handler.setFormatter(_formatter(_plain))
    return handler


def _plain(_: object, __: str, event: _Event) -> str:
    shown = (f"{key}={value}" for key, value in event.items() if key not in _NOT_SAID)
    return " ".join(("watchdeck:", str(event.get("event", "")), *shown))


_NOT_SAID = frozenset({"event", "at", "level", "logger", "exception"})


def _formatter(renderer: Any) -> ProcessorFormatter:
    return ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.add_log_level, structlog.stdlib.add_logger_name, _time],
        processors=[
            ProcessorFormatter.remove_processors_meta,
            # Without locals: the plain traceback, as Python prints it.
            structlog.processors.format_exc_info,
            mask,
            renderer,
        ],
    )


_time = structlog.processors.TimeStamper(fmt="iso", utc=True, key="at")


def _logger() -> BoundLogger:
    """Not by structlog's global configuration: what is made here ends here."""
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


def _hooks(log: BoundLogger) -> tuple[Any, Any, Any]:
    def uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        log.critical("uncaught", exc_info=(kind, error, trace))

    def in_thread(args: threading.ExceptHookArgs) -> None:
        log.critical("uncaught.thread", exc_info=(args.exc_type, args.exc_value, args.exc_traceback))

    def unraisable(args: Any) -> None:
        log.error("unraisable", exc_info=(args.exc_type, args.exc_value, args.exc_traceback))

    return uncaught, in_thread, unraisable
