"""What the server needs of the host: the supervisor's side of the API, as a protocol."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from browser_host.api.peer import Peer
from browser_host.api.replies import (
    Arrival,
    Drain,
    Health,
    History,
    InputSent,
    Removal,
    Retried,
    StatsReport,
    Stopping,
    Visitors,
)
from browser_host.api.requests import (
    AcknowledgeRequest,
    AddRequest,
    EndRequest,
    HistoryRequest,
    InputRequest,
    InstructionRequest,
    LedgerRequest,
    RetryRequest,
    ScreenshotRequest,
    StatsRequest,
    VisitorsRequest,
)
from browser_host.api.schema import Alerts, Browsers, Outcome, SessionDetail, Snapshot


class Events(Protocol):
    """The numbered events, read by each client at its own pace."""

    @property
    def first(self) -> int:
        """The number before the first event."""

    @property
    def seq(self) -> int:
        """Number of the newest event."""

    @property
    def closed(self) -> bool:
        """Whether no more events will follow."""

    def piece(self, seq: int) -> tuple[bytes, int] | None:
        """Lines after number `seq` and the number of the last, or None if some of them are gone."""

    def merged(self, seq: int) -> tuple[Sequence[bytes], int] | None:
        """The same with each session's events merged into one line, and the number of the last one."""

    async def news(self, seq: int, within: float) -> bool:
        """Wait at most `within` seconds for an event after number `seq`."""


class Service(Protocol):
    """The API's operations; each returns a value of the schema, or raises a `WatchdeckError`."""

    @property
    def events(self) -> Events:
        """The numbered events."""

    def followed(self, every_s: float) -> AbstractContextManager[None]:
        """A client follows the events within the block, and sees none later than so many seconds."""

    def snapshot(self) -> Snapshot:
        """`/v1/snapshot`."""

    def detail(self, session_id: str) -> SessionDetail:
        """One session with its timeline and ledger."""

    async def add(self, request: AddRequest, peer: Peer) -> Arrival:
        """Host a session, and wait for its page if requested."""

    async def remove(self, session_id: str, peer: Peer) -> Removal:
        """Remove a session without ending it."""

    async def screenshot(self, session_id: str, request: ScreenshotRequest, peer: Peer) -> bytes:
        """A picture of the session's page, as a PNG."""

    async def send_input(self, session_id: str, request: InputRequest, peer: Peer) -> InputSent:
        """Send mouse input to the session's page."""

    async def instruct(self, request: InstructionRequest, peer: Peer) -> Outcome:
        """Instruct sessions."""

    async def end(self, request: EndRequest, peer: Peer) -> Outcome:
        """Plan the end of sessions, or end them."""

    async def cancel(self, request: LedgerRequest, peer: Peer) -> Outcome:
        """Cancel instructions that were not posted yet."""

    async def settle(self, request: LedgerRequest) -> Outcome:
        """Wait until instructions are settled."""

    def retry(self, request: RetryRequest, peer: Peer) -> Retried:
        """Retry sessions that wait for their next try."""

    def stop(self, peer: Peer) -> Stopping:
        """Stop the host gracefully."""

    async def visitors(self, request: VisitorsRequest) -> Visitors:
        """Search the service's visitors; opens nothing."""

    async def history(self, request: HistoryRequest) -> History:
        """The journal's newest entries."""

    async def stats(self, request: StatsRequest) -> StatsReport:
        """Statistics from the journal."""

    def browsers(self) -> Browsers:
        """`/v1/browsers`."""

    def alerts(self) -> Alerts:
        """`/v1/alerts`."""

    def acknowledge(self, request: AcknowledgeRequest, peer: Peer) -> Alerts:
        """Acknowledge an alert; the answer has only this one."""

    def drain(self, endpoint: str, peer: Peer) -> Drain:
        """Give an endpoint of the browsers no more sessions, and move those that it has."""

    def undrain(self, endpoint: str, peer: Peer) -> Drain:
        """Give an endpoint of the browsers sessions again."""

    def health(self) -> Health:
        """The host's health."""

    def metrics(self) -> bytes:
        """The metrics in Prometheus' text format."""
