"""The two lines above the table: where one is, how the hosting stands, what is counted, what is unusual."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from rich.cells import cell_len

from browser_host.sessions.counts import Counts, count
from tui import pending, state
from tui.ages import age
from tui.cells import Cell
from tui.glyphs import Glyphs
from tui.order import SortKey
from tui.rows import HOSTING_TONES, STATUS_TONES, is_fault
from tui.state import Deck, LinkState
from tui.tones import Span, Tone, printable
from tui.view_state import Switch, ViewState, is_frozen

_DISCOVERY_FAILS = (Span("discovery fails", Tone.WARN),)

_INCIDENTAL = 5
"""The rank from which a group gets the room that the long forms of the others leave."""

_PARTED_BY = 3
"""Blanks between groups."""


@dataclass(frozen=True, slots=True)
class Group:
    """Spans that stay together; the higher its rank, the earlier it yields where there is no room.

    Args:
        short: what it says where there is room for no more.
    """

    spans: Cell
    rank: int
    short: Cell = ()


Groups: TypeAlias = tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Tally:
    """What is counted over a deck; taken once a second, for a number that flickers is read by nobody."""

    counts: Counts
    faults: int
    pages: int
    ends: Mapping[str, int]
    """Ends that wait to be posted, by who gave them."""


def tallied(deck: Deck) -> Tally:
    """Counts a deck."""
    views = deck.sessions.values()
    pages = {view.page for view in views if view.page is not None}
    return Tally(count(views), sum(is_fault(view) for view in views), len(pages), pending.ends(views))


def first_line(
    deck: Deck, tally: Tally, view: ViewState, *, environment: str, now: float, glyphs: Glyphs
) -> tuple[Groups, Groups]:
    """Who and where at the left; what is unusual, as badges, at the right."""
    left = [Group((Span("  watchdeck ", Tone.STRONG), *_environment(environment)), 1)]
    if deck.host is not None:
        left.append(Group(_health(deck.host.browsers, tally.pages, glyphs), 3))
        if deck.host.discovery is not None:
            left.append(_discovery(deck.host.discovery))
        left.append(Group((Span(f"host {deck.host.version} pid {deck.host.pid}", Tone.FAINT),), 9))
    right = (
        Group((Span(f" {text} ", tone),), 2, (Span(f" {text.partition(':')[0]} ", tone),))
        for text, tone in badges(deck, view, now)
    )
    return tuple(left), tuple(right)


def badges(deck: Deck, view: ViewState, now: float) -> list[tuple[str, Tone]]:
    """What the operator must not overlook, the loudest last; what follows a colon may be left out."""
    host, switches = deck.host, view.switches
    automatic = printable(", ".join(host.automatic)) if host is not None else ""
    lost = f"HOST LOST {age(deck.lost_since, now)}".rstrip()
    unusual = (
        ("DEMO simulated", Tone.BADGE, host is not None and host.simulated),
        ("FOLLOW", Tone.BADGE, Switch.FOLLOW in switches),
        ("FAULTS ONLY", Tone.BADGE, Switch.FAULTS in switches),
        (f"AUTOMATIC: the host ends what is {automatic}", Tone.BADGE_WARN, bool(automatic)),
        ("READ-ONLY", Tone.BADGE_WARN, state.is_read_only(deck)),
        ("PAUSED, P goes on", Tone.BADGE_WARN, Switch.PAUSED in switches),
        (
            "CONFIG: refused, the old one holds",
            Tone.BADGE_WARN,
            host is not None and host.configuration is not None,
        ),
        ("JOURNAL: nothing can be changed", Tone.BADGE_BAD, host is not None and host.journal is not None),
        ("NO BROWSER: t tries again", Tone.BADGE_BAD, host is not None and host.given_up is not None),
        ("CONNECTING", Tone.BADGE_WARN, deck.link is LinkState.CONNECTING),
        (lost, Tone.BADGE_BAD, deck.link is LinkState.LOST),
    )
    return [(text, tone) for text, tone, holds in unusual if holds]


def second_line(total: int, tally: Tally, view: ViewState, glyphs: Glyphs, uid: int = -1) -> Groups:
    """How many are shown, marked, stale and faulty, whose ends are pending, the counts by hosting and status.

    Args:
        uid: the operator's own.
    """
    counts = tally.counts
    groups = [
        Group((Span(f"  {len(view.rows)}/{total}", Tone.STRONG), Span(" shown", Tone.MUTED)), 1),
        *_marks(view),
        *_order(view, glyphs),
    ]
    if waiting := pending.words(tally.ends, uid):
        groups.append(Group((Span(printable(waiting), Tone.WARN),), 3))
    if stale := sum(counts.stale.values()):
        groups.append(Group((Span(f"{stale} stale", Tone.BAD),), 3))
    if tally.faults:
        groups.append(Group((Span(f"{tally.faults} with trouble", Tone.WARN),), 4))
    groups.extend(
        Group((Span(f"{glyphs.hosting[word]} {counts.hosting[word]}", tone), Span(f" {word}", Tone.MUTED)), 5)
        for word, tone in HOSTING_TONES.items()
        if counts.hosting.get(word)
    )
    groups.extend(
        Group((Span(f"{counts.statuses[word]}", tone), Span(f" {word}", Tone.MUTED)), 6)
        for word, tone in STATUS_TONES.items()
        if counts.statuses.get(word)
    )
    return tuple(groups)


def packed(left: Iterable[Group], width: int, right: Iterable[Group] = ()) -> Cell:
    """The groups that fit in `width` cells, by rank, in their order; `right` ends at the right edge."""
    every = [(group, False) for group in left] + [(group, True) for group in right]
    order = sorted(range(len(every)), key=lambda at: every[at][0].rank)
    room, held = width, dict[int, Cell]()
    weighty = [at for at in order if every[at][0].rank < _INCIDENTAL]
    for some in (weighty, order[len(weighty) :]):
        for at in some:  # all in their short form first, so that none is lost to another's long one
            least = every[at][0].short or every[at][0].spans
            size = _size(least) + (_PARTED_BY if held else 0)
            if size <= room:
                held[at] = least
                room -= size
        for at in some:
            more = _size(every[at][0].spans) - _size(held.get(at, ()))
            if at in held and more <= room:
                held[at] = every[at][0].spans
                room -= more
    first = _joined([held[at] for at, (_, at_right) in enumerate(every) if at in held and not at_right])
    last = _joined([held[at] for at, (_, at_right) in enumerate(every) if at in held and at_right], by=1)
    return (*first, Span(" " * (width - _size(first) - _size(last))), *last) if last else first


def _joined(cells: list[Cell], by: int = _PARTED_BY) -> Cell:
    spans: list[Span] = []
    for cell in cells:
        if spans:
            spans.append(Span(" " * by))
        spans.extend(cell)
    return tuple(spans)


def _size(cell: Cell) -> int:
    return sum(cell_len(span.text) for span in cell)


def _discovery(sight: Mapping[str, Any]) -> Group:
    """What discovery sees and holds; a newer host may leave out what it has no word for."""
    short = f"{sight.get('seen', 0)} seen, {sight.get('held', 0)} held"
    trouble = sight.get("trouble")
    if trouble:
        return Group((Span(f"discovery: {printable(str(trouble))}", Tone.WARN),), 4, _DISCOVERY_FAILS)
    words = f"discovery sees {sight.get('seen', 0)}, holds {sight.get('held', 0)}"
    words += f" of {sight['ceiling']}" if sight.get("ceiling") else ""
    held_back = sight.get("held_back", 0)
    back = (Span(f", {held_back} held back", Tone.WARN),) if held_back else ()
    return Group((Span(words, Tone.MUTED), *back), 4, (Span(short, Tone.MUTED), *back))


def _environment(name: str) -> Cell:
    if not name:
        return ()
    folded = name.casefold()
    tone = Tone.BADGE
    if "prod" in folded or "live" in folded:
        tone = Tone.BADGE_BAD
    elif any(word in folded for word in ("stag", "test", "qa")):
        tone = Tone.BADGE_WARN
    return (Span(f" {printable(name)} ", tone),)


def _health(browsers: tuple[Mapping[str, object], ...], pages: int, glyphs: Glyphs) -> Cell:
    if not browsers:
        return (Span(f"{glyphs.hosting['queued']} no browser yet", Tone.WARN),)
    failing = [word for browser in browsers if (word := str(browser.get("state"))) != state.RUNNING]
    text = f"{_plural(len(browsers), 'browser')} {glyphs.dot} {_plural(pages, 'page')}"
    if failing:
        return (Span(f"{glyphs.hosting['lost']} {text} {glyphs.dot} {printable(failing[0])}", Tone.WARN),)
    return (Span(glyphs.hosting["live"], Tone.GOOD), Span(f" {text}", Tone.MUTED))


def _marks(view: ViewState) -> list[Group]:
    held = view.selection
    if held.anchor is not None:
        return [Group((Span("range: move, v marks, esc leaves", Tone.ACCENT),), 2)]
    if not held.marks:
        return []
    hidden = len(held.marks.difference(view.rows))
    words = f"{len(held.marks)} marked" + (f", {hidden} hidden by the filter" if hidden else "")
    return [Group((Span(words, Tone.ACCENT),), 2)]


def _order(view: ViewState, glyphs: Glyphs) -> list[Group]:
    if is_frozen(view):
        return [Group((Span("order held", Tone.ACCENT),), 3)]
    if view.sort.key is SortKey.ARRIVAL and not view.sort.reverse:
        return []
    arrow = glyphs.down if view.sort.reverse else glyphs.up
    return [Group((Span(f"by {view.sort.key} {arrow}", Tone.INFO),), 7)]


def _plural(count: int, word: str) -> str:
    return f"{count} {word}" + ("" if count == 1 else "s")
