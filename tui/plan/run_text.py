"""The texts of a running bulk end: its progress, and a result for each session; pure."""

import time
from collections.abc import Mapping

from browser_host.sessions.durations import short_age
from tui.plan.run import OPEN, SKIPPED, EndStep, Run
from tui.style.cells import Cell
from tui.style.glyphs import Glyphs
from tui.style.roles import Role, Span, printable
from tui.view.header import Group, Groups
from tui.view.rows import INSTRUCTION_ROLES

STATE_ROLES: Mapping[str, Role] = {**INSTRUCTION_ROLES, SKIPPED: Role.FAINT}
_SIGNS = {
    "queued": "queued",
    "sent": "loading",
    "confirmed": "live",
    "unconfirmed": "unresponsive",
    "failed": "lost",
    "cancelled": "ended",
    "skipped": "blocked",
}
"""Which of the hosting's signs a result has: open circles wait, full ones are done, crosses are not."""

_SECOND_MS = 1000
_BAR = 24
"""Cells of the progress bar."""


def counts(run: Run, now: float, glyphs: Glyphs) -> Groups:
    """How far the run is, what came of it, how long it took and who gave it."""
    by_state, total = run.counts, len(run.steps)
    done = total - sum(by_state.get(state, 0) for state in OPEN)
    full = _BAR * done // total if total else _BAR
    bar = (Span(f"  {glyphs.swatch * full}", Role.GOOD), Span(glyphs.dot * (_BAR - full), Role.FAINT))
    groups = [Group((*bar, Span(f"  {done}/{total}", Role.STRONG)), 1)]
    groups.extend(
        Group((Span(f"{by_state[state]} {state}", role),), 2)
        for state, role in STATE_ROLES.items()
        if by_state.get(state)
    )
    left = run.until - now
    if run.queued and left > 0:
        groups.append(Group((Span(f"sent in {short_age(left + 1)}", Role.WARN),), 3))
    elif run.ended_at is None:
        groups.append(Group((Span(f"for {short_age(now - run.began_at)}", Role.FAINT),), 3))
    else:
        groups.append(Group((Span(f"took {run.ended_at - run.began_at:.1f} s", Role.MUTED),), 3))
        ended = time.strftime("%H:%M:%S", time.localtime(run.ended_at))
        groups.append(Group((Span(f"ended {ended}", Role.FAINT),), 5))
    if run.by:
        groups.append(Group((Span(f"by {printable(run.by)}", Role.FAINT),), 4))
    return tuple(groups)


def summary(run: Run) -> str:
    """The results of all ends, such as `3 ended: 3 confirmed`; empty if nobody was to be ended."""
    counts, total = run.counts, len(run.steps)
    ended = counts.get("confirmed", 0)
    how_many = f"{ended} ended" if ended == total else f"{ended} of {total} ended"
    told = (f"{counts[state]} {state}" for state in STATE_ROLES if counts.get(state) and state != SKIPPED)
    skipped = f"{counts[SKIPPED]} skipped, already ended" if counts.get(SKIPPED) else ""
    return f"{how_many}: {'; '.join(filter(None, (', '.join(told), skipped)))}" if total else ""


def sign(step: EndStep, glyphs: Glyphs) -> Span:
    """The sign of how far an end has come."""
    role = STATE_ROLES.get(step.state, Role.PLAIN)
    return Span(glyphs.hosting.get(_SIGNS.get(step.state, ""), "?"), role)


def result(step: EndStep) -> Cell:
    """What became of one end, in the host's own words."""
    spans = [Span(printable(step.state), STATE_ROLES.get(step.state, Role.PLAIN))]
    if step.via == "rest":
        spans.append(Span(" via rest", Role.MUTED))
    if step.took_ms is not None:
        spans.append(Span(f" in {_short(step.took_ms)}", Role.FAINT))
    if step.text:
        spans.append(Span(f"  {printable(step.text)}", Role.MUTED))
    return tuple(spans)


def _short(milliseconds: int) -> str:
    return f"{milliseconds} ms" if milliseconds < _SECOND_MS else f"{milliseconds / _SECOND_MS:.1f} s"
