"""What a happening makes of a session: the one function through which a session ever changes."""

from collections.abc import Iterator

from browser_host.protocol.instructions import SetMode
from browser_host.sessions import happenings as h
from browser_host.sessions import ledger_rules, words
from browser_host.sessions.changes import ChangeType
from browser_host.sessions.drafts import Draft, Step
from browser_host.sessions.instant import Instant
from browser_host.sessions.ledger import Entry, EntryState
from browser_host.sessions.session import ErrorCode, Fault, Hosting, Session

_HUNG = Fault(ErrorCode.PAGE_HUNG, "the page it lives in does not answer")


def apply(session: Session, happening: h.Happening, now: Instant) -> Step:
    """The session after a happening, and what is to be published of it.

    Args:
        session: as it was.
        happening: what happened to it.
        now: when.
    """
    draft = Draft(session, now)
    match happening:
        case h.Spoke(event, after):
            words.spoke(draft, event, after)
        case h.MessagesDropped(count):
            draft.set(dropped=session.dropped + count)
        case h.Violated(count):
            draft.set(violations=session.violations + count)
            draft.tell(ChangeType.MESSAGE, {"message": {"type": "violation", "raw": ""}})
        case h.InstructionGiven(order):
            entry = Entry(order, EntryState.QUEUED)
            draft.set(ledger=ledger_rules.entered(session.ledger, entry))
            draft.tell_entry(entry)
        case h.InstructionPosted(number):
            _posted(draft, number)
        case h.LinkReplaced(fingerprint):
            draft.set(link=fingerprint)
            draft.tell(ChangeType.HOSTING)
        case (
            h.InstructionFailed()
            | h.InstructionUncertain()
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
        | h.InstructionUncertain
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
        case h.InstructionUncertain(number, text):
            return ledger_rules.uncertain(session, number, now, text)
        case h.InstructionCancelled(number, text):
            return ledger_rules.cancelled(session, number, now, text)
        case h.InstructionRerouted(number, text):
            return ledger_rules.rerouted(session, number, now, text)
        case h.InstructionsUnheard(handed, text):
            return ledger_rules.unheard(session, handed, now, text)
        case h.TimePassed():
            return ledger_rules.overdue(session, now)


def _posted(draft: Draft, number: int) -> None:
    for entry in ledger_rules.posted(draft.session, number, draft.now):
        draft.revise([entry])
        if isinstance(entry.order.instruction, SetMode):
            draft.set(mode=entry.order.instruction.mode)


def _hosted(
    draft: Draft,
    happening: (
        h.Opened | h.Blocked | h.PageLost | h.Requeued | h.PageHung | h.PageAnswered | h.FrameReleased
    ),
) -> None:
    """What happens to the place a session lives in; an ended session only ever loses it."""
    session, now = draft.session, draft.now
    match happening:
        case h.Opened(page):
            draft.set(ended=None, begun_at=now, opened_at=now)
            draft.host(Hosting.LOADING, f"page {page}", page=page, error=None)
        case h.FrameReleased() if session.ended is not None:
            _leave(draft)
        case h.Blocked(fault):
            _displaced(draft, Hosting.BLOCKED, fault)
        case h.PageLost(fault):
            _displaced(draft, Hosting.LOST, fault)
        case h.Requeued() if session.ended is None:
            draft.host(Hosting.QUEUED, page=None)
        case h.PageHung() if session.hosting in {Hosting.LOADING, Hosting.LIVE}:
            draft.host(Hosting.UNRESPONSIVE, error=_HUNG, lost_at=session.lost_at or now)
        case h.PageAnswered() if session.hosting is Hosting.UNRESPONSIVE:
            _answered(draft)
        case _:
            return


def _displaced(draft: Draft, hosting: Hosting, fault: Fault) -> None:
    if draft.session.ended is None:
        draft.host(hosting, fault.text, error=fault, page=None, lost_at=draft.session.lost_at or draft.now)
    else:
        _leave(draft)
    draft.revise(ledger_rules.stranded(draft.session, draft.now, fault.text))


def _leave(draft: Draft) -> None:
    if draft.session.page is not None:
        draft.host(draft.session.hosting, page=None)


def _answered(draft: Draft) -> None:
    spoke, opened = draft.session.last_event_at, draft.session.opened_at
    if spoke is not None and opened is not None and spoke.mono >= opened.mono:
        draft.host(Hosting.LIVE, error=None, lost_at=None)
    else:
        # In sight again, but for one that was lost before this page and has not spoken since.
        still_lost = None if draft.session.events == 0 else draft.session.lost_at
        draft.host(Hosting.LOADING, error=None, lost_at=still_lost)
