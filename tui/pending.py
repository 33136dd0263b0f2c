"""Ends that were given and not posted yet, and by whom; pure."""

from collections import Counter
from collections.abc import Iterable, Mapping

from browser_host.sessions.views import SessionView

_END = "endSession"
_OPEN = frozenset({"queued", "sent"})
"""States of an end whose outcome is still to come."""


def giver(view: SessionView) -> str | None:
    """Who gave the end that is open on this session, as `name (uid)` or `rule`; None where none is."""
    last = view.instruction
    return last.by if last is not None and last.action == _END and last.state in _OPEN else None


def by_another(view: SessionView, uid: int) -> str | None:
    """The name of whoever else has an end open on this session; None where nobody has.

    Args:
        uid: the operator's own; who has the same is no other.
    """
    who = giver(view)
    return None if who is None or _is(who, uid) else who.rpartition(" (")[0] or who


def ends(views: Iterable[SessionView]) -> Mapping[str, int]:
    """How many ends wait to be posted, by who gave them: `name (uid)`, or `rule`."""
    return Counter(
        last.by
        for view in views
        if (last := view.instruction) is not None and last.action == _END and last.state == "queued"
    )


def words(waiting: Mapping[str, int], uid: int) -> str:
    """Such as `2 ends pending by root (0)` or `5 ends pending, 2 by 3 others`; empty where none is."""
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


def _is(who: str, uid: int) -> bool:
    return who.endswith(f"({uid})")
