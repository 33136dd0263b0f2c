"""Watchdeck's files and folders, by the XDG base directory specification."""

import os
from pathlib import Path

from browser_host.private_files import is_plain_or_absent
from browser_host.text_files import trimmed

_SOCKET = "host.sock"

SOCKET_BYTES = 107
"""Bytes of the longest path of a Unix socket on Linux (`sockaddr_un.sun_path` without the final zero)."""


def config_file() -> Path:
    """The configuration's default path."""
    return _base("XDG_CONFIG_HOME", ".config") / "watchdeck" / "config.toml"


def state_dir() -> Path:
    """The folder for logs, the journal and, without a runtime folder, the socket."""
    return _base("XDG_STATE_HOME", ".local/state") / "watchdeck"


def cache_file() -> Path:
    """What clients remember of the configuration."""
    return _base("XDG_CACHE_HOME", ".cache") / "watchdeck" / "settings.json"


def socket() -> Path:
    """The socket's default path; the fallback does not depend on `XDG_STATE_HOME`."""
    return sockets()[0]


def sockets() -> tuple[Path, ...]:
    """The default paths of the socket, the one for a new host first.

    cron and `su` unset `XDG_RUNTIME_DIR`, so a host that was started with it is searched in the folder
    that pam_systemd creates for the user, and one that was started without it in the fallback.
    """
    runtime = trimmed(os.environ.get("XDG_RUNTIME_DIR", ""))
    fallback = Path.home() / ".local" / "state" / "watchdeck" / "run" / _SOCKET
    usual = Path("/run/user", str(os.geteuid()), "watchdeck", _SOCKET)
    if runtime.startswith("/"):
        return Path(runtime) / "watchdeck" / _SOCKET, fallback
    return fallback, usual


def log_file() -> Path:
    """The host's log; the dashboard's `tui.log` is next to it."""
    return state_dir() / "host.log"


def beside_log(log: Path, name: str) -> Path:
    """A file in the log's folder, or in the state folder if the log is a device such as `/dev/null`.

    Args:
        log: `log.path`.
    """
    return log.with_name(name) if is_plain_or_absent(log) else state_dir() / name


def journal_file() -> Path:
    """The journal's database."""
    return state_dir() / "journal.sqlite3"


def expanded(text: str, base: Path) -> Path:
    """A path as a user wrote it, made usable.

    Args:
        text: may begin with `~`.
        base: the folder that a relative path starts from.

    Raises:
        ValueError: it starts with the home of a user who does not exist.
    """
    try:
        return base / Path(text).expanduser()
    except RuntimeError:
        raise ValueError("expected a path; its home folder belongs to no user of this machine") from None


def _base(variable: str, fallback: str) -> Path:
    """The value of a variable; the specification says to ignore relative paths."""
    value = trimmed(os.environ.get(variable, ""))
    return Path(value) if value.startswith("/") else Path.home() / fallback
