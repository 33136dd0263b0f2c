"""What a page's own words make of a session: status, colour, mode, the end, and what is not understood."""

from browser_host.protocol.page_messages import (
    Color,
    ColorChanged,
    CustomMessageReceived,
    EndReason,
    ErrorReported,
    PageEvent,
    SessionEnded,
    StateUpdated,
    Status,
    StatusUpdated,
    UnknownReceived,
)
from browser_host.sessions.changes import ChangeType
from browser_host.sessions.rules import confirmation
from browser_host.sessions.rules.changeset import Changeset
from browser_host.sessions.session import EndedBecause, Ending, Hosting

_REASON = {
    None: EndedBecause.TERMINATED,
    EndReason.ENDED: EndedBecause.ENDED,
    EndReason.ERROR: EndedBecause.ERROR,
}
"""`terminated` is the page's end without a reason, so an end whose reason is unknown is one, too."""


def spoke(draft: Changeset, event: PageEvent, after: int) -> None:
    """Take one message of the session's page; `after` is the newest number posted before it came."""
    session = draft.session
    draft.set(events=session.events + 1, last_event_at=draft.now)
    _heard(draft)
    match event:
        case StatusUpdated(status):
            _status(draft, status, after, news=True)
        case ColorChanged(color):
            _color(draft, color, after)
        case StateUpdated():
            _state(draft, event, after)
        case SessionEnded(reason, raw):
            if not _ended(draft, _REASON[reason], after):
                draft.tell(ChangeType.MESSAGE, {"message": {"type": "sessionEnded", "raw": raw}})
        case CustomMessageReceived(raw):
            _message(draft, "customMessage", raw)
        case ErrorReported(raw):
            _message(draft, "error", raw)
        case UnknownReceived(kind, raw):
            _message(draft, kind, raw)


def _heard(draft: Changeset) -> None:
    """A page that speaks is live, unless it is gone already: then its last words prove nothing."""
    session = draft.session
    if session.process is None or session.ended is not None:
        return
    if session.hosting is not Hosting.LIVE:
        draft.host(Hosting.LIVE, error=None, lost_at=None)
    elif session.error is not None:
        draft.set(error=None)


def _state(draft: Changeset, event: StateUpdated, after: int) -> None:
    # Kept raw even where something was read from it: whoever sees it can name the paths to the rest.
    draft.set(last_message=event.raw)
    if event.mode is not None:
        draft.set(mode=event.mode)
    if event.color is not None:
        _color(draft, event.color, after)
    if event.status is not None:
        _status(draft, event.status, after, news=event.status is not draft.session.status)
    if event.color is None and event.status is None:
        _message(draft, "upscope.sessionState.update", event.raw)


def _status(draft: Changeset, status: Status, after: int, *, news: bool) -> None:
    # News, because a full snapshot that repeats the last status after the end starts no new session.
    session = draft.session
    over = session.ended is not None and session.process is not None
    begins = news and over and status is not Status.TERMINATED
    if begins:
        draft.set(ended=None, begun_at=draft.now)
        draft.host(Hosting.LIVE, "new session in the same page")
    if begins or status is not session.status:
        draft.set(status=status, status_since=draft.now)
        draft.note(ChangeType.STATUS, status.value)
    draft.set(status_at=draft.now)
    draft.tell(ChangeType.STATUS)
    if status is Status.TERMINATED:
        _ended(draft, EndedBecause.TERMINATED, after)


def _color(draft: Changeset, color: Color, after: int) -> None:
    before = draft.session.color
    if color != before:
        draft.set(color=color)
        draft.note(ChangeType.COLOR, color.value or color.raw, instead_of_same=True)
    draft.tell(ChangeType.COLOR)
    if draft.session.ledger:
        draft.revise(
            confirmation.answered_by_color(
                draft.ledger, draft.session.begun_at, after, draft.now, color, before=before
            )
        )


def _ended(draft: Changeset, reason: EndedBecause, after: int) -> bool:
    """Latch the end, or give it the reason it lacked; whether it did either."""
    ended = draft.session.ended
    if ended is None:
        ending = Ending(reason, draft.now)
    elif ended.reason is EndedBecause.TERMINATED and reason is not EndedBecause.TERMINATED:
        ending = Ending(reason, ended.at)
    else:
        return False
    fields = {} if ended else {"hosting": Hosting.ENDED, "error": None, "lost_at": None}
    draft.set(ended=ending, **fields)
    draft.tell(ChangeType.ENDED)
    draft.note(ChangeType.ENDED, reason.value)
    if ended is None:
        draft.revise(confirmation.answered_by_end(draft.ledger, draft.session.begun_at, after, draft.now))
    return True


def _message(draft: Changeset, kind: str, raw: str) -> None:
    draft.set(last_message=raw)
    draft.tell(ChangeType.MESSAGE, {"message": {"type": kind, "raw": raw}})
    draft.note(ChangeType.MESSAGE, f"{kind}: {raw}")
