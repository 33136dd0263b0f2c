"""What an event makes of a session: the one function through which a session ever changes."""

from collections.abc import Iterator

from browser_host.protocol.page_instructions import SetMode
from browser_host.protocol.text import printable
from browser_host.sessions import session_events as events
from browser_host.sessions.changes import ChangeType
from browser_host.sessions.clock import Instant
from browser_host.sessions.ledger import Entry, EntryState
from browser_host.sessions.rules import ledger_rules, page_events, visitor_rules
from browser_host.sessions.rules.changeset import Changeset, Step
from browser_host.sessions.session import ErrorCode, Fault, Hosting, Session

_ORIGIN_LIMIT = 300
"""Characters: a scheme, a host name of at most 253, a port."""
_HUNG = Fault(ErrorCode.PAGE_HUNG, "the page it lives in does not answer")
_NESTED = Fault(
    ErrorCode.VIOLATION, "its messages come from a frame inside the page; only the page itself is heard"
)


def apply(session: Session, event: events.SessionEvent, now: Instant) -> Step:  # noqa: C901 - one case for each event
    """The session after an event, and what is to be published of it.

    Args:
        session: as it was.
        event: what happened to it.
        now: when.
    """
    draft = Changeset(session, now)
    match event:
        case events.Spoke(said, after):
            page_events.spoke(draft, said, after)
        case events.MessagesLost(count):
            draft.set(dropped=session.dropped + count)
        case events.Violated(count):
            draft.set(violations=session.violations + count)
            draft.tell(ChangeType.MESSAGE, {"message": {"type": "violation", "raw": ""}})
        case events.NestedFrameRefused(count):
            _nested_heard(draft, count)
        case events.DocumentReplaced(origin, text):
            draft.tell(
                ChangeType.DOCUMENT, {"document": {"origin": printable(origin, _ORIGIN_LIMIT), "text": text}}
            )
            draft.note(ChangeType.DOCUMENT, text, instead_of_same=True)
            _forget_mode(draft)
        case events.InstructionGiven() | events.InstructionHandedOver() | events.InstructionSent():
            _on_its_way(draft, event)
        case events.LinkReplaced(fingerprint):
            draft.set(link=fingerprint)
            draft.tell(ChangeType.HOSTING)
        case events.VisitorReported(report, look):
            visitor_rules.reported(draft, report, look)
        case events.VisitorNotReported(look):
            visitor_rules.not_reported(draft, look)
        case (
            events.InstructionFailed()
            | events.InstructionUnaccounted()
            | events.InstructionCancelled()
            | events.InstructionRerouted()
            | events.InstructionsUnheard()
            | events.TimePassed()
        ):
            draft.revise(_fates(session, event, now))
        case _:
            _hosted(draft, event)
    return draft.step()


def _fates(
    session: Session,
    event: (
        events.InstructionFailed
        | events.InstructionUnaccounted
        | events.InstructionCancelled
        | events.InstructionRerouted
        | events.InstructionsUnheard
        | events.TimePassed
    ),
    now: Instant,
) -> Iterator[Entry]:
    """What becomes of instructions short of the page's answer."""
    match event:
        case events.InstructionFailed(number, text):
            return ledger_rules.not_posted(session, number, now, text)
        case events.InstructionUnaccounted(number, text):
            return ledger_rules.uncertain(session, number, now, text)
        case events.InstructionCancelled(number, text):
            return ledger_rules.cancelled(session, number, now, text)
        case events.InstructionRerouted(number, via, text):
            return ledger_rules.rerouted(session, number, now, via, text)
        case events.InstructionsUnheard(text):
            return ledger_rules.unheard(session, now, text)
        case events.TimePassed(escalated):
            return ledger_rules.overdue(session, now, escalated)


def _on_its_way(
    draft: Changeset, event: events.InstructionGiven | events.InstructionHandedOver | events.InstructionSent
) -> None:
    match event:
        case events.InstructionGiven(order):
            entry = Entry(order, EntryState.QUEUED)
            draft.set(ledger=ledger_rules.entered(draft.session.ledger, entry))
            draft.tell_entry(entry)
        case events.InstructionHandedOver(number):
            draft.revise(ledger_rules.handed_over(draft.session, number))
        case events.InstructionSent(number):
            for entry in ledger_rules.posted(draft.session, number, draft.now):
                draft.revise([entry])
                if isinstance(entry.order.instruction, SetMode):
                    draft.set(mode=entry.order.instruction.mode)


def _nested_heard(draft: Changeset, count: int) -> None:
    session = draft.session
    draft.set(violations=session.violations + count)
    if session.hosting is Hosting.LOADING and session.error is None and not _has_spoken(session):
        draft.set(error=_NESTED)
        draft.note(ChangeType.HOSTING, _NESTED.text)
        draft.tell(ChangeType.HOSTING)
    else:
        draft.tell(ChangeType.MESSAGE, {"message": {"type": "violation", "raw": ""}})


def _forget_mode(draft: Changeset) -> None:
    """The document that the mode was sent to is gone; another one has the mode that it begins with."""
    if (mode := draft.session.mode) is not None:
        draft.set(mode=None)
        draft.note(ChangeType.DOCUMENT, f"mode {mode.value} was set in a document that is gone")


def _hosted(
    draft: Changeset,
    event: (
        events.Opened
        | events.Blocked
        | events.PageLost
        | events.Requeued
        | events.PageHung
        | events.PageAnswered
        | events.FrameReleased
    ),
) -> None:
    """What happens to the place a session lives in; an ended session only ever loses it."""
    session, now = draft.session, draft.now
    match event:
        case events.Opened(process, endpoint):
            draft.set(ended=None, begun_at=now, opened_at=now)
            draft.host(Hosting.LOADING, f"process {process}", process=process, browser=endpoint, error=None)
            _forget_mode(draft)
        case events.FrameReleased() if session.ended is not None:
            _leave(draft)
        case events.Blocked(fault):
            _displaced(draft, Hosting.BLOCKED, fault)
        case events.PageLost(fault):
            _displaced(draft, Hosting.LOST, fault)
        case events.Requeued() if session.ended is None:
            draft.host(Hosting.QUEUED, process=None)
        case events.PageHung() if session.hosting in {Hosting.LOADING, Hosting.LIVE}:
            draft.host(Hosting.UNRESPONSIVE, error=_HUNG, lost_at=session.lost_at or now)
        case events.PageAnswered() if session.hosting is Hosting.UNRESPONSIVE:
            _answered(draft)
        case _:
            return


def _displaced(draft: Changeset, hosting: Hosting, fault: Fault) -> None:
    if draft.session.ended is None:
        draft.host(hosting, fault.text, error=fault, process=None, lost_at=draft.session.lost_at or draft.now)
    else:
        _leave(draft)
    _forget_mode(draft)
    draft.revise(ledger_rules.stranded(draft.session, draft.now, fault.text))


def _leave(draft: Changeset) -> None:
    if draft.session.process is not None:
        draft.host(draft.session.hosting, process=None)


def _answered(draft: Changeset) -> None:
    if _has_spoken(draft.session):
        draft.host(Hosting.LIVE, error=None, lost_at=None)
    else:
        # In sight again, but for one that was lost before this page and has not spoken since.
        still_lost = None if draft.session.events == 0 else draft.session.lost_at
        draft.host(Hosting.LOADING, error=None, lost_at=still_lost)


def _has_spoken(session: Session) -> bool:
    """Whether the page that is open now has reported anything."""
    spoke, opened = session.last_event_at, session.opened_at
    return spoke is not None and opened is not None and spoke.mono >= opened.mono
