"""The questions before something that cannot be undone, and how they name the sessions; pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.text import Text

from browser_host.cell_width import padded
from browser_host.sessions.views import SessionView
from tui.host import pending_ends as pending
from tui.host.deck import Deck
from tui.style.roles import printable

LABEL_WIDTH = 28
"""Columns of a label in the list."""


@dataclass(frozen=True, slots=True)
class ConfirmPrompt:
    """A question.

    Args:
        title: the question itself.
        go: the label of the button that confirms.
        text: what will happen, to whom.
        ids: the open sessions, as captured when the key was pressed.
        typed: if they are many, their number must be typed.
        otherwise: what cancelling means, in words.
    """

    title: str
    go: str
    text: str
    ids: tuple[str, ...]
    typed: bool = True
    otherwise: str = "nothing was ended"


@dataclass(frozen=True, slots=True)
class Endable:
    """The sessions of a target by whether they can be ended.

    Args:
        ids: those that can.
        ended: how many have already ended.
        pending: how many have an open end, by who requested it.
    """

    ids: tuple[str, ...]
    ended: int
    pending: Mapping[str, int]

    @property
    def left_out(self) -> str:
        """How many are skipped, and why; empty if none is."""
        parts = [f"{self.ended} already ended"] if self.ended else []
        if count := sum(self.pending.values()):
            parts.append(f"{count} already pending, requested by {', '.join(sorted(self.pending))}")
        return "; ".join(parts)


def endable(ids: Sequence[str], deck: Deck) -> Endable:
    """Find who of a target can be ended: nobody twice, whoever requested the first end."""
    views = [deck.sessions[session_id] for session_id in still_open(ids, deck)]
    givers = {view.id: giver for view in views if (giver := pending.giver(view)) is not None}
    left = tuple(view.id for view in views if view.id not in givers)
    return Endable(left, len(ids) - len(views), Counter(givers.values()))


def ending(ids: tuple[str, ...], target: str, undo_s: float, left_out: str = "") -> ConfirmPrompt:
    """The question before sessions are ended.

    Args:
        ids: the sessions.
        target: what they are, such as `the session under the cursor`.
        undo_s: seconds in which it can be undone.
        left_out: who of the target is skipped, and why.
    """
    what = f"End {sessions_counted(len(ids))}"
    but = f" (skipped: {left_out})" if left_out else ""
    undone = f"; z undoes within {undo_s:g} s" if undo_s else ""
    text = f"Target: {target}{but}. Ended sessions cannot be rejoined{undone}."
    return ConfirmPrompt(title=f"{what}?", go=what, text=text, ids=ids)


def leaving(ids: tuple[str, ...], *, stops_host: bool) -> ConfirmPrompt:
    """The question before leaving the dashboard while ends are pending.

    Args:
        ids: the sessions with a pending end.
        stops_host: the host is this dashboard's own, and stops with it.
    """
    fate = "stops too and sends none of them" if stops_host else "keeps running and sends them"
    ends = "1 end is" if len(ids) == 1 else f"{len(ids)} ends are"
    text = f"{ends} pending. If you leave now, the host {fate}."
    return ConfirmPrompt("Leave now?", "Leave", text, ids, typed=False, otherwise="the dashboard stays")


def promise_broken(promised_s: float, undo_s: float) -> str:
    """Why a confirmed end must not be sent: the undo time got shorter meanwhile; else empty.

    Args:
        promised_s: seconds that the question named.
        undo_s: seconds that the host waits now.
    """
    if undo_s >= promised_s:
        return ""
    return (
        f"nothing was ended: the undo time is {undo_s:g} s now, and the question said {promised_s:g} s; "
        "press the key again"
    )


def sessions_counted(count: int) -> str:
    """`1 session`, `12 sessions`."""
    return f"{count} session" if count == 1 else f"{count} sessions"


def line_of(session_id: str, session: SessionView | None) -> Text:
    """A session in the list: its id, its label, its state now."""
    if session is None:
        return Text.assemble((f"{session_id:<8} ", "bold"), ("no longer known to the host", "dim italic"))
    head = Text.assemble((f"{session_id:<8} ", "bold"), f"{padded(printable(session.label), LABEL_WIDTH)} ")
    if session.ended is not None:
        return head.append(f"ended meanwhile ({session.ended.reason})", "dim italic")
    return head.append(session.status or session.hosting)


def still_open(ids: Sequence[str], deck: Deck) -> tuple[str, ...]:
    """The sessions that the deck knows and that have not ended."""
    return tuple(
        session_id
        for session_id in ids
        if (session := deck.sessions.get(session_id)) is not None and session.ended is None
    )
