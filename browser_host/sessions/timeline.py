"""A session's timeline: what happened to it, for its detail. Pure.

It is kept beside the session, not in it: every event of every page makes a new session, and would copy it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from browser_host.sessions.clock import Instant

TIMELINE_LIMIT = 64
"""Moments kept for each session; the journal keeps more."""

MOMENT_LIMIT = 240
"""Characters of a moment's text."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A line of a session's timeline.

    Args:
        kind: the change's type as the event stream names it, such as `session.status`.
        text: printable, at most `MOMENT_LIMIT` characters.
        instead_of_same: it replaces a moment of the same kind just before it, so that a flood does not
            displace earlier moments.
    """

    at: Instant
    kind: str
    text: str
    instead_of_same: bool = False


Timeline: TypeAlias = tuple[tuple[float, str, str], ...]
"""The newest moments, oldest first: epoch seconds, kind and text of each. Plain tuples, which the garbage
collector does not follow: a thousand sessions have 64,000 of them."""


def extended(timeline: Timeline, moments: Iterable[Moment]) -> Timeline:
    """The timeline with further moments, at most `TIMELINE_LIMIT`."""
    for moment in moments:
        if moment.instead_of_same and timeline and timeline[-1][1] == moment.kind:
            timeline = timeline[:-1]
        timeline = (*timeline[1 - TIMELINE_LIMIT :], (moment.at.told(), moment.kind, moment.text))
    return timeline
