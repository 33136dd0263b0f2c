"""The texts of a plan: its tabs, counts, columns and rows; pure."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from browser_host.sessions.durations import short_age
from browser_host.sessions.end_plan import Changed, Planned
from tui.host.deck import Deck
from tui.plan import run_text
from tui.plan.draft import Draft, Offer, PlanSource
from tui.plan.run import OPEN, Run
from tui.style.cells import Cell, fitted
from tui.style.glyphs import Glyphs
from tui.style.roles import Role, Span, printable
from tui.view.header import Group, Groups
from tui.widgets.listing import ListRow

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
    label = max(8, (inner - fixed) // 2)
    return Columns(label, 15, inner - fixed - label, 0)


def titles(wide: Columns, *, running: bool, glyphs: Glyphs) -> Cell:
    """The line above the columns."""
    news = "result" if running else "changed since"
    last = ("why",) if wide.news else (f"why, or {news}",)
    words = (" ", "id", "session", "status", "age", *last, news)
    return tuple(Span(part.text, Role.MUTED) for part in _laid([(Span(w),) for w in words], wide, glyphs))


def tabs(draft: Draft, offer: Offer, deck: Deck, *, has_run: bool, on_run: bool, glyphs: Glyphs) -> Cell:
    """Where a plan can come from, the chosen one lifted out."""
    counts = {
        PlanSource.STALE: f" {sum(view.stale is not None for view in deck.sessions.values())}",
        PlanSource.MARKED: f" {len(offer.marked)}",
        PlanSource.SHOWN: f" {len(offer.shown)}",
        PlanSource.RULE: f" {draft.rule.value}",
        PlanSource.RETRY: f" {len(offer.retry)}",
    }
    spans: list[Span] = [Span("  of the ", Role.FAINT)]
    for source in offer.sources:
        chosen = source is draft.source and not on_run
        spans.append(Span(f" {source.value}{counts[source]} ", Role.BADGE if chosen else Role.MUTED))
        spans.append(Span(" "))
    if has_run:
        spans += [Span(f"{glyphs.dot} ", Role.FAINT)]
        spans.append(Span(" last run ", Role.BADGE if on_run else Role.MUTED))
    return tuple(spans)


def plan_counts(draft: Draft, changed: Mapping[str, Changed], now: float) -> Groups:
    """How many the plan ends, and who it does not."""
    void = sum(changed[one].void for one in draft.meant if one in changed)
    other = sum(one in changed for one in draft.meant) - void
    plan = draft.plan
    if not plan.made_at:
        return ()
    meant, out, alone = len(draft.meant), len(draft.excluded), len(plan.skipped)
    groups = [Group((Span(f"  {meant - void}", Role.STRONG), Span(" to end", Role.MUTED)), 1)]
    if out:
        groups.append(Group((Span(f"{out} excluded", Role.ACCENT),), 2))
    if other:
        groups.append(Group((Span(f"{other} changed since", Role.WARN),), 2))
    if void:
        groups.append(Group((Span(f"{void} need no end", Role.MUTED),), 3))
    if alone:
        groups.append(Group((Span(f"{alone} can't be ended", Role.MUTED),), 3))
    made = time.strftime("%H:%M:%S", time.localtime(plan.made_at))
    groups.append(Group((Span(f"as of {made}, {short_age(now - plan.made_at)} ago", Role.FAINT),), 4))
    return tuple(groups)


def plan_rows(
    draft: Draft, changed: Mapping[str, Changed], wide: Columns, glyphs: Glyphs
) -> tuple[ListRow, ...]:
    """A row for each planned session, and below them those that the host skips."""
    rows = []
    for entry in draft.plan.entries:
        out = entry.id in draft.excluded
        news = changed.get(entry.id)
        told: Cell = (Span("excluded", Role.FAINT),) if out else _changed(news)
        gone = news is not None and news.void
        sign = Span(glyphs.mark, Role.ACCENT)
        if out or gone:
            sign = Span(glyphs.none if out else glyphs.hosting["ended"], Role.FAINT)
        rows.append(ListRow(entry.id, _line(entry, sign, told, wide, glyphs, faint=out or gone)))
    return (*rows, *_alone(draft, wide, glyphs))


def run_rows(run: Run, changed: Mapping[str, Changed], wide: Columns, glyphs: Glyphs) -> tuple[ListRow, ...]:
    """A line with its result for each that was meant, those with trouble told as loudly as the rest."""
    rows = []
    for entry in run.plan.entries:
        step = run.steps.get(entry.id)
        if step is None:
            continue
        told = run_text.result(step)
        if step.state in OPEN and entry.id in changed:
            told = (*told, Span(" · "), *_changed(changed[entry.id]))
        rows.append(ListRow(entry.id, _line(entry, run_text.sign(step, glyphs), told, wide, glyphs)))
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


def _alone(draft: Draft, wide: Columns, glyphs: Glyphs) -> Iterable[ListRow]:
    skipped = draft.plan.skipped
    if not skipped:
        return
    if draft.plan.entries:
        yield ListRow("", ())
    yield ListRow("", (Span(f"skipped by the host: {len(skipped)}", Role.MUTED),))
    for skip in skipped:
        cells = (
            (Span(glyphs.hosting["blocked"], Role.FAINT),),
            (Span(printable(skip.id), Role.FAINT),),
            (Span(printable(skip.label), Role.FAINT),),
        )
        head = _laid(cells, wide, glyphs)
        yield ListRow(skip.id, (*head, Span(wide.gap), Span(printable(skip.reason), Role.MUTED)))


def _line(
    entry: Planned, sign: Span, told: Cell, wide: Columns, glyphs: Glyphs, *, faint: bool = False
) -> Cell:
    def role(usual: Role) -> Role:
        return Role.FAINT if faint else usual

    why: Cell = (Span(printable(entry.reason), role(Role.PLAIN)),)
    age = "" if entry.age_s is None else short_age(entry.age_s)
    cells = [
        (sign,),
        (Span(printable(entry.id), role(Role.MUTED)),),
        (Span(printable(entry.label), role(Role.STRONG)),),
        (Span(printable(entry.status or glyphs.none), role(Role.MUTED)),),
        (Span(age.rjust(6), role(Role.MUTED)),),
        why if wide.news or not told else told,
        told,
    ]
    return _laid(cells, wide, glyphs)


def _changed(news: Changed | None) -> Cell:
    if news is None:
        return ()
    return (Span(printable(news.text), Role.FAINT if news.void else Role.WARN),)


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
