"""What a prompt asks before something that cannot be undone, and how it names the sessions; pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.text import Text

from browser_host.sessions.views import SessionView
from tui import pending
from tui.state import Deck

LABEL_WIDTH = 28
"""Columns for a label in the list."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked.

    Args:
        title: the question.
        go: the answer that does it, as its button says.
        text: what will happen, to whom.
        ids: the sessions, as captured when the key was pressed; open ones.
        typed: their number must be typed where they are many.
    """

    title: str
    go: str
    text: str
    ids: tuple[str, ...]
    typed: bool = True


@dataclass(frozen=True, slots=True)
class Endable:
    """A target of ends, sorted out.

    Args:
        ids: those that can be ended.
        ended: how many have ended already.
        pending: how many have an end open already, by who gave it.
    """

    ids: tuple[str, ...]
    ended: int
    pending: Mapping[str, int]

    @property
    def left_out(self) -> str:
        """Who is left out, and why; empty where nobody is."""
        parts = [f"{self.ended} ended already"] if self.ended else []
        if count := sum(self.pending.values()):
            have, givers = "has" if count == 1 else "have", ", ".join(sorted(self.pending))
            parts.append(f"{count} {have} an end pending already, given by {givers}")
        return "; ".join(parts)


def endable(ids: Sequence[str], deck: Deck) -> Endable:
    """Sorts out a target: nobody is ended twice, whoever gave the first end."""
    views = [deck.sessions[session_id] for session_id in still_open(ids, deck)]
    givers = {view.id: giver for view in views if (giver := pending.giver(view)) is not None}
    left = tuple(view.id for view in views if view.id not in givers)
    return Endable(left, len(ids) - len(views), Counter(givers.values()))


def ending(ids: tuple[str, ...], target: str, undo_s: float, left_out: str = "") -> Question:
    """The question before sessions are ended.

    Args:
        ids: the sessions.
        target: what they are, such as `the session under the cursor`.
        undo_s: seconds in which it can be taken back.
        left_out: who of the target is not among them, and why.
    """
    what = f"End {sessions_counted(len(ids))}"
    but = f" (left out: {left_out})" if left_out else ""
    undone = f"; for {undo_s:g} s, z takes it back" if undo_s else ""
    text = f"Target: {target}{but}. An ended session cannot be rejoined{undone}."
    return Question(title=f"{what}?", go=what, text=text, ids=ids)


def promise_broken(promised_s: float, undo_s: float) -> str:
    """Why what was agreed to may not be done: the time to take it back became shorter; else empty.

    Args:
        promised_s: seconds that the question named.
        undo_s: seconds that the host waits now.
    """
    if undo_s >= promised_s:
        return ""
    return (
        f"nothing was ended: the time to take it back is {undo_s:g} s now, and the question said "
        f"{promised_s:g} s; ask again"
    )


def sessions_counted(count: int) -> str:
    """`1 session`, `12 sessions`."""
    return f"{count} session" if count == 1 else f"{count} sessions"


def line_of(session_id: str, session: SessionView | None) -> Text:
    """A session in the list: its id, its label, how it stands now."""
    if session is None:
        return Text.assemble((f"{session_id:<8} ", "bold"), ("no longer known to the host", "dim italic"))
    label = session.label[:LABEL_WIDTH]
    head = Text.assemble((f"{session_id:<8} ", "bold"), f"{label:<{LABEL_WIDTH}} ")
    if session.ended is not None:
        return head.append(f"has ended meanwhile ({session.ended.reason})", "dim italic")
    return head.append(session.status or session.hosting)


def still_open(ids: Sequence[str], deck: Deck) -> tuple[str, ...]:
    """Those of the sessions that the deck knows and that have not ended."""
    return tuple(
        session_id
        for session_id in ids
        if (session := deck.sessions.get(session_id)) is not None and session.ended is None
    )
