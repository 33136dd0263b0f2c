"""The rules of the ledger: what may be asked of a session, and what its page's words prove.

Every function that says what became of instructions yields new forms of entries, oldest first, and
leaves the session alone; an entry may come twice, when one message proves two steps at once.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from browser_host.protocol.events import Color
from browser_host.protocol.instructions import EndSession, Instruction, SwitchColor
from browser_host.sessions.durations import format_duration
from browser_host.sessions.instant import Instant
from browser_host.sessions.ledger import FINAL, LIMIT, Entry, EntryState, Via
from browser_host.sessions.session import Hosting, Session

NOT_BY_IT = "ended, but before the instruction reached the page"
ENDED_ELSEWHERE = "ended, but not in the page it was sent to"
ENDED_UNSENT = "ended by itself before anything was sent"

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


def overdue(session: Session, now: Instant) -> Iterator[Entry]:
    """The entries whose time to be confirmed has passed."""
    for entry in session.ledger:
        deadline = _deadline(entry)
        if deadline is not None and now.mono >= deadline:
            within = format_duration(entry.order.confirm_within)
            text = f"no answer from the page within {within}" + (f"; {entry.text}" if entry.text else "")
            yield replace(entry, state=EntryState.UNCONFIRMED, finished_at=now, text=text)


def answered_by_end(
    ledger: tuple[Entry, ...], begun_at: Instant | None, after: int, now: Instant
) -> Iterator[Entry]:
    """What a session's ending proves of its instructions.

    Args:
        ledger: the session's.
        begun_at: the session's.
        after: the newest number posted to the frame before the page told the end.
        now: when it told it.
    """
    for entry in ledger:
        is_end = isinstance(entry.order.instruction, EndSession)
        if is_end and _precedes(entry, begun_at, after, now):
            yield from _confirmed(entry, now)
        elif entry.state is EntryState.QUEUED:
            yield replace(entry, state=EntryState.CANCELLED, finished_at=now, text=ENDED_UNSENT)
        elif is_end and entry.state is EntryState.SENT:
            text = NOT_BY_IT if _sent_here(entry, begun_at) else ENDED_ELSEWHERE
            yield replace(entry, state=EntryState.UNCONFIRMED, finished_at=now, text=text)


def answered_by_color(
    ledger: tuple[Entry, ...],
    begun_at: Instant | None,
    after: int,
    now: Instant,
    color: Color,
    *,
    changed: bool,
) -> Iterator[Entry]:
    """What the page's colour proves of its instructions.

    Args:
        ledger: the session's.
        begun_at: the session's.
        after: the newest number posted to the frame before the page named the colour.
        now: when it named it.
        color: the colour.
        changed: the message tells a change; a full snapshot that repeats the colour confirms no toggle.
    """
    switches = [(e, e.order.instruction) for e in ledger if isinstance(e.order.instruction, SwitchColor)]
    for entry, switch in switches:
        late = entry.state is EntryState.UNCONFIRMED
        # A later switch answers for this colour where an earlier one was given up already.
        if not _precedes(entry, begun_at, after, now) or (late and entry is not switches[-1][0]):
            continue
        wanted = switch.color
        if wanted == color.value or (wanted is None and changed):
            yield from _confirmed(entry, now)
        elif wanted is not None and entry.state is EntryState.SENT:
            yield replace(entry, text=f"the page says {color.value or color.raw}")


def _find(session: Session, number: int) -> Entry | None:
    return next((entry for entry in session.ledger if entry.order.number == number), None)


def _precedes(entry: Entry, begun_at: Instant | None, after: int, now: Instant) -> bool:
    """Whether the entry is open to an answer, and was posted before the message that may be one."""
    if entry.order.number > after:
        return False
    match entry.state:
        case EntryState.QUEUED:
            return due(entry, now)  # posted, and the message overtook the news of it
        case EntryState.SENT | EntryState.UNCONFIRMED:
            return _sent_here(entry, begun_at)
        case _:
            return False


def _sent_at(entry: Entry) -> Instant:
    return entry.sent_at or entry.finished_at or entry.order.at


def _sent_here(entry: Entry, begun_at: Instant | None) -> bool:
    return begun_at is None or _sent_at(entry).mono >= begun_at.mono


def _confirmed(entry: Entry, now: Instant) -> Iterator[Entry]:
    sent = entry
    if entry.state is EntryState.QUEUED:
        sent = replace(entry, state=EntryState.SENT, sent_at=now)
        yield sent
    text = ""
    if entry.state is EntryState.UNCONFIRMED:
        text = f"confirmed late, after {format_duration(now.seconds_since(_sent_at(entry)))}"
    yield replace(sent, state=EntryState.CONFIRMED, finished_at=now, text=text)
