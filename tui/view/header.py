"""The two lines above the table: environment, health, counts, badges; pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from browser_host.api.endpoint_views import endpoints
from browser_host.api.schema import BrowserView, DiscoveryView, HostView
from browser_host.host_names import host_of
from browser_host.sessions.alerts.alert_state import AlertState
from browser_host.sessions.browser_state import BrowserState
from browser_host.sessions.counts import Counts, count
from tui.host import pending_ends
from tui.host.deck import Access, ConnectionState, Deck, is_read_only
from tui.style.ages import age
from tui.style.cells import Cell, text_width
from tui.style.glyphs import Glyphs
from tui.style.roles import Role, Span, printable
from tui.view.rows import HOSTING_ROLES, STATUS_ROLES, is_fault
from tui.view.sorting import SortKey
from tui.view.view_state import Switch, ViewState, is_frozen

_WORST = ("blocked", "lost", "unresponsive")
_USUAL = ("queued", "loading", "live", "ended")
"""The words of `hosting`, the worst first."""

_BADGE_RANKS = {Role.BADGE_BAD: 1, Role.BADGE_WARN: 2, Role.BADGE: 4}
"""The loudest badge is the last to be left out."""

_DISCOVERY_FAILS = (Span("discovery failed", Role.WARN),)

_INCIDENTAL = 5
"""The rank from which a group gets the room that the long forms of the others leave."""

_PARTED_BY = 3
"""Spaces between groups."""


@dataclass(frozen=True, slots=True)
class Group:
    """Spans that stay together; the higher its rank, the earlier it is left out if there is no room.

    Args:
        short: its text if there is no more room.
    """

    spans: Cell
    rank: int
    short: Cell = ()


Groups: TypeAlias = tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Totals:
    """Counts over a deck, taken once a second so that the numbers don't flicker."""

    counts: Counts
    faults: int
    processes: int
    ends: Mapping[str, int]
    """Pending ends by who requested them."""


def totals_of(deck: Deck) -> Totals:
    """Count a deck."""
    views = deck.sessions.values()
    processes = {(host_of(view.id), view.process) for view in views if view.process is not None}
    return Totals(
        count(views), sum(is_fault(view) for view in views), len(processes), pending_ends.ends(views)
    )


def first_line(
    deck: Deck, totals: Totals, view: ViewState, *, environment: str, now: float, glyphs: Glyphs
) -> tuple[Groups, Groups]:
    """Environment and health on the left, badges on the right."""
    left = [Group((Span("  watchdeck ", Role.STRONG), *_environment(environment)), 1)]
    if deck.host is not None:
        left.append(Group(_health(deck.host.browsers, totals.processes, glyphs), 3))
        if deck.host.discovery is not None:
            left.append(_discovery(deck.host.discovery))
        left.append(Group((Span(_hosts(deck, deck.host), Role.FAINT),), 9))
    right = (
        Group((Span(f" {text} ", role),), _BADGE_RANKS[role], (Span(f" {text.partition(':')[0]} ", role),))
        for text, role in badges(deck, view, now)
    )
    return tuple(left), tuple(right)


def badges(deck: Deck, view: ViewState, now: float) -> list[tuple[str, Role]]:
    """The badges, the loudest last; the part after a colon may be left out."""
    host, switches = deck.host, view.switches
    automatic = printable(", ".join(host.automatic)) if host is not None else ""
    lost = f"HOST LOST {age(deck.lost_since, now)}".rstrip()
    some_lost = "" if deck.link is ConnectionState.LOST else _some_lost(deck, now)
    unusual = (
        ("DEMO simulated", Role.BADGE, host is not None and host.simulated),
        ("FOLLOW", Role.BADGE, Switch.FOLLOW in switches),
        ("FAULTS ONLY", Role.BADGE, Switch.FAULTS in switches),
        (f"AUTOMATIC: the host ends what is {automatic}", Role.BADGE_WARN, bool(automatic)),
        ("REPLAY", Role.BADGE_WARN, deck.access is Access.REPLAY),
        ("READ-ONLY", Role.BADGE_WARN, is_read_only(deck)),
        ("PAUSED: P resumes", Role.BADGE_WARN, Switch.PAUSED in switches),
        (
            "CONFIG: refused, the previous one stays in force",
            Role.BADGE_WARN,
            host is not None and host.configuration is not None,
        ),
        ("SERVICE: visitors as last seen", Role.BADGE_WARN, host is not None and host.visitors is not None),
        (_short_of(host), Role.BADGE_WARN, host is not None and bool(_short_of(host))),
        (_firing(host), Role.BADGE_BAD, host is not None and bool(_firing(host))),
        ("JOURNAL: no changes possible", Role.BADGE_BAD, host is not None and host.journal is not None),
        ("NO BROWSER: t retries", Role.BADGE_BAD, host is not None and host.given_up is not None),
        ("CONNECTING", Role.BADGE_WARN, deck.link is ConnectionState.CONNECTING),
        (some_lost, Role.BADGE_BAD, bool(some_lost)),
        (lost, Role.BADGE_BAD, deck.link is ConnectionState.LOST),
    )
    return [(text, role) for text, role, holds in unusual if holds]


def badge_groups(deck: Deck, now: float) -> Groups:
    """The badges of the host for the bar of a screen that opens over the main one."""
    return tuple(Group((Span(f" {text} ", role),), 2) for text, role in badges(deck, ViewState(), now))


def _hosts(deck: Deck, host: HostView) -> str:
    if len(deck.hosts) > 1:
        there = sum(one.link is ConnectionState.ATTACHED for one in deck.hosts.values())
        return f"{there} of {len(deck.hosts)} hosts, {printable(host.version)}"
    return f"host {host.version} pid {host.pid}"


def _some_lost(deck: Deck, now: float) -> str:
    """The badge of the hosts that are lost while others are there; empty if there is none."""
    lost = [
        f"{printable(name)} {age(one.lost_since, now)}".rstrip()
        for name, one in deck.hosts.items()
        if one.link is ConnectionState.LOST
    ]
    return f"{len(lost)} HOST{'S' if len(lost) > 1 else ''} LOST: {', '.join(lost)}" if lost else ""


def _firing(host: HostView | None) -> str:
    """The badge of the alerts that fire; empty if there is none."""
    alerts = host.alerts if host is not None else ()
    names = [printable(one.name) for one in alerts if one.state == AlertState.FIRING]
    return f"{len(names)} ALERT{'S' if len(names) > 1 else ''}: {', '.join(names)}" if names else ""


def _short_of(host: HostView | None) -> str:
    """The badge of the endpoints that are down or draining; empty if there is none."""
    found = endpoints(host.browsers) if host is not None and host.given_up is None else ()
    out = [one for one in found if one.state in {BrowserState.DOWN, BrowserState.DRAINING}]
    names = ", ".join(f"{printable(one.name)} {printable(one.state)}" for one in out)
    return f"{len(out)}/{len(found)} ENDPOINTS OUT: {names}" if out else ""


def second_line(total: int, totals: Totals, view: ViewState, glyphs: Glyphs, uid: int = -1) -> Groups:
    """What is shown, marked and pending, then the counts by hosting and by status, the worst first.

    Args:
        uid: the operator's own.
    """
    counts = totals.counts
    groups = [
        Group((Span(f"  {len(view.rows)}/{total}", Role.STRONG), Span(" shown", Role.MUTED)), 1),
        *_marks(view),
    ]
    if waiting := pending_ends.words(totals.ends, uid):
        groups.append(Group((Span(printable(waiting), Role.WARN),), 2))
    groups.extend(_hosting(word, counts, glyphs, 3) for word in _WORST if counts.hosting.get(word))
    if stale := sum(counts.stale.values()):
        groups.append(Group((Span(f"{stale} stale", Role.BAD),), 3))
    groups.extend(_order(view, glyphs))
    if totals.faults:
        groups.append(Group((Span(f"{totals.faults} with trouble", Role.WARN),), _INCIDENTAL))
    groups.extend(_hosting(word, counts, glyphs, 6) for word in _USUAL if counts.hosting.get(word))
    groups.extend(
        Group((Span(f"{counts.statuses[word]}", role), Span(f" {word}", Role.MUTED)), 8)
        for word, role in STATUS_ROLES.items()
        if counts.statuses.get(word)
    )
    return tuple(groups)


def _hosting(word: str, counts: Counts, glyphs: Glyphs, rank: int) -> Group:
    role = HOSTING_ROLES[word]
    return Group(
        (Span(f"{glyphs.hosting[word]} {counts.hosting[word]}", role), Span(f" {word}", Role.MUTED)), rank
    )


def counts_line(groups: Groups, cells: int, glyphs: Glyphs) -> Cell:
    """The weightiest groups that fit, in their own order; an ellipsis tells that some did not."""
    if _size(_joined([group.spans for group in groups])) <= cells:
        return packed(groups, cells)
    ranked = sorted(groups, key=lambda group: group.rank)
    room = cells - _PARTED_BY - 1  # the ellipsis
    kept: list[Group] = []
    for group in ranked:
        room -= _size(group.spans) + (_PARTED_BY if kept else 0)
        if room < 0:
            break
        kept.append(group)
    shown = [group.spans for group in groups if group in kept]
    return _joined([*shown, (Span(glyphs.ellipsis, Role.MUTED),)]) if shown else ()


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
    return sum(text_width(span.text) for span in cell)


def _discovery(found: DiscoveryView) -> Group:
    """What discovery sees and holds."""
    short = f"{found.seen} seen, {found.held} held"
    if found.trouble:
        return Group((Span(f"discovery: {printable(found.trouble)}", Role.WARN),), 4, _DISCOVERY_FAILS)
    words = f"discovery sees {found.seen}, holds {found.held}"
    words += f" of {found.ceiling}" if found.ceiling else ""
    back = (Span(f", {found.held_back} held back", Role.WARN),) if found.held_back else ()
    return Group((Span(words, Role.MUTED), *back), 4, (Span(short, Role.MUTED), *back))


def _environment(name: str) -> Cell:
    if not name:
        return ()
    folded = name.casefold()
    role = Role.BADGE
    if "prod" in folded or "live" in folded:
        role = Role.BADGE_BAD
    elif any(word in folded for word in ("stag", "test", "qa")):
        role = Role.BADGE_WARN
    return (Span(f" {printable(name)} ", role),)


def _health(browsers: tuple[BrowserView, ...], processes: int, glyphs: Glyphs) -> Cell:
    if not browsers:
        return (Span(f"{glyphs.hosting['queued']} no browser yet", Role.WARN),)
    failing = [one.state for one in browsers if one.state not in {BrowserState.UP, BrowserState.DRAINING}]
    text = f"{_plural(len(browsers), 'browser')} {glyphs.dot} {_plural(processes, 'process')}"
    if failing:
        return (Span(f"{glyphs.hosting['lost']} {text} {glyphs.dot} {printable(failing[0])}", Role.WARN),)
    return (Span(glyphs.hosting["live"], Role.GOOD), Span(f" {text}", Role.MUTED))


def _marks(view: ViewState) -> list[Group]:
    held = view.selection
    if held.anchor is not None:
        return [Group((Span("range: move, v marks it, esc leaves", Role.ACCENT),), 2)]
    if not held.marks:
        return []
    hidden = len(held.marks.difference(view.rows))
    words = f"{len(held.marks)} marked" + (f", {hidden} hidden by the filter" if hidden else "")
    return [Group((Span(words, Role.ACCENT),), 2)]


def _order(view: ViewState, glyphs: Glyphs) -> list[Group]:
    if is_frozen(view):
        return [Group((Span("rows frozen", Role.ACCENT),), 4)]
    if view.sort.key is SortKey.ARRIVAL and not view.sort.reverse:
        return []
    arrow = glyphs.down if view.sort.reverse else glyphs.up
    return [Group((Span(f"by {view.sort.key} {arrow}", Role.INFO),), 7)]


def _plural(count: int, word: str) -> str:
    ending = "es" if word.endswith("s") else "s"
    return f"{count} {word}{'' if count == 1 else ending}"
