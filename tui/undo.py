"""The ends that were given from here and can still be taken back; pure."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from browser_host.api.schema import Outcome
from tui.state import Deck, LinkState

QUEUED = "queued"
"""The ledger's word for what was not posted yet."""


@dataclass(frozen=True, slots=True)
class GivenEnd:
    """An end as the host took it.

    Args:
        instruction: the ledger's id.
        session: whom it ends.
        until: epoch seconds before which the host posts nothing.
    """

    instruction: str
    session: str
    until: float


def given_in(outcome: Outcome, until: float) -> tuple[GivenEnd, ...]:
    """The ends that an answer of the host says are queued."""
    return tuple(
        GivenEnd(result.instruction, result.id, until)
        for result in outcome.results
        if result.instruction is not None and result.state == QUEUED
    )


def still_pending(ends: Iterable[GivenEnd], deck: Deck, now: float) -> tuple[GivenEnd, ...]:
    """Those that wait yet, by the host's own word, else by the time that they wait at least."""
    return tuple(end for end in ends if _is_pending(end, deck, now))


def words(pending: tuple[GivenEnd, ...], now: float, link: LinkState) -> str:
    """The line that counts down, empty where nothing is pending; a host that is lost takes nothing back."""
    if not pending:
        return ""
    count = len({end.session for end in pending})
    if link is LinkState.LOST:
        pending_ends = "1 end is" if count == 1 else f"{count} ends are"
        return f"{pending_ends} pending, and z can't reach the host: it is lost"
    what = f"ending {count} session{'' if count == 1 else 's'}"
    left = math.ceil(min(end.until for end in pending) - now)
    when = f"in {left} s" if left > 0 else "now"
    return f"{what} {when} — z takes it back"


def _is_pending(end: GivenEnd, deck: Deck, now: float) -> bool:
    session = deck.sessions.get(end.session)
    if session is None or session.ended is not None:
        return False
    last = session.instruction
    if last is not None and last.id == end.instruction:
        return last.state == QUEUED
    return now < end.until  # another instruction hides it on the view, or its event is still on its way
