"""What a look through the REST service makes of a session: its visitor state, never its status."""

from dataclasses import replace

from browser_host.protocol.page_messages import Status
from browser_host.sessions.changes import ChangeType
from browser_host.sessions.rules.changeset import Changeset
from browser_host.sessions.session import Session
from browser_host.sessions.visitor_state import VisitorReport, VisitorState, visitor_words

_BEFORE_THE_SESSION = frozenset({None, Status.WAITING, Status.PENDING_REQUEST})
"""Statuses of a page whose visitor has not joined yet: not being in session is no departure then."""


def reported(draft: Changeset, report: VisitorReport, look: int) -> None:
    """The service reported on the visitor.

    Only what is new is published: a report that differs in its time alone changes `checked_at` and
    `last_seen_at` and makes no event, for otherwise each look would make one for each session.

    Args:
        look: the number of the look; the report of an older look than the last one is dropped.
    """
    session, before = draft.session, draft.session.visitor_state
    if session.ended is not None or (before is not None and look <= before.look):
        return
    since = None
    if _has_left(session, report):
        since = before.gone_since if before is not None and _counts_on(session, before) else draft.now
    after = VisitorState(report, look, draft.now, since)
    draft.set(visitor_state=after)
    if before is None or _timeless(before.report) != _timeless(report):
        draft.tell(ChangeType.VISITOR)
    if visitor_words(after) != visitor_words(before):
        draft.note(ChangeType.VISITOR, visitor_words(after) or "nothing is known of the visitor")


def not_reported(draft: Changeset, look: int) -> None:
    """A look at the visitor failed: what was reported stays, and the time without reports does not count."""
    before = draft.session.visitor_state
    if before is not None and look > before.look:
        draft.set(visitor_state=replace(before, look=look, is_interrupted=True))


def _has_left(session: Session, report: VisitorReport) -> bool:
    if report.online is False:
        return True
    return report.in_session is False and session.status not in _BEFORE_THE_SESSION


def _counts_on(session: Session, before: VisitorState) -> bool:
    if before.gone_since is None or before.is_interrupted:
        return False
    return session.begun_at is None or before.gone_since.mono >= session.begun_at.mono


def _timeless(report: VisitorReport) -> VisitorReport:
    return replace(report, last_seen_at=None)
