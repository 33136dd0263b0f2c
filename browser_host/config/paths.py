"""Where Watchdeck keeps its things, by the XDG base directory specification."""

import os
from pathlib import Path

SOCKET_BYTES = 107
"""The longest path a Unix socket can have on Linux (`sockaddr_un.sun_path`, without its closing zero)."""


def config_file() -> Path:
    """The configuration's default place."""
    return _base("XDG_CONFIG_HOME", ".config") / "watchdeck" / "config.toml"


def state_dir() -> Path:
    """The folder for logs, the journal and, without a runtime folder, the socket."""
    return _base("XDG_STATE_HOME", ".local/state") / "watchdeck"


def socket() -> Path:
    """The socket's default place; its fallback is the contract's, whatever `XDG_STATE_HOME` says."""
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    if runtime.startswith("/"):
        return Path(runtime) / "watchdeck" / "host.sock"
    return Path.home() / ".local" / "state" / "watchdeck" / "run" / "host.sock"


def log_file() -> Path:
    """The host's log; the dashboard's `tui.log` stands beside it."""
    return state_dir() / "host.log"


def journal_file() -> Path:
    """The journal's database."""
    return state_dir() / "journal.sqlite3"


def expanded(text: str, base: Path) -> Path:
    """A path as a user wrote it.

    Args:
        text: may begin with `~`.
        base: the folder that a relative path starts from.
    """
    return base / Path(text).expanduser()


def _base(variable: str, fallback: str) -> Path:
    """The specification says that a relative path in one of its variables is to be ignored."""
    value = os.environ.get(variable, "")
    return Path(value) if value.startswith("/") else Path.home() / fallback
