"""What a page's words prove of a session's instructions: which of them its end or its colour answers.

As in `ledger_rules`, new forms of entries are yielded, oldest first; an entry comes twice where one message
proves two steps at once.
"""

from collections.abc import Iterator
from dataclasses import replace

from browser_host.protocol.page_instructions import EndSession, SwitchColor
from browser_host.protocol.page_messages import Color
from browser_host.sessions.clock import Instant
from browser_host.sessions.durations import format_duration
from browser_host.sessions.ledger import Entry, EntryState
from browser_host.sessions.rules.ledger_rules import NOT_BY_IT, due, withheld

ENDED_ELSEWHERE = "ended, but not in the page it was sent to"
ENDED_UNSENT = "ended by itself before anything was sent"


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
        elif withheld(entry):
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
    before: Color | None,
) -> Iterator[Entry]:
    """What the page's colour proves of its instructions.

    Args:
        ledger: the session's.
        begun_at: the session's.
        after: the newest number posted to the frame before the page named the colour.
        now: when it named it.
        color: the colour.
        before: the colour before it, or None where that is not known: the first colour proves no toggle, for
            a page may repeat its colour at any time.
    """
    toggled = before is not None and (color.value or color.raw) != (before.value or before.raw)
    switches = [(e, e.order.instruction) for e in ledger if isinstance(e.order.instruction, SwitchColor)]
    for entry, switch in switches:
        late = entry.state is EntryState.UNCONFIRMED
        # A later switch answers for this colour where an earlier one was given up already.
        if not _precedes(entry, begun_at, after, now) or (late and entry is not switches[-1][0]):
            continue
        wanted = switch.color
        if wanted == color.value or (wanted is None and toggled):
            yield from _confirmed(entry, now)
        elif entry.state is EntryState.SENT:
            yield replace(entry, text=f"the page says {color.value or color.raw}")


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
