"""Instructions that this dashboard gave and whose outcome is still to come: none is given twice; pure.

A key that is held down is thirty a second, and each would be an instruction to every marked session.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from browser_host.api.schema import Outcome
from browser_host.sessions.views import SessionView
from tui.host.deck import Deck

ANSWER_S = 15.0
"""Seconds for the host to say that it took an instruction; it waits for no page."""

_OPEN = frozenset({"queued", "sent"})


@dataclass(frozen=True, slots=True)
class PendingInstruction:
    """The last instruction that was given to a session from here.

    Args:
        body: as it was given.
        at: when, in epoch seconds.
        number: the ledger's id, None until the host has answered.
        before: the one before, which stands again if the host does not take this.
    """

    body: Mapping[str, Any]
    at: float
    number: str | None = None
    before: "PendingInstruction | None" = None


Instructed = Mapping[str, PendingInstruction]
"""The last instruction of each session, by its id."""


def fresh(
    ids: Iterable[str], body: Mapping[str, Any], given: Instructed, deck: Deck, now: float
) -> tuple[str, ...]:
    """Those of the sessions, where the host knows them yet, for which the same is not under way already.

    A paused picture shows some that are gone, and one id that the host does not know fails all.
    """
    within_s = deck.host.confirm_within_s if deck.host is not None else 0.0
    return tuple(
        session_id
        for session_id in ids
        if session_id in deck.sessions
        and (
            (last := given.get(session_id)) is None
            or last.body != body
            or not _is_under_way(last, deck.sessions[session_id], now, within_s)
        )
    )


def noted(given: Instructed, ids: Iterable[str], body: Mapping[str, Any], now: float) -> Instructed:
    """The record with an instruction that is about to be given."""
    noted_now = {key: PendingInstruction(body, now, before=_alone(given.get(key))) for key in ids}
    return {**given, **noted_now}


def answered(given: Instructed, ids: Iterable[str], body: Mapping[str, Any], outcome: Outcome) -> Instructed:
    """The record with what the host said of it; where it took nothing, the one before stands again."""
    numbers = {result.id: result.instruction for result in outcome.results if result.state in _OPEN}
    kept = dict(given)
    for session_id in ids:
        last = kept.get(session_id)
        if last is None or last.body != body or last.number is not None:
            continue  # another was given meanwhile
        number = numbers.get(session_id)
        if number is not None:
            kept[session_id] = replace(last, number=number, before=None)
        elif last.before is not None:
            kept[session_id] = last.before
        else:
            del kept[session_id]
    return kept


def _alone(given: PendingInstruction | None) -> PendingInstruction | None:
    return None if given is None else replace(given, before=None)


def _is_under_way(last: PendingInstruction, view: SessionView, now: float, within_s: float) -> bool:
    """Whether its outcome may still come.

    A mode is confirmed by nothing a page says, and stays `sent`: it counts as under way for as long as a
    confirmation would be waited for.
    """
    if last.number is None:
        return now - last.at < ANSWER_S
    seen = view.instruction
    if seen is None or seen.id != last.number:
        return now - last.at < within_s  # its event is still on its way, or another hides it
    return seen.state == "queued" or (seen.state == "sent" and now - seen.at < within_s)
