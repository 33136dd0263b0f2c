"""The tree of errors a user can cause, each with the exit code of the command that meets it.

WatchdeckError          1  failed
├── UsageError          2  usage or configuration (`config.problems.ConfigurationError` is one)
├── NoHost              3  no host answers on the socket
├── Refused             6  read-only, not allowed, journal not writable (`journal.errors.JournalUnavailable`)
├── UnknownSession      1  an id that the host does not know
├── HostRunning         1  another host serves the socket
├── BrowserUnavailable  1  no browser could be found, got or started
├── JournalUnreadable   1  `journal.errors`: there is no journal, or it can't be read
└── ServiceError        1  `upscope.errors`: a tree of its own
"""

from enum import IntEnum


class Exit(IntEnum):
    """What a command's end says to a script."""

    OK = 0
    FAILED = 1
    USAGE = 2
    NO_HOST = 3
    NOTHING_CONFIRMED = 4
    SOME_CONFIRMED = 5
    REFUSED = 6
    INTERRUPTED = 130


class WatchdeckError(Exception):
    """An error with a text for the user: what was expected, what came, what to do. No secrets in it."""

    exit_code = Exit.FAILED
    code = "failed"


class UsageError(WatchdeckError):
    """The command, its arguments, a filter or the configuration is wrong."""

    exit_code = Exit.USAGE
    code = "usage"


class NoHost(WatchdeckError):  # noqa: N818 - the contract's word
    """No host answers on the socket."""

    exit_code = Exit.NO_HOST
    code = "no_host"


class Refused(WatchdeckError):  # noqa: N818 - the contract's word
    """The host will not do this: it is read-only, cannot journal, or was not told to allow it."""

    exit_code = Exit.REFUSED
    code = "refused"


class Busy(WatchdeckError):  # noqa: N818 - says what it is
    """The host serves as many as it can; the same may be asked again later."""

    code = "busy"


class UnknownSession(WatchdeckError):  # noqa: N818 - says what it is
    """An id was named that the host does not know."""

    code = "unknown_session"


class HostRunning(WatchdeckError):  # noqa: N818 - says what it is
    """Another host serves this socket."""

    code = "host_running"


class BrowserUnavailable(WatchdeckError):  # noqa: N818 - says what it is
    """No browser could be found, got or started."""

    code = "browser_unavailable"
