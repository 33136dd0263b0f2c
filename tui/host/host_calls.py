"""What the dashboard asks of a host, and where its decks come from: a host, or a recording of one."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from browser_host.api.schema import Alerts, Outcome, SessionDetail, Snapshot, Target, VisitorView
from browser_host.protocol.pointer_input import PointerInput

if TYPE_CHECKING:
    from browser_host.api.replies import Arrival, Drain


class HostCalls(Protocol):
    """The calls of `HostClient` that the dashboard makes; a replay has none that sends anything."""

    async def snapshot(self) -> Snapshot:
        """The host's state, and the number of its last event."""

    async def detail(self, session_id: str) -> SessionDetail:
        """One session with its timeline and ledger."""

    async def screenshot(self, session_id: str, width: int | None = None) -> bytes:
        """A picture of the session's page, as a PNG."""

    async def send_input(self, session_id: str, sent: PointerInput) -> None:
        """Send mouse input to the session's page."""

    async def history(
        self,
        session: str | None = None,
        limit: int = 500,
        *,
        since: float | None = None,
        reported: bool = False,
        expression: str | None = None,
    ) -> tuple[Mapping[str, Any], ...]:
        """The journal's newest entries, newest last."""

    async def acknowledge(
        self, name: str, ids: Sequence[str] | None = None, *, skip_unknown: bool = False
    ) -> Alerts:
        """Acknowledge an alert."""

    async def drain(self, endpoint: str) -> "Drain":
        """Give an endpoint no more sessions."""

    async def undrain(self, endpoint: str) -> "Drain":
        """Give an endpoint sessions again."""

    async def visitors(self, search: str, limit: int = 50) -> tuple[VisitorView, ...]:
        """Search the REST service's visitors."""

    async def add(
        self,
        *,
        url: str | None = None,
        visitor: str | None = None,
        label: str | None = None,
        within_s: float | None = None,
    ) -> "Arrival":
        """Host a session by watch link or visitor."""

    async def instruct(
        self,
        target: Target,
        instruction: Mapping[str, Any],
        *,
        wait: bool = True,
        timeout_s: float | None = None,
    ) -> Outcome:
        """Instruct sessions."""

    async def end(
        self,
        target: Target,
        *,
        dry_run: bool = False,
        wait: bool = True,
        timeout_s: float | None = None,
        exclude: Sequence[str] = (),
        skip_unknown: bool = False,
        while_stale: bool = False,
    ) -> Outcome:
        """Plan the end of sessions, or end them."""

    async def cancel(self, instructions: Sequence[str], *, skip_unknown: bool = False) -> Outcome:
        """Cancel instructions that were not posted yet."""

    async def settle(self, instructions: Sequence[str], *, skip_unknown: bool = False) -> Outcome:
        """Wait until instructions are settled."""

    async def retry(self, target: Target) -> tuple[str, ...]:
        """Retry sessions at once that wait for their next try."""

    async def close(self) -> None:
        """Close every connection."""


class DeckSource(Protocol):
    """Delivers decks to the dashboard as they change."""

    @property
    def trouble(self) -> str:
        """Why the last deck is marked lost; empty while it is not."""

    async def run(self) -> None:
        """Deliver until it is cancelled."""
