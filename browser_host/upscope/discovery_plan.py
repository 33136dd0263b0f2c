"""Which visitors to open and which to release, from one poll of the service: pure.

Opening a link starts watching a person's screen, and may cost money. So with `in_session_only`, only visitors
who are certainly in a session are opened; and one whose session was ended or removed here is not opened again
until they have left.
"""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from browser_host.upscope.links import Ceiling, LinkBook, LinkRules, due
from browser_host.upscope.visitor import Visitor

MOST_REMEMBERED = 5_000
"""Most visitors of ended sessions that are remembered; beyond that, the oldest are forgotten."""


@dataclass(frozen=True, slots=True)
class DiscoveryRules:
    """What discovery may do.

    Args:
        max_sessions: most sessions that it holds at once.
        grace_s: seconds from the first poll that missed a visitor until the session is released; a failed
            poll starts them over.
        in_session_only: only visitors whom the service reports as being in a session.
        links: `links.an_hour` equals `max_sessions`, as the configuration documents.
    """

    max_sessions: int
    grace_s: float
    in_session_only: bool
    links: LinkRules


@dataclass(frozen=True, slots=True)
class Look:
    """What is known at one poll.

    Args:
        seen: the service's answer; failed polls do not count.
        complete: whether it is the whole list; if it was cut, absence proves nothing.
        held: short ids that discovery holds, including those being opened, without those that ended.
        failed: short ids of the last plan that could not be opened; they may be retried when their link
            ceilings allow it.
        taken: short ids that are hosted already, but not by discovery.
        book: the links requested within the last hour.
    """

    seen: tuple[Visitor, ...]
    complete: bool
    held: Collection[str]
    failed: Collection[str]
    taken: Collection[str]
    book: LinkBook


@dataclass(frozen=True, slots=True)
class Memory:
    """What is remembered between polls: for each visitor, the first of the polls in a row that missed them.

    None means that the last poll found them. Failed polls do not count: how long the service was unreachable
    proves nothing about who is there.

    Args:
        present: visitors who are held, or were to be opened.
        passed_over: visitors whose sessions ended here; they are not opened until they have left.
    """

    present: Mapping[str, float | None] = field(default_factory=dict)
    passed_over: Mapping[str, float | None] = field(default_factory=dict)


def interrupted(memory: Memory) -> Memory:
    """The memory after a failed poll: who was missed before must be missed again."""
    return Memory(dict.fromkeys(memory.present), dict.fromkeys(memory.passed_over))


@dataclass(frozen=True, slots=True)
class DiscoveryPlan:
    """What to do now.

    Args:
        to_open: in the service's order.
        to_let_go: short ids; their sessions are removed, not ended.
        held_back: visitors who are not opened only because of the ceiling.
        memory: for the next poll.
    """

    to_open: tuple[Visitor, ...]
    to_let_go: tuple[str, ...]
    held_back: int
    memory: Memory


def plan(memory: Memory, look: Look, rules: DiscoveryRules, now: float) -> DiscoveryPlan:
    """The plan that follows from one poll.

    Args:
        now: monotonic seconds, on the book's clock.
    """
    here = {one.short_id for one in look.seen if not rules.in_session_only or one.is_in_session is not False}
    held = frozenset(look.held)
    missed = _missed({one: memory.present.get(one) for one in held}, look, here, now)
    let_go = tuple(sorted(_left(missed, look, rules, now)))
    passed_over = _passed_over(memory, look, here, rules, now)
    wanted = {
        one.short_id: one
        for one in look.seen
        if (one.is_in_session is True or not rules.in_session_only)
        and not (one.short_id in held or one.short_id in look.taken or one.short_id in passed_over)
    }
    dues = {one: due(look.book, one, rules.links, now) for one in wanted}
    ready = [one for one in wanted if dues[one].now]
    room = max(0, min(rules.max_sessions - len(held), _links_left(look.book, rules.links, now)))
    kept = {one: at for one, at in missed.items() if one not in let_go}
    return DiscoveryPlan(
        to_open=tuple(wanted[one] for one in ready[:room]),
        to_let_go=let_go,
        held_back=len(ready[room:]) + sum(wait.ceiling is Ceiling.HOUR for wait in dues.values()),
        memory=Memory({**kept, **dict.fromkeys(ready[:room])}, passed_over),
    )


def _missed(
    before: Mapping[str, float | None], look: Look, here: Collection[str], now: float
) -> dict[str, float | None]:
    """Since when each visitor is missed, including this poll; if its list was cut, absence proves nothing."""
    since_now = now if look.complete else None
    return {one: None if one in here else since_now if at is None else at for one, at in before.items()}


def _left(missed: Mapping[str, float | None], look: Look, rules: DiscoveryRules, now: float) -> set[str]:
    """Who was missed for the whole grace, and by this poll."""
    return {
        one for one, at in missed.items() if look.complete and at is not None and now - at >= rules.grace_s
    }


def _passed_over(
    memory: Memory, look: Look, here: Collection[str], rules: DiscoveryRules, now: float
) -> dict[str, float | None]:
    """Who ended here: held or to be opened at the last poll and not now, until missed for the grace."""
    held = frozenset(look.held)
    ended = dict.fromkeys(one for one in memory.present if one not in held and one not in look.failed)
    missed = _missed({**memory.passed_over, **ended}, look, here, now)
    left = _left(missed, look, rules, now)
    kept = [(one, at) for one, at in missed.items() if one not in held and one not in left]
    # If there are too many, those missed longest are dropped first.
    return dict(sorted(kept, key=lambda entry: math.inf if entry[1] is None else entry[1])[-MOST_REMEMBERED:])


def _links_left(book: LinkBook, rules: LinkRules, now: float) -> int:
    return MOST_REMEMBERED if rules.an_hour is None else rules.an_hour - len(book.times(now))
