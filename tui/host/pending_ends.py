"""Pending ends: who requested them, and which of our own can still be undone; pure."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from browser_host.api.schema import Outcome
from browser_host.sessions.views import SessionView
from tui.host.deck import ConnectionState, Deck

QUEUED = "queued"
"""The ledger's state of an instruction that was not sent yet."""

_END = "endSession"
_OPEN = frozenset({"queued", "sent"})
"""States of an end without an outcome yet."""


def giver(view: SessionView) -> str | None:
    """Who requested this session's open end, as `name (uid)` or `rule`; None if there is none."""
    last = view.instruction
    return last.by if last is not None and last.action == _END and last.state in _OPEN else None


def by_another(view: SessionView, uid: int) -> str | None:
    """The name of another user who requested this session's open end; None if there is none.

    Args:
        uid: the operator's own.
    """
    who = giver(view)
    return None if who is None or _is(who, uid) else who.rpartition(" (")[0] or who


def ends(views: Iterable[SessionView]) -> Mapping[str, int]:
    """The number of pending ends by who requested them: `name (uid)`, or `rule`."""
    return Counter(
        last.by
        for view in views
        if (last := view.instruction) is not None and last.action == _END and last.state == QUEUED
    )


def words(waiting: Mapping[str, int], uid: int) -> str:
    """Such as `2 ends pending by root (0)` or `5 ends pending, 2 by 3 others`; empty if there are none."""
    total = sum(waiting.values())
    if not total:
        return ""
    text = f"{total} end{'' if total == 1 else 's'} pending"
    others = [who for who in waiting if not _is(who, uid)]
    theirs = sum(waiting[who] for who in others)
    if not theirs:
        return text
    who = others[0] if len(others) == 1 else f"{len(others)} others"
    return f"{text} by {who}" if theirs == total else f"{text}, {theirs} by {who}"


def undo_elsewhere(waiting: Mapping[str, int], uid: int) -> str:
    """Why this dashboard undoes nothing: nothing is pending, or who requested what is.

    Args:
        waiting: pending ends by who requested them.
        uid: the operator's own.
    """
    if not waiting:
        return "No pending ends to undo"
    who = ", ".join("you" if _is(one, uid) else one for one in sorted(waiting))
    ends_pending = "1 end is" if sum(waiting.values()) == 1 else f"{sum(waiting.values())} ends are"
    then = "`watchdeck undo` undoes yours" if any(_is(one, uid) for one in waiting) else "only they can undo"
    return f"{ends_pending} pending, requested elsewhere by {who}; {then}"


@dataclass(frozen=True, slots=True)
class PendingEnd:
    """An end that the host accepted.

    Args:
        instruction: the ledger's id.
        session: the session's id.
        until: epoch seconds before which the host sends nothing.
    """

    instruction: str
    session: str
    until: float


def given_in(outcome: Outcome, until: float) -> tuple[PendingEnd, ...]:
    """The queued ends of a host's response."""
    return tuple(
        PendingEnd(result.instruction, result.id, until)
        for result in outcome.results
        if result.instruction is not None and result.state == QUEUED
    )


def still_pending(ends: Iterable[PendingEnd], deck: Deck, now: float) -> tuple[PendingEnd, ...]:
    """Those still pending as the host reports it, else for as long as an end is pending at least."""
    return tuple(end for end in ends if _is_pending(end, deck, now))


def countdown(pending: tuple[PendingEnd, ...], now: float, link: ConnectionState) -> str:
    """The line that counts down, empty if nothing is pending; a lost host undoes nothing."""
    if not pending:
        return ""
    count = len({end.session for end in pending})
    if link is ConnectionState.LOST:
        pending_ends = "1 end is" if count == 1 else f"{count} ends are"
        return f"{pending_ends} pending; z can't undo while the host is lost"
    what = f"Ending {count} session{'' if count == 1 else 's'}"
    left = math.ceil(min(end.until for end in pending) - now)
    when = f"in {left} s" if left > 0 else "now"
    return f"{what} {when}; z undoes"


def _is_pending(end: PendingEnd, deck: Deck, now: float) -> bool:
    session = deck.sessions.get(end.session)
    if session is None or session.ended is not None:
        return False
    last = session.instruction
    if last is not None and last.id == end.instruction:
        return last.state == QUEUED
    return now < end.until  # another instruction hides it on the view, or its event is still on its way


def _is(who: str, uid: int) -> bool:
    return who.endswith(f"({uid})")
