"""Who asks: the peer of the socket as the kernel names it, and the client it uses."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Peer:
    """A client of the host.

    Args:
        uid: from SO_PEERCRED, not from anything the client says.
        name: that user's name, or the number where it has none.
        client: what it calls itself, `tui` or `cli`; only shown.
        ssh: where the client says its user's SSH connection came from; only shown.
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
"""The host itself, where a rule of the configuration acts."""
