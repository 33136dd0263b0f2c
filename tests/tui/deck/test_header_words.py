"""The header says where one is and what is unusual, in any width."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from browser_host.sessions.views import InstructionView, StaleView
from tests.tui.deck.screen_samples import HOST, NOW, busy_deck, deck, session
from tui import headline, state, view_state
from tui.cells import Cell
from tui.glyphs import UNICODE
from tui.selection import Selection
from tui.state import Deck
from tui.tones import Tone
from tui.view_state import Switch, ViewState


def text(cell: Cell) -> str:
    return "".join(span.text for span in cell)


def first(held: Deck, view: ViewState, width: int = 160, environment: str = "production") -> str:
    tally = headline.tallied(held)
    left, right = headline.first_line(held, tally, view, environment=environment, now=NOW, glyphs=UNICODE)
    return text(headline.packed(left, width, right))


def second(held: Deck, view: ViewState, width: int = 160) -> str:
    groups = headline.second_line(len(held.sessions), headline.tallied(held), view, UNICODE)
    return text(headline.packed(groups, width))


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


def test_host_lost_is_the_last_badge_to_yield_with_the_environment() -> None:
    held = state.lost(busy_deck(), NOW - 60)
    line = first(held, ViewState(), 44)
    assert "HOST LOST" in line
    assert "production" in line


def test_production_stands_out_by_colour_and_name() -> None:
    def tone(name: str) -> Tone:
        held = deck()
        left, _ = headline.first_line(
            held, headline.tallied(held), ViewState(), environment=name, now=NOW, glyphs=UNICODE
        )
        return left[0].spans[1].tone

    assert (tone("PROD eu"), tone("staging"), tone("laptop")) == (Tone.BADGE_BAD, Tone.BADGE_WARN, Tone.BADGE)


def test_marks_that_the_filter_hides_are_counted() -> None:
    held = deck(session("a1"), session("a2"), session("b"))
    view = replace(ViewState(), selection=Selection(marks=frozenset({"a1", "b"})))
    view = view_state.laid_out(view_state.typed(view, "a"), held, NOW)
    line = second(held, view)
    assert "2/3 shown" in line
    assert "2 marked, 1 hidden by the filter" in line
    assert "order held" in line


def test_a_lost_browser_is_said() -> None:
    held = deck(session("a"), host=replace(HOST, browsers=({"number": 1, "state": "lost"},)))
    assert "lost" in first(held, ViewState())
    assert "1 browser · 1 page" in first(deck(session("a")), ViewState())


def test_stale_and_pending_ends_are_counted_with_their_givers() -> None:
    stale = StaleView("pending", NOW - 380, 380, 300, "")
    end = InstructionView("i1", "endSession", "queued", NOW, "root (0)", "")
    held = deck(session("a", stale=stale), session("b", instruction=end), session("c", instruction=end))
    line = second(held, view_state.laid_out(ViewState(), held, NOW))
    assert "1 stale" in line
    assert "2 ends pending by root (0)" in line


def test_what_the_host_does_by_itself_and_what_it_cannot_is_a_badge_at_any_width() -> None:
    host = replace(HOST, journal="no space left on the device", automatic=("lost", "pending"))
    held = deck(session("a"), host=host)
    line = first(held, ViewState())
    assert "AUTOMATIC: the host ends what is lost, pending" in line
    assert "JOURNAL: nothing can be changed" in line
    narrow = first(held, ViewState(), 60)
    assert " AUTOMATIC " in narrow
    assert " JOURNAL " in narrow
    assert "production" in narrow


def test_what_the_host_could_not_read_or_start_is_a_badge() -> None:
    host = replace(HOST, configuration="config.toml:3: unknown key", given_up="no browser keeps running")
    line = first(deck(session("a"), host=host), ViewState())
    assert "CONFIG: refused, the old one holds" in line
    assert "NO BROWSER: t tries again" in line


def test_discovery_says_what_it_sees_holds_and_holds_back() -> None:
    sight = {"seen": 12, "held": 10, "held_back": 3, "ceiling": 50, "links_this_hour": 4, "trouble": None}
    held = deck(host=replace(HOST, discovery=sight))
    assert "discovery sees 12, holds 10 of 50, 3 held back" in first(held, ViewState())
    assert "12 seen, 10 held, 3 held back" in first(held, ViewState(), 90)
    failing = deck(host=replace(HOST, discovery={**sight, "trouble": "the service does not take the key"}))
    assert "discovery: the service does not take the key" in first(failing, ViewState())
    assert "discovery fails" in first(failing, ViewState(), 80)
    assert "discovery sees 0" in first(deck(host=replace(HOST, discovery={})), ViewState())
