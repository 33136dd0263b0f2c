"""Who asks: the peer of the socket as the kernel names it, and the client it uses."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Peer:
    """A client of the host.

    Args:
        uid: from SO_PEERCRED, not from anything the client says.
        name: that user's name, or the number where it has none.
        client: what it calls itself, `tui` or `cli`; only shown.
    """

    uid: int
    name: str
    client: str


RULE = Peer(uid=-1, name="rule", client="host")
"""The host itself, where a rule of the configuration acts."""
