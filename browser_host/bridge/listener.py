"""Who the bridge tells what it hears."""

from typing import Protocol

from browser_host.sessions.session import Fault


class Listener(Protocol):
    """Hears of one page's sessions, on the loop, and returns at once."""

    def opened(self, session_id: str) -> None:
        """Its iframe is given its address."""

    def blocked(self, session_id: str, fault: Fault) -> None:
        """Its address could not be shown; its iframe is gone."""

    def left(self, session_id: str, origin: str) -> None:
        """Its frame went to another origin by itself after it had spoken."""

    def said(self, session_id: str, data: object, after: int, waited_ms: float) -> None:
        """Its own frame posted a message."""

    def dropped(self, session_id: str, count: int) -> None:
        """Messages were merged or thrown away in the page."""

    def refused(self, session_id: str, count: int) -> None:
        """Messages were not its frame's own, or bore another origin."""

    def posted(self, session_id: str, number: int) -> None:
        """An instruction was posted."""

    def not_posted(self, session_id: str, number: int, text: str) -> None:
        """An instruction was certainly not posted."""

    def uncertain(self, session_id: str, number: int, text: str) -> None:
        """It is not known whether an instruction was posted."""

    def broke(self, text: str) -> None:
        """The page did what its script cannot do; it is not to be trusted further."""
