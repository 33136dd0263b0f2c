"""The errors that a user can cause, each with its exit code.

WatchdeckError          1  failed
├── UsageError          2  usage or configuration (`config.problems.ConfigurationError` is one)
├── NoHost              3  no host answers on the socket
├── Refused             6  read-only, not allowed, journal not writable (`journal.errors.JournalUnavailable`)
├── UnknownSession      1  an id that the host does not know
├── NoPicture           1  a session's page gives no picture now
├── UnknownEndpoint     1  the name of an endpoint that the host does not know
├── HostRunning         1  another host serves the socket
├── OutputUnread        141  `cli.output`: the reader of stdout is gone (`OutputLost` is 1)
├── LeftToHost          129, 143  `cli.ending`: SIGHUP or SIGTERM stopped the command, not the ends
├── BrowserUnavailable  1  no browser could be found, installed or started
├── JournalUnreadable   1  `journal.errors`: the journal is missing or unreadable
├── UnknownAlert        1  a name that no alert of the host has
├── NotDelivered        1  `notify.message`: an alert's command or webhook failed; only the log shows it
└── ServiceError        1  `upscope.errors` has the subclasses
"""

from enum import IntEnum


class Exit(IntEnum):
    """The exit codes of commands."""

    OK = 0
    FAILED = 1
    USAGE = 2
    NO_HOST = 3
    NOTHING_CONFIRMED = 4
    SOME_CONFIRMED = 5
    REFUSED = 6
    HUNG_UP = 129
    """What a shell reports of a program that SIGHUP ended; those of SIGINT, SIGPIPE and SIGTERM follow."""
    INTERRUPTED = 130
    UNREAD = 141
    TERMINATED = 143


class WatchdeckError(Exception):
    """An error with a text for the user: the problem, its cause, what to do. It holds no secrets."""

    exit_code = Exit.FAILED
    code = "failed"


class UsageError(WatchdeckError):
    """The command, its arguments, a filter or the configuration is invalid."""

    exit_code = Exit.USAGE
    code = "usage"


class NoHost(WatchdeckError):  # noqa: N818 - the contract's term
    """No host answers on the socket."""

    exit_code = Exit.NO_HOST
    code = "no_host"


class Refused(WatchdeckError):  # noqa: N818 - the contract's term
    """The host refuses: it is read-only, cannot write its journal, or is not configured to allow it."""

    exit_code = Exit.REFUSED
    code = "refused"


class Busy(WatchdeckError):  # noqa: N818 - part of the API's vocabulary
    """The host is at its limit; try again later."""

    code = "busy"


class UnknownSession(WatchdeckError):  # noqa: N818 - part of the API's vocabulary
    """The host does not know an id."""

    code = "unknown_session"


class UnknownAlert(WatchdeckError):  # noqa: N818 - part of the API's vocabulary
    """The host has no alert with a name, or it does not fire for a session."""

    code = "unknown_alert"


class UnknownEndpoint(WatchdeckError):  # noqa: N818 - part of the API's vocabulary
    """The host has no endpoint of a name."""

    code = "unknown_endpoint"


class HostRunning(WatchdeckError):  # noqa: N818 - part of the API's vocabulary
    """Another host serves this socket."""

    code = "host_running"


class NoPicture(WatchdeckError):  # noqa: N818 - part of the API's vocabulary
    """A session's page gives no picture now."""

    code = "no_picture"


class InputFailed(WatchdeckError):  # noqa: N818 - part of the API's vocabulary
    """A session's page takes no input now."""

    code = "input_failed"


class BrowserUnavailable(WatchdeckError):  # noqa: N818 - part of the API's vocabulary
    """No browser could be found, installed or started."""

    code = "browser_unavailable"
