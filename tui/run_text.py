"""What the plan's screen says of a run: how far it is, and a result for each session; pure."""

import time
from collections.abc import Mapping

from browser_host.sessions.ages import short_age
from tui.cells import Cell
from tui.glyphs import Glyphs
from tui.headline import Group, Groups
from tui.run_state import OPEN, Run, Step
from tui.tones import Span, Tone, printable

STATE_TONES: Mapping[str, Tone] = {
    "queued": Tone.MUTED,
    "sent": Tone.INFO,
    "confirmed": Tone.GOOD,
    "unconfirmed": Tone.WARN,
    "failed": Tone.BAD,
    "cancelled": Tone.MUTED,
    "skipped": Tone.FAINT,
}
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
    bar = (Span(f"  {glyphs.swatch * full}", Tone.GOOD), Span(glyphs.dot * (_BAR - full), Tone.FAINT))
    groups = [Group((*bar, Span(f"  {done}/{total}", Tone.STRONG)), 1)]
    groups.extend(
        Group((Span(f"{by_state[state]} {state}", tone),), 2)
        for state, tone in STATE_TONES.items()
        if by_state.get(state)
    )
    left = run.until - now
    if run.queued and left > 0:
        groups.append(Group((Span(f"posted in {short_age(left + 1)}", Tone.WARN),), 3))
    elif run.ended_at is None:
        groups.append(Group((Span(f"for {short_age(now - run.began_at)}", Tone.FAINT),), 3))
    else:
        groups.append(Group((Span(f"took {run.ended_at - run.began_at:.1f} s", Tone.MUTED),), 3))
        ended = time.strftime("%H:%M:%S", time.localtime(run.ended_at))
        groups.append(Group((Span(f"ended {ended}", Tone.FAINT),), 5))
    if run.by:
        groups.append(Group((Span(f"by {printable(run.by)}", Tone.FAINT),), 4))
    return tuple(groups)


def sign(step: Step, glyphs: Glyphs) -> Span:
    """The sign of how far an end has come."""
    tone = STATE_TONES.get(step.state, Tone.PLAIN)
    return Span(glyphs.hosting.get(_SIGNS.get(step.state, ""), "?"), tone)


def result(step: Step) -> Cell:
    """What became of one end, in the host's own words."""
    spans = [Span(printable(step.state), STATE_TONES.get(step.state, Tone.PLAIN))]
    if step.via == "rest":
        spans.append(Span(" via rest", Tone.MUTED))
    if step.took_ms is not None:
        spans.append(Span(f" in {_short(step.took_ms)}", Tone.FAINT))
    if step.text:
        spans.append(Span(f"  {printable(step.text)}", Tone.MUTED))
    return tuple(spans)


def _short(milliseconds: int) -> str:
    return f"{milliseconds} ms" if milliseconds < _SECOND_MS else f"{milliseconds / _SECOND_MS:.1f} s"
