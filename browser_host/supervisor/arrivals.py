"""Wait for a session that was just added, until its page is live, blocked, refused or still pending."""

import asyncio
from collections.abc import Mapping

from browser_host.api.replies import ArrivalState
from browser_host.sessions.session import ErrorCode, Hosting, Session

_ARRIVED: Mapping[Hosting, ArrivalState] = {
    Hosting.LIVE: ArrivalState.LIVE,
    Hosting.ENDED: ArrivalState.LIVE,
    Hosting.BLOCKED: ArrivalState.BLOCKED,
}


class Arrivals:
    """The sessions that a caller waits for, by id."""

    def __init__(self) -> None:
        self._waiting: dict[str, asyncio.Future[ArrivalState]] = {}

    async def wait(self, session: Session, within_s: float) -> ArrivalState:
        """Wait for a session that was added in the same step of the event loop.

        Args:
            within_s: seconds, after which it is `PENDING`.
        """
        if (state := _state(session)) is not None:
            return state
        arriving: asyncio.Future[ArrivalState] = asyncio.get_running_loop().create_future()
        self._waiting[session.id] = arriving
        try:
            async with asyncio.timeout(within_s):
                return await arriving
        except TimeoutError:
            return ArrivalState.PENDING
        finally:
            self._waiting.pop(session.id, None)

    def changed(self, session: Session) -> None:
        """Note that a session's hosting changed."""
        if (state := _state(session)) is not None:
            self._decide(session.id, state)

    def refused(self, session_id: str) -> None:
        """Note that the service provides no link for a session, or that it was removed."""
        self._decide(session_id, ArrivalState.REFUSED)

    def _decide(self, session_id: str, state: ArrivalState) -> None:
        arriving = self._waiting.get(session_id)
        if arriving is not None and not arriving.done():
            arriving.set_result(state)


def _state(session: Session) -> ArrivalState | None:
    """How it has arrived, or None if that is open, as it is without a link."""
    is_linkless = session.error is not None and session.error.code is ErrorCode.LINK_REFUSED
    return None if is_linkless else _ARRIVED.get(session.hosting)
