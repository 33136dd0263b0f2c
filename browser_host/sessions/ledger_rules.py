"""The rules of the ledger: what may be asked of a session, and what becomes of it short of an answer.

Every function that says what became of instructions yields new forms of entries, oldest first, and
leaves the session alone.
"""

from collections.abc import Container, Iterator, Mapping
from dataclasses import replace

from browser_host.protocol.instructions import EndSession, Instruction, SwitchColor
from browser_host.sessions.durations import format_duration
from browser_host.sessions.instant import Instant
from browser_host.sessions.ledger import FINAL, LIMIT, Entry, EntryState, Via
from browser_host.sessions.session import Hosting, Session

NOT_BY_IT = "ended, but before the instruction reached the page"

WHY_NOT: Mapping[str, str] = {
    Hosting.QUEUED: "its page is not open yet",
    Hosting.LOADING: "its page is not open yet",
    Hosting.LOST: "its page was lost and is not open again yet",
    Hosting.BLOCKED: "its page could not be shown",
    Hosting.ENDED: "it has ended already",
}


def refusal(session: Session, instruction: Instruction) -> str | None:
    """Why a session can't be given an instruction now, in plain words, or None where it can.

    Nothing is taken while an end is pending: what is posted to a frame then keeps the order of its
    numbers, which is what proves that an end's confirmation came after it.
    """
    if session.ended is not None:
        return WHY_NOT[Hosting.ENDED]
    if pending := pending_end(session):
        return f"an end is pending already, given by {pending.order.by}"
    if session.page is None or session.hosting in {Hosting.QUEUED, Hosting.LOST, Hosting.BLOCKED}:
        why = WHY_NOT.get(session.hosting, "it lives in no page")
        return f"{why}: {session.error.text}" if session.error else why
    if len(session.ledger) >= LIMIT and not any(settled(entry) for entry in session.ledger):
        return (
            f"{LIMIT} instructions are under way already, {type(instruction).__name__} would be one too many"
        )
    return None


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


def next_deadline(session: Session) -> float | None:
    """When, on the steady clock, the first confirmation that is still waited for is overdue."""
    return min((d for entry in session.ledger if (d := _deadline(entry)) is not None), default=None)


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


def posted(session: Session, number: int, now: Instant) -> Iterator[Entry]:
    """What the news that an instruction was posted makes of it."""
    entry = _find(session, number)
    if entry is None:
        return
    sent = replace(entry, state=EntryState.SENT, sent_at=now, finished_at=None, text="")
    match entry.state:
        case EntryState.QUEUED:
            yield sent
        case EntryState.CANCELLED | EntryState.FAILED if confirmable(entry):
            # The page's news and the posting's crossed: it was written off, and had been posted.
            ended = session.ended is not None and isinstance(entry.order.instruction, EndSession)
            text = NOT_BY_IT if ended else f"was sent after all; {entry.text}"
            yield replace(sent, state=EntryState.UNCONFIRMED, finished_at=now, text=text)
        case EntryState.CANCELLED | EntryState.FAILED:
            yield replace(sent, text=f"was sent after all; {entry.text}")
        case _:
            return


def not_posted(session: Session, number: int, now: Instant, text: str) -> Iterator[Entry]:
    """What the news that an instruction was certainly not posted makes of it."""
    entry = _find(session, number)
    if entry is not None and entry.state is EntryState.QUEUED:
        yield replace(entry, state=EntryState.FAILED, finished_at=now, text=text)


def uncertain(session: Session, number: int, now: Instant, text: str) -> Iterator[Entry]:
    """What the news that nobody knows whether an instruction was posted makes of it."""
    entry = _find(session, number)
    if entry is not None and entry.state in {EntryState.QUEUED, EntryState.FAILED, EntryState.CANCELLED}:
        yield replace(entry, state=EntryState.UNCONFIRMED, finished_at=now, text=text)


def cancelled(session: Session, number: int, now: Instant, text: str) -> Iterator[Entry]:
    """Takes an instruction back, if it is still queued."""
    entry = _find(session, number)
    if entry is not None and entry.state is EntryState.QUEUED:
        yield replace(entry, state=EntryState.CANCELLED, finished_at=now, text=text)


def rerouted(session: Session, number: int, now: Instant, text: str) -> Iterator[Entry]:
    """Sends what the page did not confirm by way of the service; the page has its time once more.

    That the service said ok is no confirmation: only the page's own word is.
    """
    entry = _find(session, number)
    if entry is not None and entry.state is EntryState.SENT:
        yield replace(entry, via=Via.REST, sent_at=now, text=text)


def overdue_ends(session: Session, now: Instant) -> Iterator[Entry]:
    """The ends whose page did not confirm them in time, and that the service was not asked for yet."""
    for entry in session.ledger:
        deadline = _deadline(entry)
        is_end = isinstance(entry.order.instruction, EndSession)
        if is_end and entry.via is Via.PAGE and deadline is not None and now.mono >= deadline:
            yield entry


def stranded(session: Session, now: Instant, why: str) -> Iterator[Entry]:
    """What becomes of the queued when the page is gone; what was sent waits for its own deadline."""
    for entry in session.ledger:
        if entry.state is EntryState.QUEUED:
            yield replace(entry, state=EntryState.FAILED, finished_at=now, text=f"nothing was sent: {why}")


def unheard(session: Session, handed: Container[int], now: Instant, why: str) -> Iterator[Entry]:
    """What becomes of all that is under way when nobody listens to the page any more.

    Args:
        handed: numbers of the queued that are on their way to the page already.
    """
    for entry in session.ledger:
        if settled(entry):
            continue
        if entry.state is EntryState.QUEUED and entry.order.number not in handed:
            yield replace(entry, state=EntryState.CANCELLED, finished_at=now, text=f"nothing was sent: {why}")
        else:
            text = f"{why} before its outcome was known; it may have happened"
            yield replace(entry, state=EntryState.UNCONFIRMED, finished_at=now, text=text)


def overdue(session: Session, now: Instant) -> Iterator[Entry]:
    """The entries whose time to be confirmed has passed."""
    for entry in session.ledger:
        deadline = _deadline(entry)
        if deadline is not None and now.mono >= deadline:
            within = format_duration(entry.order.confirm_within)
            text = f"no answer from the page within {within}" + (f"; {entry.text}" if entry.text else "")
            yield replace(entry, state=EntryState.UNCONFIRMED, finished_at=now, text=text)


def _find(session: Session, number: int) -> Entry | None:
    return next((entry for entry in session.ledger if entry.order.number == number), None)
