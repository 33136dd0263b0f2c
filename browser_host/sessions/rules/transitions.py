"""What a happening makes of a session: the one function through which a session ever changes."""

from collections.abc import Iterator

from browser_host.protocol.page_instructions import SetMode
from browser_host.protocol.text import printable
from browser_host.sessions import session_events as h
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


def apply(session: Session, happening: h.Happening, now: Instant) -> Step:  # noqa: C901 - one case for each event
    """The session after a happening, and what is to be published of it.

    Args:
        session: as it was.
        happening: what happened to it.
        now: when.
    """
    draft = Changeset(session, now)
    match happening:
        case h.Spoke(event, after):
            page_events.spoke(draft, event, after)
        case h.MessagesLost(count):
            draft.set(dropped=session.dropped + count)
        case h.Violated(count):
            draft.set(violations=session.violations + count)
            draft.tell(ChangeType.MESSAGE, {"message": {"type": "violation", "raw": ""}})
        case h.NestedFrameRefused(count):
            _nested_heard(draft, count)
        case h.DocumentReplaced(origin, text):
            draft.tell(
                ChangeType.DOCUMENT, {"document": {"origin": printable(origin, _ORIGIN_LIMIT), "text": text}}
            )
            draft.note(ChangeType.DOCUMENT, text, instead_of_same=True)
            _forget_mode(draft)
        case h.InstructionGiven() | h.InstructionHandedOver() | h.InstructionSent():
            _on_its_way(draft, happening)
        case h.LinkReplaced(fingerprint):
            draft.set(link=fingerprint)
            draft.tell(ChangeType.HOSTING)
        case h.VisitorReported(report, look):
            visitor_rules.reported(draft, report, look)
        case h.VisitorNotReported(look):
            visitor_rules.not_reported(draft, look)
        case (
            h.InstructionFailed()
            | h.InstructionUnaccounted()
            | h.InstructionCancelled()
            | h.InstructionRerouted()
            | h.InstructionsUnheard()
            | h.TimePassed()
        ):
            draft.revise(_fates(session, happening, now))
        case _:
            _hosted(draft, happening)
    return draft.step()


def _fates(
    session: Session,
    happening: (
        h.InstructionFailed
        | h.InstructionUnaccounted
        | h.InstructionCancelled
        | h.InstructionRerouted
        | h.InstructionsUnheard
        | h.TimePassed
    ),
    now: Instant,
) -> Iterator[Entry]:
    """What becomes of instructions short of the page's answer."""
    match happening:
        case h.InstructionFailed(number, text):
            return ledger_rules.not_posted(session, number, now, text)
        case h.InstructionUnaccounted(number, text):
            return ledger_rules.uncertain(session, number, now, text)
        case h.InstructionCancelled(number, text):
            return ledger_rules.cancelled(session, number, now, text)
        case h.InstructionRerouted(number, via, text):
            return ledger_rules.rerouted(session, number, now, via, text)
        case h.InstructionsUnheard(text):
            return ledger_rules.unheard(session, now, text)
        case h.TimePassed(escalated):
            return ledger_rules.overdue(session, now, escalated)


def _on_its_way(
    draft: Changeset, happening: h.InstructionGiven | h.InstructionHandedOver | h.InstructionSent
) -> None:
    match happening:
        case h.InstructionGiven(order):
            entry = Entry(order, EntryState.QUEUED)
            draft.set(ledger=ledger_rules.entered(draft.session.ledger, entry))
            draft.tell_entry(entry)
        case h.InstructionHandedOver(number):
            draft.revise(ledger_rules.handed_over(draft.session, number))
        case h.InstructionSent(number):
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
    happening: (
        h.Opened | h.Blocked | h.PageLost | h.Requeued | h.PageHung | h.PageAnswered | h.FrameReleased
    ),
) -> None:
    """What happens to the place a session lives in; an ended session only ever loses it."""
    session, now = draft.session, draft.now
    match happening:
        case h.Opened(process, endpoint):
            draft.set(ended=None, begun_at=now, opened_at=now)
            draft.host(Hosting.LOADING, f"process {process}", process=process, browser=endpoint, error=None)
            _forget_mode(draft)
        case h.FrameReleased() if session.ended is not None:
            _leave(draft)
        case h.Blocked(fault):
            _displaced(draft, Hosting.BLOCKED, fault)
        case h.PageLost(fault):
            _displaced(draft, Hosting.LOST, fault)
        case h.Requeued() if session.ended is None:
            draft.host(Hosting.QUEUED, process=None)
        case h.PageHung() if session.hosting in {Hosting.LOADING, Hosting.LIVE}:
            draft.host(Hosting.UNRESPONSIVE, error=_HUNG, lost_at=session.lost_at or now)
        case h.PageAnswered() if session.hosting is Hosting.UNRESPONSIVE:
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
