"""Which visitors to open and which to let go, from one look at the service: pure.

Opening a link starts watching a person's screen and may cost: nobody is opened who is not certainly in a
session where that is asked for, and nobody again whose session was ended or removed here, until they left.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from browser_host.upscope.links import Ceiling, Due, LinkBook, LinkRules, due
from browser_host.upscope.visitors import Visitor

MOST_REMEMBERED = 5_000
"""Visitors of ended sessions that are remembered; the oldest are forgotten beyond."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What discovery may do.

    Args:
        max_sessions: sessions that it holds at once.
        grace_s: seconds that a visitor must be away until the session is let go.
        in_session_only: only visitors whom the service says to be in a session.
        links: `links.an_hour` is `max_sessions` too, as the configuration promises.
    """

    max_sessions: int
    grace_s: float
    in_session_only: bool
    links: LinkRules


@dataclass(frozen=True, slots=True)
class Look:
    """What is known at one moment.

    Args:
        seen: the service's answer; a look that failed is no look.
        complete: whether that was all; where it was cut, absence says nothing.
        held: short ids that discovery holds, those being opened included, those that ended not.
        failed: short ids of the last plan's that could not be opened; they may be tried again when their
            links allow it.
        taken: short ids that are hosted otherwise.
        book: the links asked for within the last hour.
    """

    seen: tuple[Visitor, ...]
    complete: bool
    held: Collection[str]
    failed: Collection[str]
    taken: Collection[str]
    book: LinkBook


@dataclass(frozen=True, slots=True)
class Memory:
    """What is remembered from look to look.

    Args:
        present: when each visitor that is held, or was to be opened, was last seen.
        passed_over: the same of those whose sessions ended here: not opened until they have left.
    """

    present: Mapping[str, float] = field(default_factory=dict)
    passed_over: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do now.

    Args:
        to_open: in the service's order.
        to_let_go: short ids; their sessions are forgotten, not ended.
        held_back: visitors who would be opened if there were no ceiling.
        hour: when the links of the hour allow one more, where that is what holds them back, or None.
        memory: for the next look.
    """

    to_open: tuple[Visitor, ...]
    to_let_go: tuple[str, ...]
    held_back: int
    hour: Due | None
    memory: Memory


def plan(memory: Memory, look: Look, rules: Rules, now: float) -> Plan:
    """What one look asks for.

    Args:
        now: seconds that only ever grow, of the book's clock.
    """
    here = {one.short_id for one in look.seen if not rules.in_session_only or one.is_in_session is not False}
    held = frozenset(look.held)
    present = {one: now if one in here else memory.present.get(one, now) for one in held}
    away = {one: now - at for one, at in present.items() if one not in here and look.complete}
    let_go = tuple(sorted(one for one, away_s in away.items() if away_s >= rules.grace_s))
    passed_over = _passed_over(memory, look, here, rules, now)
    wanted = {
        one.short_id: one
        for one in look.seen
        if (one.is_in_session is True or not rules.in_session_only)
        and not (one.short_id in held or one.short_id in look.taken or one.short_id in passed_over)
    }
    dues = {one: due(look.book, one, rules.links, now) for one in wanted}
    ready = [one for one in wanted if dues[one].now]
    hour = next((wait for wait in dues.values() if wait.ceiling is Ceiling.HOUR), None)
    room = max(0, min(rules.max_sessions - len(held), _links_left(look.book, rules.links, now)))
    kept = {one: at for one, at in present.items() if one not in let_go}
    return Plan(
        to_open=tuple(wanted[one] for one in ready[:room]),
        to_let_go=let_go,
        held_back=len(ready[room:]) + sum(wait.ceiling is Ceiling.HOUR for wait in dues.values()),
        hour=hour,
        memory=Memory({**kept, **dict.fromkeys(ready[:room], now)}, passed_over),
    )


def _passed_over(
    memory: Memory, look: Look, here: Collection[str], rules: Rules, now: float
) -> dict[str, float]:
    """Who was held or to be opened at the last look, and is not, has ended; until away for the grace."""
    held = frozenset(look.held)
    ended = {one: now for one in memory.present if one not in held and one not in look.failed}
    before = {**memory.passed_over, **ended}
    seen = {one: now if one in here or not look.complete else at for one, at in before.items()}
    kept = [
        (one, at) for one, at in seen.items() if one not in held and (one in here or now - at < rules.grace_s)
    ]
    return dict(sorted(kept, key=lambda entry: entry[1])[-MOST_REMEMBERED:])


def _links_left(book: LinkBook, rules: LinkRules, now: float) -> int:
    return MOST_REMEMBERED if rules.an_hour is None else rules.an_hour - len(book.times(now))
