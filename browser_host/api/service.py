"""What the server needs of the host: the supervisor's side of the API, as a protocol."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from browser_host.api.peer import Peer
from browser_host.api.requests import (
    AddRequest,
    EndRequest,
    HistoryRequest,
    InstructionRequest,
    LedgerRequest,
    RetryRequest,
    VisitorsRequest,
)


class Events(Protocol):
    """The numbered events, read by each client at its own pace."""

    @property
    def seq(self) -> int:
        """Number of the newest event."""

    @property
    def closed(self) -> bool:
        """No more will come."""

    def after(self, seq: int) -> Sequence[bytes] | None:
        """Lines after number `seq`, or None where some of them are gone."""

    def merged(self, seq: int) -> tuple[Sequence[bytes], int] | None:
        """The same with each session's events in one line, and the number that they reach to."""

    async def news(self, seq: int, within: float) -> bool:
        """Waits at most `within` seconds for an event after number `seq`."""


class Service(Protocol):
    """The API's verbs; each answers with the contract's JSON, or raises a `WatchdeckError`."""

    @property
    def events(self) -> Events:
        """The numbered events."""

    def snapshot(self) -> Mapping[str, Any]:
        """`/v1/snapshot`."""

    def detail(self, session_id: str) -> Mapping[str, Any]:
        """One session with its timeline and ledger."""

    async def add(self, request: AddRequest, peer: Peer) -> Mapping[str, Any]:
        """Hosts one more session."""

    async def remove(self, session_id: str, peer: Peer) -> Mapping[str, Any]:
        """Forgets a session without ending it."""

    async def instruct(self, request: InstructionRequest, peer: Peer) -> Mapping[str, Any]:
        """Instructs sessions."""

    async def end(self, request: EndRequest, peer: Peer) -> Mapping[str, Any]:
        """Plans the end of sessions, or ends them."""

    async def cancel(self, request: LedgerRequest, peer: Peer) -> Mapping[str, Any]:
        """Takes instructions back."""

    async def settle(self, request: LedgerRequest) -> Mapping[str, Any]:
        """Waits until instructions came as far as they can come."""

    def retry(self, request: RetryRequest, peer: Peer) -> Mapping[str, Any]:
        """Tries to host sessions again."""

    def stop(self, peer: Peer) -> Mapping[str, Any]:
        """Lets the host end in order."""

    async def visitors(self, request: VisitorsRequest) -> Mapping[str, Any]:
        """Searches the service's visitors; opens nothing."""

    async def history(self, request: HistoryRequest) -> Mapping[str, Any]:
        """The journal's newest entries."""

    def health(self) -> Mapping[str, Any]:
        """How the host is."""

    def metrics(self) -> str:
        """The same in numbers, in Prometheus' text format."""
