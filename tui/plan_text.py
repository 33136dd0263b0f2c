"""What the plan's screen says: its tabs, its counts, its columns, a line for each session; pure."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from browser_host.sessions.ages import short_age
from browser_host.sessions.plan import Changed, Planned
from tui import run_text
from tui.cells import Cell, fitted
from tui.glyphs import Glyphs
from tui.headline import Group, Groups
from tui.plan_state import Draft, Offer, Source
from tui.run_state import OPEN, Run
from tui.state import Deck
from tui.tones import Span, Tone, printable
from tui.widgets.listing import Row

_WIDE_FROM = 116
"""Cells from which why it is meant and what became of it stand beside each other."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The widths of the columns; `news` is 0 where it shares the last column with `why`."""

    label: int
    status: int
    why: int
    news: int

    @property
    def gap(self) -> str:
        """What parts the columns."""
        return "  " if self.news else " "


def columns(width: int) -> Columns:
    """The columns for a list of `width` cells, its gutter and scroll bar included."""
    inner = width - 3
    if width >= _WIDE_FROM:
        fixed = 1 + 7 + 16 + 6 + 12  # sign, id, status, age and what parts the six
        why = min(34, (inner - fixed) // 3)
        label = (inner - fixed) // 4
        return Columns(label, 16, why, inner - fixed - why - label)
    fixed = 1 + 7 + 15 + 6 + 5
    label = max(8, (inner - fixed) * 2 // 5)
    return Columns(label, 15, inner - fixed - label, 0)


def titles(wide: Columns, *, running: bool, glyphs: Glyphs) -> Cell:
    """The line above the columns."""
    news = "result" if running else "changed since"
    last = ("why",) if wide.news else (f"why, or {news}",)
    words = (" ", "id", "session", "status", "age", *last, news)
    return tuple(Span(part.text, Tone.MUTED) for part in _laid([(Span(w),) for w in words], wide, glyphs))


def tabs(draft: Draft, offer: Offer, deck: Deck, *, has_run: bool, on_run: bool, glyphs: Glyphs) -> Cell:
    """Where a plan can come from, the chosen one lifted out."""
    counts = {
        Source.STALE: f" {sum(view.stale is not None for view in deck.sessions.values())}",
        Source.MARKED: f" {len(offer.marked)}",
        Source.SHOWN: f" {len(offer.shown)}",
        Source.RULE: f" {draft.rule.value}",
        Source.RETRY: f" {len(offer.retry)}",
    }
    spans: list[Span] = [Span("  of the ", Tone.FAINT)]
    for source in offer.sources:
        chosen = source is draft.source and not on_run
        spans.append(Span(f" {source.value}{counts[source]} ", Tone.BADGE if chosen else Tone.MUTED))
        spans.append(Span(" "))
    if has_run:
        spans += [Span(f"{glyphs.dot} ", Tone.FAINT)]
        spans.append(Span(" the last run ", Tone.BADGE if on_run else Tone.MUTED))
    return tuple(spans)


def plan_counts(draft: Draft, changed: Mapping[str, Changed], now: float) -> Groups:
    """How many the plan ends, and who it does not."""
    void = sum(changed[one].void for one in draft.meant if one in changed)
    other = sum(one in changed for one in draft.meant) - void
    plan = draft.plan
    if not plan.made_at:
        return ()
    meant, out, alone = len(draft.meant), len(draft.excluded), len(plan.skipped)
    groups = [Group((Span(f"  {meant - void}", Tone.STRONG), Span(" to be ended", Tone.MUTED)), 1)]
    if out:
        groups.append(Group((Span(f"{out} left out by you", Tone.ACCENT),), 2))
    if other:
        groups.append(Group((Span(f"{other} changed since", Tone.WARN),), 2))
    if void:
        groups.append(Group((Span(f"{void} need no end any more", Tone.MUTED),), 3))
    if alone:
        groups.append(Group((Span(f"{alone} can't be ended", Tone.MUTED),), 3))
    made = time.strftime("%H:%M:%S", time.localtime(plan.made_at))
    groups.append(Group((Span(f"as of {made}, {short_age(now - plan.made_at)} ago", Tone.FAINT),), 4))
    return tuple(groups)


def plan_rows(draft: Draft, changed: Mapping[str, Changed], wide: Columns, glyphs: Glyphs) -> tuple[Row, ...]:
    """A line for each that is planned, and below them those whom the host leaves alone."""
    rows = []
    for entry in draft.plan.entries:
        out = entry.id in draft.excluded
        news = changed.get(entry.id)
        told: Cell = (Span("left out", Tone.FAINT),) if out else _changed(news)
        gone = news is not None and news.void
        sign = Span(glyphs.mark, Tone.ACCENT)
        if out or gone:
            sign = Span(glyphs.none if out else glyphs.hosting["ended"], Tone.FAINT)
        rows.append(Row(entry.id, _line(entry, sign, told, wide, glyphs, faint=out or gone)))
    return (*rows, *_alone(draft, wide, glyphs))


def run_rows(run: Run, changed: Mapping[str, Changed], wide: Columns, glyphs: Glyphs) -> tuple[Row, ...]:
    """A line with its result for each that was meant, those with trouble told as loudly as the rest."""
    rows = []
    for entry in run.plan.entries:
        step = run.steps.get(entry.id)
        if step is None:
            continue
        told = run_text.result(step)
        if step.state in OPEN and entry.id in changed:
            told = (*told, Span(" · "), *_changed(changed[entry.id]))
        rows.append(Row(entry.id, _line(entry, run_text.sign(step, glyphs), told, wide, glyphs)))
    return tuple(rows)


def whole(row_id: str | None, draft: Draft, run: Run | None, changed: Mapping[str, Changed]) -> str:
    """All that is known of the row under the cursor, for the line that has room for it."""
    plan = run.plan if run is not None else draft.plan
    entry = next((entry for entry in plan.entries if entry.id == row_id), None)
    if entry is None:
        skip = next((skip for skip in plan.skipped if skip.id == row_id), None)
        return "" if skip is None else f"{skip.label or skip.id}: {skip.reason}"
    parts = [entry.reason]
    step = run.steps.get(entry.id) if run is not None else None
    if step is not None:
        parts.append("".join(span.text for span in run_text.result(step)))
    if entry.id in changed and (step is None or step.state in OPEN):
        parts.append(changed[entry.id].text)
    return f"{entry.label}: {'; '.join(parts)}"


def _alone(draft: Draft, wide: Columns, glyphs: Glyphs) -> Iterable[Row]:
    skipped = draft.plan.skipped
    if not skipped:
        return
    if draft.plan.entries:
        yield Row("", ())
    yield Row("", (Span(f"left alone by the host: {len(skipped)}", Tone.MUTED),))
    for skip in skipped:
        cells = (
            (Span(glyphs.hosting["blocked"], Tone.FAINT),),
            (Span(printable(skip.id), Tone.FAINT),),
            (Span(printable(skip.label), Tone.FAINT),),
        )
        head = _laid(cells, wide, glyphs)
        yield Row(skip.id, (*head, Span(wide.gap), Span(printable(skip.reason), Tone.MUTED)))


def _line(
    entry: Planned, sign: Span, told: Cell, wide: Columns, glyphs: Glyphs, *, faint: bool = False
) -> Cell:
    def tone(usual: Tone) -> Tone:
        return Tone.FAINT if faint else usual

    why: Cell = (Span(printable(entry.reason), tone(Tone.PLAIN)),)
    age = "" if entry.age_s is None else short_age(entry.age_s)
    cells = [
        (sign,),
        (Span(printable(entry.id), tone(Tone.MUTED)),),
        (Span(printable(entry.label), tone(Tone.STRONG)),),
        (Span(printable(entry.status or glyphs.none), tone(Tone.MUTED)),),
        (Span(age.rjust(6), tone(Tone.MUTED)),),
        why if wide.news or not told else told,
        told,
    ]
    return _laid(cells, wide, glyphs)


def _changed(news: Changed | None) -> Cell:
    if news is None:
        return ()
    return (Span(printable(news.text), Tone.FAINT if news.void else Tone.WARN),)


def _laid(cells: Iterable[Cell], wide: Columns, glyphs: Glyphs) -> Cell:
    widths = (1, 7, wide.label, wide.status, 6, wide.why, wide.news)
    spans: list[Span] = []
    for cell, width in zip(cells, widths, strict=False):
        if not width:
            continue
        if spans:
            spans.append(Span(wide.gap))
        spans.extend(fitted(cell, width, glyphs))
    return tuple(spans)
