"""How a command reaches the host."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from browser_host.api.client import HostClient


def ask(socket: Path) -> "HostClient":
    """A client of the host, to be used as a context; httpx is loaded only where a host is asked.

    httpx has a command line of its own, and loads rich for it where that is installed: 40 ms of every
    command. Without the module it goes on, as it does where rich is not there.
    """
    sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]  # None is how Python bars a module
    from browser_host.api.client import HostClient  # noqa: PLC0415 - see above

    return HostClient(socket, "cli")
