"""Logs: JSON lines in a private, rotated file, with all secrets masked.

Nothing goes to the terminal while a dashboard uses it; a command in the foreground may also print
warnings on stderr.
"""

import logging
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, TextIO, cast

from browser_host import private_files
from browser_host.errors import WatchdeckError

if TYPE_CHECKING:
    from structlog.stdlib import BoundLogger

FILE_BYTES = 5_000_000
FILES_KEPT = 5

_CHATTY = ("httpx", "httpcore", "asyncio", "uvicorn", "websockets")
"""Loggers of libraries that log only warnings and above; httpx logs whole addresses below that."""


@contextmanager
def configure(path: Path, level: str, *, quiet: bool = True) -> Iterator["BoundLogger"]:
    """Write this process's logs to a file until the context ends, and give a logger; see `capture`."""
    with capture(path, level, quiet=quiet):
        from browser_host import log_lines  # noqa: PLC0415 - structlog is loaded where lines are written

        yield log_lines.logger()


@contextmanager
def capture(path: Path, level: str, *, quiet: bool = True) -> Iterator[None]:
    """Write what Python logs in this process to a file until the context ends.

    Standard logging (of the libraries too), warnings and uncaught exceptions go to the same file.

    Args:
        path: the file, created with mode 0600, its folder with 0700. Devices are used as they are.
        level: `debug`, `info`, `warning` or `error`.
        quiet: nothing on stderr; else warnings and errors as text.

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
    sys.excepthook, threading.excepthook, sys.unraisablehook = _uncaught, _in_thread, _unraisable
    try:
        yield
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
    """Set the lowest level that is logged.

    Args:
        level: `debug`, `info`, `warning` or `error`.
    """
    threshold = logging.getLevelNamesMapping()[level.upper()]
    logging.getLogger().setLevel(threshold)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(max(threshold, logging.WARNING))


class _Unstoppable(logging.Handler):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Ignore write errors: a full disk must not stop the host or print on the screen."""


class _PrivateFile(_Unstoppable, RotatingFileHandler):
    """A rotated file that only its owner can read, including its successors; devices stay as they are."""

    def _open(self) -> TextIOWrapper:
        file = open(self.baseFilename, self.mode, encoding=self.encoding, opener=_open)  # noqa: SIM115 - the handler closes it
        return cast("TextIOWrapper", file)


def _open(name: str, flags: int) -> int:
    return private_files.open_output(Path(name), flags)


class _Stderr(_Unstoppable, logging.StreamHandler[TextIO]):
    """Warnings and errors as text on stderr."""


def _file(path: Path) -> logging.Handler:
    try:
        private_files.make_folder(path.parent)
        handler = _PrivateFile(path, maxBytes=FILE_BYTES, backupCount=FILES_KEPT, encoding="utf-8")
    except OSError as error:
        raise WatchdeckError(
            f"cannot write the log {path}: {error.strerror}; choose another file with log.path"
        ) from error
    handler.setFormatter(_Lines(as_json=True))
    return handler


def _stderr() -> logging.Handler:
    handler = _Stderr(sys.stderr)
    handler.setLevel(logging.WARNING)
    handler.setFormatter(_Lines(as_json=False))
    return handler


class _Lines(logging.Formatter):
    """Formats with `log_lines`, which the first line imports."""

    def __init__(self, *, as_json: bool) -> None:
        super().__init__()
        self._as_json = as_json

    def format(self, record: logging.LogRecord) -> str:
        return self._whole.format(record)

    @cached_property
    def _whole(self) -> logging.Formatter:
        from browser_host import log_lines  # noqa: PLC0415 - see the class

        return log_lines.formatter(as_json=self._as_json)


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    _log().critical("uncaught", exc_info=(kind, error, trace))


def _in_thread(args: threading.ExceptHookArgs) -> None:
    _log().critical("uncaught.thread", exc_info=(args.exc_type, args.exc_value, args.exc_traceback))


def _unraisable(args: Any) -> None:
    _log().error("unraisable", exc_info=(args.exc_type, args.exc_value, args.exc_traceback))


def _log() -> "BoundLogger":
    from browser_host import log_lines  # noqa: PLC0415 - see `_Lines`

    return log_lines.logger()
