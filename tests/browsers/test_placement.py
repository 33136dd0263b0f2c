from hypothesis import given
from hypothesis import strategies as st

from browser_host.browsers.interface import SHARED, Placing
from browser_host.browsers.placement import BUSY, HEAD, PageCapacity, plan

PLACINGS = (SHARED, Placing(1), Placing(2, opens_after=300.0))
WHO = st.lists(st.sampled_from(PLACINGS), max_size=60).map(
    lambda placings: [(f"s{number}", placing) for number, placing in enumerate(placings)]
)
QUIET_8, QUIET_5 = PageCapacity(1, 2, taken=8, busy=0.0), PageCapacity(2, 5, taken=5, busy=0.0)
SHARERS = st.integers(0, 40).map(lambda count: [(f"s{number}", SHARED) for number in range(count)])
CAPACITIES = st.tuples(st.integers(0, 10), st.integers(0, 10), st.floats(0, 1))
GROUPS = st.integers(0, 3)
APART = st.lists(st.tuples(CAPACITIES, GROUPS), max_size=8).map(
    lambda capacities: [
        PageCapacity(number + 1, *room, group) for number, (room, group) in enumerate(capacities)
    ]
)
ROOMS = st.lists(CAPACITIES, max_size=8).map(
    lambda found: [PageCapacity(number + 1, *room) for number, room in enumerate(found)]
)


@given(WHO, APART, st.integers(1, 12), st.integers(0, 6))
def test_everyone_is_placed_once_and_no_page_is_overfull(
    who: list[tuple[str, Placing]], rooms: list[PageCapacity], per_page: int, new_pages: int
) -> None:
    result = plan(who, rooms, per_page, new_pages)
    fresh = [session for page in result.opened for session in page.sessions]
    everyone = [session for session, _ in result.assigned] + fresh + list(result.waiting)
    assert sorted(everyone) == sorted(session for session, _ in who)
    assert len(result.opened) <= new_pages
    capacities = {room.page: room.free for room in rooms}
    for page, free in capacities.items():
        assert sum(number == page for _, number in result.assigned) <= free
    group_of = {session: placing.group for session, placing in who}
    group_in = {room.page: room.group for room in rooms}
    assert all(group_of[session] == group_in[page] for session, page in result.assigned)
    for page_ in result.opened:
        assert 0 < len(page_.sessions) <= per_page
        assert {group_of[session] for session in page_.sessions} == {page_.placing.group}


@given(WHO, ROOMS, st.integers(1, 12))
def test_none_waits_where_there_is_room(
    who: list[tuple[str, Placing]], rooms: list[PageCapacity], per_page: int
) -> None:
    assert plan(who, rooms, per_page, 100).waiting == ()


def test_twelve_sessions_share_two_pages_evenly() -> None:
    result = plan([(f"s{n}", SHARED) for n in range(12)], [], per_page=10, new_pages=40)
    assert [len(page.sessions) for page in result.opened] == [6, 6]


def test_emptiest_page_is_filled_before_a_new_one_opens() -> None:
    result = plan([(f"s{n}", SHARED) for n in range(4)], [QUIET_8, QUIET_5], 10, 40)
    assert [page for _, page in result.assigned] == [2, 2, 2, 1]
    assert result.opened == ()


def test_less_busy_page_is_filled_first_though_fuller() -> None:
    crowded, working = PageCapacity(1, 2, taken=8, busy=0.01), PageCapacity(2, 8, taken=2, busy=0.3)
    result = plan([(f"s{n}", SHARED) for n in range(2)], [crowded, working], 10, 40)
    assert [page for _, page in result.assigned] == [1, 1]


def test_busy_page_gets_none_while_another_can_open() -> None:
    result = plan([("s0", SHARED)], [PageCapacity(1, 9, taken=1, busy=BUSY)], 10, 1)
    assert [page.sessions for page in result.opened] == [("s0",)]


def test_a_page_at_its_limit_is_better_than_none() -> None:
    result = plan([("s0", SHARED)], [PageCapacity(1, 9, taken=1, busy=1.0)], 10, 0)
    assert result.assigned == (("s0", 1),)


@given(SHARERS, ROOMS)
def test_none_is_placed_where_a_page_with_room_had_less_to_do(
    who: list[tuple[str, Placing]], rooms: list[PageCapacity]
) -> None:
    result = plan(who, rooms, 10, 0)
    assigned = {room.page: sum(page == room.page for _, page in result.assigned) for room in rooms}
    for room in rooms:
        for other in rooms:
            if assigned[room.page] and assigned[other.page] < other.free and other.busy < BUSY:
                before = room.load + assigned[room.page] - 1
                assert room.busy < BUSY
                assert before <= other.load + assigned[other.page]


@given(st.integers(0, 10), st.floats(0, 1))
def test_quiet_sessions_count_by_heads(taken: int, busy: float) -> None:
    load = PageCapacity(1, 1, taken, busy).load
    assert load == taken if busy <= taken * HEAD else load > taken
