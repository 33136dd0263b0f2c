"""Browsers behind an address, each kind of endpoint in processes of its own, as users run them."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from browser_host.sessions.browser_state import BrowserKind
from tests.support.browser_servers import playwright_server, remote_debugging
from tests.support.selenium_grid import selenium_grid


@contextlib.contextmanager
def remote_browser(kind: BrowserKind, executable: Path, folder: Path) -> Iterator[str]:
    """Run what endpoints of a kind are reached at until the block ends, and yield its address.

    Args:
        kind: any but the local one.
        executable: the browser; a Grid's driver has its own.
        folder: for profiles, configurations and logs.

    Raises:
        NoGrid: a Grid can't be had on this machine.
    """
    match kind:
        case BrowserKind.PLAYWRIGHT:
            with playwright_server(folder, executable, "server") as server:
                yield server.address
        case BrowserKind.CDP:
            with remote_debugging(folder, executable, "browser") as server:
                yield server.address
        case BrowserKind.GRID:
            with selenium_grid(folder, nodes=1) as grid:
                yield grid.address
        case BrowserKind.LOCAL:
            raise ValueError("a local browser has no address")
