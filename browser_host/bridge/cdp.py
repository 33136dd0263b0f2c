"""What the bridge needs of a DevTools session with a page: commands, events, and one error."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeAlias

Handler: TypeAlias = Callable[[dict[str, Any]], None]
"""Takes an event's parameters, on the loop, and returns at once."""


class CdpError(Exception):
    """The page, its browser or the driver is gone, or the browser refused the command."""


class Cdp(Protocol):
    """A DevTools session with one page."""

    async def send(self, method: str, params: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Send a command and return its answer; the caller sets the deadline: a hung page never answers.

        Raises:
            CdpError: the command was refused, or can no longer be answered.
        """

    def on(self, event: str, handler: Handler) -> None:
        """Call the handler with each event of this name."""
