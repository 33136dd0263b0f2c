"""Who asks: the peer of the socket as the kernel names it, and the client it uses."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Peer:
    """A client of the host.

    Args:
        uid: from SO_PEERCRED, not from anything the client says.
        name: that user's name, or the number if it has none.
        client: its own name for itself, `tui` or `cli`; not trusted, only shown.
        ssh: the origin of its user's SSH connection according to the client; not trusted, only shown.
    """

    uid: int
    name: str
    client: str
    ssh: str | None = None

    @property
    def who(self) -> str:
        """Name and uid, for ledger and journal; a rule of the host has no uid."""
        return f"{self.name} ({self.uid})" if self.uid >= 0 else self.name


RULE = Peer(uid=-1, name="rule", client="host")
"""The host itself, when it acts by a rule of the configuration."""
