from hypothesis import given
from hypothesis import strategies as st

from browser_host.browsers.hosting import Placing
from browser_host.browsers.placing import Room, plan

WHO = st.lists(st.sampled_from(Placing), max_size=60).map(
    lambda placings: [(f"s{number}", placing) for number, placing in enumerate(placings)]
)
ROOMS = st.lists(st.integers(0, 10), max_size=8).map(
    lambda seats: [Room(number + 1, free) for number, free in enumerate(seats)]
)


@given(WHO, ROOMS, st.integers(1, 12), st.integers(0, 6))
def test_everyone_is_placed_once_and_no_page_is_overfull(
    who: list[tuple[str, Placing]], rooms: list[Room], per_page: int, new_pages: int
) -> None:
    result = plan(who, rooms, per_page, new_pages)
    fresh = [session for page in result.opened for session in page.sessions]
    everyone = [session for session, _ in result.seated] + fresh + list(result.waiting)
    assert sorted(everyone) == sorted(session for session, _ in who)
    assert len(result.opened) <= new_pages
    seats = {room.page: room.free for room in rooms}
    for page, free in seats.items():
        assert sum(number == page for _, number in result.seated) <= free
    alone = {session for session, placing in who if placing is Placing.ALONE}
    assert not alone & {session for session, _ in result.seated}
    for page_ in result.opened:
        assert 0 < len(page_.sessions) <= (1 if page_.alone else per_page)
        assert page_.alone is bool(alone & set(page_.sessions))


@given(WHO, ROOMS, st.integers(1, 12))
def test_none_waits_where_there_is_room(
    who: list[tuple[str, Placing]], rooms: list[Room], per_page: int
) -> None:
    assert plan(who, rooms, per_page, 100).waiting == ()


def test_twelve_sessions_share_two_pages_evenly() -> None:
    result = plan([(f"s{n}", Placing.SHARED) for n in range(12)], [], per_page=10, new_pages=40)
    assert [len(page.sessions) for page in result.opened] == [6, 6]


def test_the_emptiest_page_is_filled_first_and_no_page_is_opened_without_need() -> None:
    result = plan([(f"s{n}", Placing.SHARED) for n in range(4)], [Room(1, 2), Room(2, 5)], 10, 40)
    assert [page for _, page in result.seated] == [2, 2, 2, 1]
    assert result.opened == ()
