"""Guard one iteration of a loop that lives as long as the host: an unexpected error ends only this one."""

import contextlib
import traceback
from collections.abc import Iterator

from browser_host.browsers.log import Log

_ERROR_LIMIT = 300
"""Characters of an error in the log."""


@contextlib.contextmanager
def guarded(loop: str, log: Log) -> Iterator[None]:
    """Log an unexpected error of one iteration, so that the loop continues and sessions stay hosted.

    Args:
        loop: its name, for the log.
    """
    try:
        yield
    except Exception as error:  # noqa: BLE001 - the unexpected is logged, and the sessions stay hosted
        frames = traceback.extract_tb(error.__traceback__)
        where = f"{frames[-1].name}, line {frames[-1].lineno}" if frames else ""
        log.warning("turn.failed", loop=loop, error=repr(error)[:_ERROR_LIMIT], where=where)
