"""One turn of a loop that runs as long as the host: what goes wrong in it ends the turn, not the host."""

import contextlib
import traceback
from collections.abc import Iterator

from browser_host.browsers.log import Log

_ERROR_LIMIT = 300
"""Characters of an error in the log."""


@contextlib.contextmanager
def turn(loop: str, log: Log) -> Iterator[None]:
    """Lets the next turn come whatever happens in this one; nobody is hosted less for it.

    Args:
        loop: its name, for the log.
    """
    try:
        yield
    except Exception as error:  # noqa: BLE001 - what nobody foresaw is told, and the sessions stay hosted
        frames = traceback.extract_tb(error.__traceback__)
        where = f"{frames[-1].name}, line {frames[-1].lineno}" if frames else ""
        log.warning("turn.failed", loop=loop, error=repr(error)[:_ERROR_LIMIT], where=where)
