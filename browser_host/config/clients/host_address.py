"""Where a host is: a socket on this machine, or one that OpenSSH forwards."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class HostAddress:
    """A host that the dashboard and the commands look at.

    Args:
        name: before the slash of its ids; empty for the one at `host.socket`.
        socket: on this machine, or with `ssh` on the machine of the host.
        ssh: where OpenSSH finds that machine, such as `user@box`; None for this one.
    """

    name: str
    socket: Path
    ssh: str | None = None
