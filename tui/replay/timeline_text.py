"""The line of a replay: the moment shown, where it is in the recording, how fast, and the keys; pure."""

import time

from browser_host.sessions.durations import format_duration, short_age
from tui.replay.playback import Playback
from tui.style.cells import Cell
from tui.style.glyphs import ASCII, Glyphs
from tui.style.roles import Role, Span

DAY_S = 86_400.0
NARROWEST_BAR = 8
NARROWEST = 70
"""Cells that the moment, the progress and the speed may take; on a narrower line they are cut."""


def line(playback: Playback, now: float, width: int, glyphs: Glyphs) -> Cell:
    """The line in at most `width` cells; the keys yield first, then the bar.

    Args:
        now: seconds of the playback's steady clock.
    """
    at = playback.position(now)
    shown = "%Y-%m-%d %H:%M:%S" if playback.end - playback.start >= DAY_S else "%H:%M:%S"
    moment = time.strftime(shown, time.localtime(at))
    so_far = f"{short_age(at - playback.start)} of {short_age(playback.end - playback.start)}"
    parts: list[Span] = [Span("  REPLAY ", Role.BADGE_WARN), Span(f" {moment} ", Role.STRONG)]
    parts += [Span(f" {so_far} ", Role.MUTED), Span(f" {_speed(playback, at)} ", Role.INFO)]
    left, right = ("<-", "->") if glyphs is ASCII else ("←", "→")
    keys = f"  {left} {right} {format_duration(playback.jump_s)}   [ ] speed "
    room = width - sum(len(span.text) for span in parts)
    if room - len(keys) >= NARROWEST_BAR:
        return (*parts, *_bar(playback, at, room - len(keys), glyphs), Span(keys, Role.FAINT))
    return (*parts, *_bar(playback, at, room, glyphs)) if room >= NARROWEST_BAR else tuple(parts)


def _speed(playback: Playback, at: float) -> str:
    if at >= playback.end:
        return "at the end"
    return f"x{playback.speed:g}" if playback.speed else "held, ] resumes"


def _bar(playback: Playback, at: float, cells: int, glyphs: Glyphs) -> Cell:
    length = playback.end - playback.start
    done = round((at - playback.start) / length * cells) if length else cells
    full, rest = ("=", "-") if glyphs is ASCII else ("━", "─")
    return (Span(full * done, Role.ACCENT), Span(rest * (cells - done), Role.FAINT))
