"""Counts over time: when they are sampled, and how they are drawn."""

from hypothesis import given
from hypothesis import strategies as st

from browser_host.sessions.views import EndedView, InstructionView, StaleView
from tests.tui.deck.screen_samples import NOW, deck, session
from tui.host.deck import Deck
from tui.style.glyphs import ASCII, UNICODE, Glyphs
from tui.trends import trend
from tui.trends.trend import EVERY_S, MOST, ROWS, Sample, Trend, sampled

DECK = deck(
    session("a"),
    session("b", stale=StaleView("pending", NOW, 1, 1, "pending")),
    session("c", hosting="ended", ended=EndedView("ended", NOW)),
    session("d", instruction=InstructionView("i1", "endSession", "unconfirmed", NOW, "ada", "")),
)


def test_a_sample_counts_the_deck_when_it_is_due() -> None:
    first = sampled(Trend(), DECK, NOW)
    assert first.samples == (Sample(NOW, live=3, stale=1, ended=1, unconfirmed=1),)
    assert sampled(first, DECK, NOW + EVERY_S - 0.1) is first
    assert len(sampled(first, DECK, NOW + EVERY_S).samples) == 2
    assert sampled(Trend(), Deck(), NOW) == Trend()


def test_an_hour_is_kept_and_a_jump_back_drops_what_is_later() -> None:
    held = Trend()
    for number in range(MOST + 10):
        held = sampled(held, DECK, NOW + number * EVERY_S)
    assert len(held.samples) == MOST
    assert held.samples[0].at == NOW + 10 * EVERY_S
    back = sampled(held, DECK, NOW + 12 * EVERY_S + 1)
    assert [sample.at - NOW for sample in back.samples] == [50, 55, 60]


@given(
    st.lists(st.integers(0, 2000), min_size=1, max_size=MOST),
    st.integers(1, 250),
    st.sampled_from((ASCII, UNICODE)),
)
def test_a_chart_fits_and_is_as_high_as_its_counts(counts: list[int], width: int, glyphs: Glyphs) -> None:
    rows = trend.chart(counts, width, glyphs)
    assert len(rows) == ROWS
    assert {len(row) for row in rows} == {len(rows[0])}
    assert len(rows[0]) <= width
    assert (rows[-1].strip() == "") == (max(counts) == 0)
    if len(counts) <= width:
        heights = ["".join(column).strip() != "" for column in zip(*rows, strict=True)]
        assert heights == [count > 0 for count in counts]
    assert glyphs is UNICODE or "".join(rows).isascii()


def test_lines_name_each_series_with_its_counts() -> None:
    held = sampled(sampled(Trend(), deck(session("a")), NOW), DECK, NOW + 60)
    text = ["".join(span.text for span in line) for line in trend.lines(held, 80, UNICODE)]
    assert "  live 3   least 1, most 3" in text
    assert "  unconfirmed 1   least 0, most 1" in text
    assert trend.lines(Trend(), 80, ASCII)[0][0].text == "  No counts yet"
