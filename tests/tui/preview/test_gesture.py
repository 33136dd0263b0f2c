"""The mouse on the picture: where it points on the page, and when it may."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from browser_host.protocol.pointer_input import MOST_POINTS, PointerKind
from tests.tui.deck.screen_samples import deck, session
from tui.host.deck import Access, ConnectionState
from tui.preview import gesture
from tui.preview.gesture import Gesture, clamped, objection

SIZES = st.tuples(st.integers(1, 200), st.integers(1, 80))
CELLS = st.tuples(st.integers(-300, 300), st.integers(-300, 300))


@given(SIZES, st.lists(CELLS, min_size=1, max_size=4 * MOST_POINTS))
def test_any_way_of_the_mouse_is_bounded_and_on_the_page(
    size: tuple[int, int], way: list[tuple[int, int]]
) -> None:
    cells = [clamped(cell, size) for cell in way]
    made = Gesture("s1", (cells[0],))
    for cell in cells[1:]:
        made = made.moved(cell)
    sent = made.input(size)
    assert 1 <= len(sent.places) <= MOST_POINTS + 1
    assert (sent.kind is PointerKind.CLICK) == (len(sent.places) == 1)
    assert all(0 < place.x < 1 and 0 < place.y < 1 for place in sent.places)
    for place, cell in ((sent.places[0], cells[0]), (sent.places[-1], cells[-1])):
        assert (int(place.x * size[0]), int(place.y * size[1])) == cell


@pytest.mark.parametrize(
    ("changes", "age_s", "words"),
    [
        ({}, 0.0, None),
        ({}, gesture.FRESH_S, None),
        ({}, gesture.FRESH_S + 0.1, "older than 5 s"),
        ({}, -0.1, "older than 5 s"),
        ({"mode": None}, 1.0, "mode first"),
        ({"hosting": "unresponsive"}, 1.0, "unresponsive"),
        ({"hosting": "ended"}, 1.0, "ended"),
    ],
)
def test_only_a_fresh_picture_of_a_live_session_is_clicked(
    changes: dict[str, Any], age_s: float, words: str | None
) -> None:
    now = deck(session("s1", **({"mode": "draw"} | changes)))
    told = objection(now, "s1", age_s=age_s, held=False)
    assert told is None if words is None else told is not None and words in told
    assert objection(now, "s1", age_s=age_s, held=True) == gesture.HELD


def test_nothing_is_sent_where_nothing_may_be_changed() -> None:
    seen = session("s1", mode="draw")
    lost = deck(seen, link=ConnectionState.LOST)
    for refusing in (lost, deck(seen, access=Access.READ_ONLY), deck(seen, access=Access.REPLAY), deck()):
        assert objection(refusing, "s1", age_s=0, held=False) is not None
