"""Internal errors: the traceback goes to a log, a sentence to the user."""

from browser_host import logs
from browser_host.config import paths
from browser_host.errors import WatchdeckError
from browser_host.scrubbing import scrubbed


def record(error: Exception) -> str:
    """Write the traceback, without locals, to the commands' log.

    Returns:
        The message for the user.
    """
    what = scrubbed(f"{type(error).__name__}: {error}" if str(error) else type(error).__name__)
    place = paths.state_dir() / "cli.log"
    try:
        with logs.configure(place, "info") as log:
            log.critical("crashed", exc_info=error)
    except WatchdeckError as unwritten:
        return f"internal error: {what}; and {unwritten}"
    return f"internal error: {what}; details in {place}"
