"""The rules of the ledger: what may be asked of a session, and what becomes of it short of an answer.

Every function that says what became of instructions yields new forms of entries, oldest first, and
leaves the session alone.
"""

from collections.abc import Container, Iterator, Mapping
from dataclasses import replace

from browser_host.protocol.page_instructions import EndSession, Instruction, SetMode, SwitchColor
from browser_host.sessions.clock import Instant
from browser_host.sessions.durations import format_duration
from browser_host.sessions.ledger import FINAL, LIMIT, Entry, EntryState, Via
from browser_host.sessions.session import Hosting, Session

NOT_BY_IT = "ended, but before the instruction reached the page"

REPEATED = "the same instruction is still under way; nothing was sent"

WHY_NOT: Mapping[str, str] = {
    Hosting.QUEUED: "its page is not open yet",
    Hosting.LOADING: "its page is not open yet",
    Hosting.LOST: "its page was lost and is not open again yet",
    Hosting.BLOCKED: "its page could not be shown",
    Hosting.ENDED: "it has ended already",
}


def refusal(session: Session, instruction: Instruction, now: Instant) -> str | None:
    """Why a session can't be given an instruction now, or None if it can.

    What equals the last instruction of its kind is refused while that one is under way: a key that is held
    down is thirty a second. Nothing is taken while an end is pending: what is posted to a frame then keeps
    the order of its numbers, which is what proves that an end's confirmation came after it.
    """
    if session.ended is not None:
        return WHY_NOT[Hosting.ENDED]
    if pending := pending_end(session):
        return f"an end is pending already, given by {pending.order.by}"
    if session.process is None or session.hosting in {Hosting.QUEUED, Hosting.LOST, Hosting.BLOCKED}:
        why = WHY_NOT.get(session.hosting, "it lives in no page")
        return f"{why}: {session.error.text}" if session.error else why
    if _is_repeat(session, instruction, now):
        return REPEATED
    if len(session.ledger) >= LIMIT and not any(settled(entry) for entry in session.ledger):
        return (
            f"{LIMIT} instructions are under way already, {type(instruction).__name__} would be one too many"
        )
    return None


def _is_repeat(session: Session, instruction: Instruction, now: Instant) -> bool:
    same_kind = (e for e in reversed(session.ledger) if type(e.order.instruction) is type(instruction))
    last = next(same_kind, None)
    return last is not None and last.order.instruction == instruction and _is_under_way(last, session, now)


def _is_under_way(entry: Entry, session: Session, now: Instant) -> bool:
    """Whether the outcome may still come.

    What nothing confirms stays `sent`, and counts for as long as a confirmation would be waited for; a mode
    only in the document that it was sent to.
    """
    if entry.state is not EntryState.SENT or confirmable(entry) or entry.sent_at is None:
        return entry.state not in FINAL
    if isinstance(entry.order.instruction, SetMode) and session.mode is not entry.order.instruction.mode:
        return False
    return now.mono < entry.sent_at.mono + entry.order.confirm_within


def pending_end(session: Session) -> Entry | None:
    """The end that is queued or sent and not yet answered, if there is one."""
    for entry in reversed(session.ledger):
        if isinstance(entry.order.instruction, EndSession) and not settled(entry):
            return entry
    return None


def confirmable(entry: Entry) -> bool:
    """Whether anything a page can say shows that the instruction took effect."""
    return isinstance(entry.order.instruction, EndSession | SwitchColor)


def settled(entry: Entry) -> bool:
    """Whether the entry has come as far as it can by itself: for what nothing confirms, that is `sent`."""
    return entry.state in FINAL or (entry.state is EntryState.SENT and not confirmable(entry))


def due(entry: Entry, now: Instant) -> bool:
    """Whether a queued entry's time to be posted has come."""
    return entry.state is EntryState.QUEUED and now.mono >= entry.order.not_before.mono


def next_deadline(session: Session, escalated: Container[int] = ()) -> float | None:
    """When, on the steady clock, the first confirmation that is still waited for is overdue.

    Args:
        escalated: numbers of ends that the service is to be asked about; these have no deadline meanwhile.
    """
    open_ = (entry for entry in session.ledger if entry.order.number not in escalated)
    return min((d for entry in open_ if (d := _deadline(entry)) is not None), default=None)


def _deadline(entry: Entry) -> float | None:
    if entry.state is not EntryState.SENT or entry.sent_at is None or not confirmable(entry):
        return None
    return entry.sent_at.mono + entry.order.confirm_within


def entered(ledger: tuple[Entry, ...], entry: Entry) -> tuple[Entry, ...]:
    """The ledger with one more entry; the oldest that is settled gives way where it is full."""
    if len(ledger) >= LIMIT:
        gone = next((old for old in ledger if settled(old)), ledger[0])
        ledger = tuple(old for old in ledger if old is not gone)
    return (*ledger, entry)


def withheld(entry: Entry) -> bool:
    """Whether nothing of it has left the host: only then may it be called unsent."""
    return entry.state is EntryState.QUEUED and not entry.handed_over


def handed_over(session: Session, number: int) -> Iterator[Entry]:
    """An instruction from the moment on at which it can't be withheld any more."""
    entry = find(session, number)
    if entry is not None and entry.state is EntryState.QUEUED:
        yield replace(entry, handed_over=True)


def posted(session: Session, number: int, now: Instant) -> Iterator[Entry]:
    """What the news that an instruction was posted makes of it."""
    entry = find(session, number)
    if entry is None or entry.state is not EntryState.QUEUED:
        return
    sent = replace(entry, state=EntryState.SENT, sent_at=now)
    if session.ended is not None and confirmable(entry):
        # It ended while the browser had the instruction.
        yield replace(sent, state=EntryState.UNCONFIRMED, finished_at=now, text=NOT_BY_IT)
    else:
        yield sent


def not_posted(session: Session, number: int, now: Instant, text: str) -> Iterator[Entry]:
    """What the news that an instruction was certainly not posted makes of it."""
    entry = find(session, number)
    if entry is not None and entry.state is EntryState.QUEUED:
        yield replace(entry, state=EntryState.FAILED, finished_at=now, text=text)


def uncertain(session: Session, number: int, now: Instant, text: str) -> Iterator[Entry]:
    """What the news that nobody knows whether an instruction was posted makes of it."""
    entry = find(session, number)
    if entry is not None and entry.state is EntryState.QUEUED:
        yield replace(entry, state=EntryState.UNCONFIRMED, finished_at=now, text=text)


def cancelled(session: Session, number: int, now: Instant, text: str) -> Iterator[Entry]:
    """Take an instruction back, if it can still be withheld."""
    entry = find(session, number)
    if entry is not None and withheld(entry):
        yield replace(entry, state=EntryState.CANCELLED, finished_at=now, text=text)


def rerouted(session: Session, number: int, now: Instant, via: Via, text: str) -> Iterator[Entry]:
    """What the news that the service was asked, has answered or was not asked makes of an end.

    Where it was asked, the page has its time to confirm once more: that the service answered `ok` is no
    confirmation, only the page's own report is.
    """
    entry = find(session, number)
    if entry is not None and entry.state is EntryState.SENT:
        sent_at = now if via is Via.REST else entry.sent_at
        yield replace(entry, via=via, sent_at=sent_at, text=text)


def overdue_ends(session: Session, now: Instant) -> Iterator[Entry]:
    """The ends whose page did not confirm them in time, and that the service was not asked for yet."""
    for entry in session.ledger:
        deadline = _deadline(entry)
        is_end = isinstance(entry.order.instruction, EndSession)
        if is_end and entry.via is Via.PAGE and deadline is not None and now.mono >= deadline:
            yield entry


def stranded(session: Session, now: Instant, why: str) -> Iterator[Entry]:
    """What becomes of the withheld when the page is gone; what was sent waits for its own deadline."""
    for entry in session.ledger:
        if withheld(entry):
            yield replace(entry, state=EntryState.FAILED, finished_at=now, text=f"nothing was sent: {why}")


def unheard(session: Session, now: Instant, why: str) -> Iterator[Entry]:
    """What becomes of all that is under way when nobody listens to the page any more."""
    for entry in session.ledger:
        if settled(entry):
            continue
        if withheld(entry):
            yield replace(entry, state=EntryState.CANCELLED, finished_at=now, text=f"nothing was sent: {why}")
        else:
            text = f"{why} before its outcome was known; it may have happened"
            yield replace(entry, state=EntryState.UNCONFIRMED, finished_at=now, text=text)


def overdue(session: Session, now: Instant, escalated: Container[int] = ()) -> Iterator[Entry]:
    """The entries whose time to be confirmed has passed.

    Args:
        escalated: numbers of ends that the service is to be asked about.
    """
    for entry in session.ledger:
        deadline = _deadline(entry)
        if entry.order.number in escalated:
            continue
        if deadline is not None and now.mono >= deadline:
            within = format_duration(entry.order.confirm_within)
            text = f"no answer from the page within {within}" + (f"; {entry.text}" if entry.text else "")
            yield replace(entry, state=EntryState.UNCONFIRMED, finished_at=now, text=text)


def find(session: Session, number: int) -> Entry | None:
    """The session's instruction with this number, or None."""
    return next((entry for entry in session.ledger if entry.order.number == number), None)
