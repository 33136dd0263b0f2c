"""Browsers behind an address, each kind of endpoint in processes of its own, as users run them."""

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from browser_host.sessions.browser_state import BrowserKind
from tests.support.patience import patient
from tests.support.programs import ROOT
from tests.support.selenium_grid import selenium_grid

_SERVES_WITHIN_S = 30.0
_WEBSOCKET = "ws://"


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
    shipped = json.loads((ROOT / "docs" / "deploy" / "playwright-server.json").read_text("utf-8"))
    match kind:
        case BrowserKind.PLAYWRIGHT:
            config = folder / "server.json"
            # Tests may run as root, for whom there is no sandbox.
            given = {"executablePath": str(executable), "port": 0, "chromiumSandbox": False}
            config.write_text(json.dumps({**shipped, **given}))
            server = ("-m", "playwright", "launch-server", "--browser", "chromium", "--config", str(config))
            with _serving((sys.executable, *server)) as address:
                yield address
        case BrowserKind.CDP:
            own = ("--remote-debugging-port=0", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder}")
            with _serving((str(executable), *own, *shipped["args"], "about:blank")) as address:
                yield address
        case BrowserKind.GRID:
            with selenium_grid(folder, nodes=1) as grid:
                yield grid.address
        case BrowserKind.LOCAL:
            raise ValueError("a local browser has no address")


@contextlib.contextmanager
def _serving(command: Sequence[str]) -> Iterator[str]:
    """Run a program that prints its address, and end its process group after the block."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    assert process.stdout is not None
    try:
        yield _printed_address(process.stdout.fileno())
    finally:
        with contextlib.suppress(ProcessLookupError):  # it ended by itself
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()


def _printed_address(output: int) -> str:
    deadline = time.monotonic() + patient(_SERVES_WITHIN_S)
    printed = b""
    with selectors.DefaultSelector() as selector:
        selector.register(output, selectors.EVENT_READ)
        while selector.select(max(0.0, deadline - time.monotonic())):
            piece = os.read(output, 65536)
            printed += piece
            lines = printed.decode("utf-8", "replace").splitlines(keepends=True)
            for line in lines:
                if (at := line.find(_WEBSOCKET)) >= 0 and line.endswith("\n"):
                    return line[at:].strip()
            if not piece:
                break
    raise AssertionError(f"the server printed no address: {printed!r}")
