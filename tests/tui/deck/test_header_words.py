"""The header says where one is and what is unusual, in any width."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from browser_host.api.schema import DiscoveryView
from browser_host.sessions.browser_state import BrowserState
from browser_host.sessions.views import InstructionView, StaleView
from tests.tui.deck.screen_samples import HOST, NOW, browser, busy_deck, deck, session
from tui.host import deck as state
from tui.host.deck import Deck
from tui.style.cells import Cell
from tui.style.glyphs import UNICODE
from tui.style.roles import Role
from tui.view import header, view_state
from tui.view.selection import Selection
from tui.view.view_state import Switch, ViewState


def text(cell: Cell) -> str:
    return "".join(span.text for span in cell)


def first(held: Deck, view: ViewState, width: int = 160, environment: str = "production") -> str:
    totals = header.totals_of(held)
    left, right = header.first_line(held, totals, view, environment=environment, now=NOW, glyphs=UNICODE)
    return text(header.packed(left, width, right))


def second(held: Deck, view: ViewState, width: int = 160) -> str:
    groups = header.second_line(len(held.sessions), header.totals_of(held), view, UNICODE)
    return text(header.counts_line(groups, width, UNICODE))


@given(width=st.integers(0, 250), count=st.integers(0, 28))
def test_the_header_fits(width: int, count: int) -> None:
    held = state.lost(busy_deck(count), NOW - 60)
    view = view_state.laid_out(ViewState(), held, NOW)
    assert cell_len(first(held, view, width)) <= width
    assert cell_len(second(held, view, width)) <= width


def test_badges_say_what_must_not_be_overlooked() -> None:
    host = replace(HOST, read_only=True, simulated=True)
    held = state.lost(deck(host=host), NOW - 60)
    line = first(held, ViewState(switches=Switch.PAUSED | Switch.FOLLOW | Switch.FAULTS))
    for badge in ("READ-ONLY", "DEMO", "PAUSED", "FOLLOW", "FAULTS ONLY", "HOST LOST 1m"):
        assert badge in line


def test_host_lost_and_environment_are_the_last_to_yield() -> None:
    held = state.lost(busy_deck(), NOW - 60)
    line = first(held, ViewState(), 44)
    assert "HOST LOST" in line
    assert "production" in line


def test_production_stands_out_by_colour_and_name() -> None:
    def role(name: str) -> Role:
        held = deck()
        left, _ = header.first_line(
            held, header.totals_of(held), ViewState(), environment=name, now=NOW, glyphs=UNICODE
        )
        return left[0].spans[1].role

    assert (role("PROD eu"), role("staging"), role("laptop")) == (Role.BADGE_BAD, Role.BADGE_WARN, Role.BADGE)


def test_marks_that_the_filter_hides_are_counted() -> None:
    held = deck(session("a1"), session("a2"), session("b"))
    view = replace(ViewState(), selection=Selection(marks=frozenset({"a1", "b"})))
    view = view_state.laid_out(view_state.typed(view, "a"), held, NOW)
    line = second(held, view)
    assert "2/3 shown" in line
    assert "2 marked, 1 hidden by the filter" in line
    assert "rows frozen" in line


def test_a_lost_browser_is_said() -> None:
    held = deck(session("a"), host=replace(HOST, browsers=(browser(BrowserState.DOWN),)))
    assert "down" in first(held, ViewState())
    assert "1 browser · 1 process" in first(deck(session("a")), ViewState())


def test_the_worst_hosting_comes_first_and_is_cut_last() -> None:
    states = ("live", "live", "queued", "unresponsive", "lost", "blocked", "ended")
    held = deck(*(session(f"s{at}", hosting=word) for at, word in enumerate(states)))
    view = view_state.laid_out(ViewState(), held, NOW)
    whole = second(held, view, 200)
    places = [whole.index(f" {word}") for word in ("blocked", "lost", "unresponsive", "live", "viewerReady")]
    assert places == sorted(places)
    assert "…" not in whole
    narrow = second(held, view, 60)
    assert narrow.endswith("1 unresponsive   …")
    assert "1 blocked" in narrow
    assert "viewerReady" not in narrow


def test_a_loud_badge_outlasts_a_quiet_one() -> None:
    held = state.lost(deck(host=replace(HOST, simulated=True)), NOW - 60)
    line = first(held, ViewState(switches=Switch.FOLLOW | Switch.FAULTS), 60)
    assert "HOST LOST" in line
    assert "FAULTS ONLY" not in line or "DEMO" in line


def test_stale_and_pending_ends_are_counted_with_their_givers() -> None:
    stale = StaleView("pending", NOW - 380, 380, 300, "")
    end = InstructionView("i1", "endSession", "queued", NOW, "root (0)", "")
    held = deck(session("a", stale=stale), session("b", instruction=end), session("c", instruction=end))
    line = second(held, view_state.laid_out(ViewState(), held, NOW))
    assert "1 stale" in line
    assert "2 ends pending by root (0)" in line


def test_automatic_ends_and_faults_show_at_any_width() -> None:
    host = replace(HOST, journal="no space left on the device", automatic=("lost", "pending"))
    held = deck(session("a"), host=host)
    line = first(held, ViewState())
    assert "AUTOMATIC: the host ends what is lost, pending" in line
    assert "JOURNAL: no changes possible" in line
    narrow = first(held, ViewState(), 60)
    assert " AUTOMATIC " in narrow
    assert " JOURNAL " in narrow
    assert "production" in narrow


def test_what_the_host_could_not_read_or_start_is_a_badge() -> None:
    host = replace(HOST, configuration="config.toml:3: unknown key", given_up="no browser keeps running")
    line = first(deck(session("a"), host=host), ViewState())
    assert "CONFIG: refused, the previous one stays in force" in line
    assert "NO BROWSER: t retries" in line


def test_discovery_says_what_it_sees_holds_and_holds_back() -> None:
    found = DiscoveryView(seen=12, held=10, held_back=3, ceiling=50, links_this_hour=4)
    held = deck(host=replace(HOST, discovery=found))
    assert "discovery sees 12, holds 10 of 50, 3 held back" in first(held, ViewState())
    assert "12 seen, 10 held, 3 held back" in first(held, ViewState(), 90)
    failed = replace(found, trouble="the service does not take the key")
    failing = deck(host=replace(HOST, discovery=failed))
    assert "discovery: the service does not take the key" in first(failing, ViewState())
    assert "discovery failed" in first(failing, ViewState(), 80)
    assert "discovery sees 0" in first(deck(host=replace(HOST, discovery=DiscoveryView())), ViewState())
