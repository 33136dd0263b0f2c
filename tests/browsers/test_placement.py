from hypothesis import given
from hypothesis import strategies as st

from browser_host.browsers.interface import SHARED, Placing
from browser_host.browsers.placement import BUSY, HEAD, GroupCapacity, plan

PLACINGS = (SHARED, Placing(1), Placing(2, opens_after=300.0))
WHO = st.lists(st.sampled_from(PLACINGS), max_size=60).map(
    lambda placings: [(f"s{number}", placing) for number, placing in enumerate(placings)]
)
QUIET_8, QUIET_5 = GroupCapacity(1, 2, taken=8, busy=0.0), GroupCapacity(2, 5, taken=5, busy=0.0)
SHARERS = st.integers(0, 40).map(lambda count: [(f"s{number}", SHARED) for number in range(count)])
CAPACITIES = st.tuples(st.integers(0, 10), st.integers(0, 10), st.floats(0, 1))
GROUPS = st.integers(0, 3)
APART = st.lists(st.tuples(CAPACITIES, GROUPS), max_size=8).map(
    lambda capacities: [
        GroupCapacity(number + 1, *room, group) for number, (room, group) in enumerate(capacities)
    ]
)
ROOMS = st.lists(CAPACITIES, max_size=8).map(
    lambda found: [GroupCapacity(number + 1, *room) for number, room in enumerate(found)]
)


@given(WHO, APART, st.integers(1, 12), st.integers(0, 6))
def test_everyone_is_placed_once_and_no_group_is_overfull(
    who: list[tuple[str, Placing]], rooms: list[GroupCapacity], per_group: int, new_groups: int
) -> None:
    result = plan(who, rooms, per_group, new_groups)
    fresh = [session for group in result.opened for session in group.sessions]
    everyone = [session for session, _ in result.assigned] + fresh + list(result.waiting)
    assert sorted(everyone) == sorted(session for session, _ in who)
    assert len(result.opened) <= new_groups
    capacities = {room.number: room.free for room in rooms}
    for number, free in capacities.items():
        assert sum(assigned == number for _, assigned in result.assigned) <= free
    cohort_of = {session: placing.cohort for session, placing in who}
    cohort_in = {room.number: room.cohort for room in rooms}
    assert all(cohort_of[session] == cohort_in[group] for session, group in result.assigned)
    for group in result.opened:
        assert 0 < len(group.sessions) <= per_group
        assert {cohort_of[session] for session in group.sessions} == {group.placing.cohort}


@given(WHO, ROOMS, st.integers(1, 12))
def test_none_waits_where_there_is_room(
    who: list[tuple[str, Placing]], rooms: list[GroupCapacity], per_group: int
) -> None:
    assert plan(who, rooms, per_group, 100).waiting == ()


def test_twelve_sessions_share_two_groups_evenly() -> None:
    result = plan([(f"s{n}", SHARED) for n in range(12)], [], per_group=10, new_groups=40)
    assert [len(group.sessions) for group in result.opened] == [6, 6]


def test_emptiest_group_is_filled_before_a_new_one_opens() -> None:
    result = plan([(f"s{n}", SHARED) for n in range(4)], [QUIET_8, QUIET_5], 10, 40)
    assert [group for _, group in result.assigned] == [2, 2, 2, 1]
    assert result.opened == ()


def test_less_busy_group_is_filled_first_though_fuller() -> None:
    crowded, working = GroupCapacity(1, 2, taken=8, busy=0.01), GroupCapacity(2, 8, taken=2, busy=0.3)
    result = plan([(f"s{n}", SHARED) for n in range(2)], [crowded, working], 10, 40)
    assert [group for _, group in result.assigned] == [1, 1]


def test_busy_group_gets_none_while_another_can_open() -> None:
    result = plan([("s0", SHARED)], [GroupCapacity(1, 9, taken=1, busy=BUSY)], 10, 1)
    assert [group.sessions for group in result.opened] == [("s0",)]


def test_a_group_at_its_limit_is_better_than_none() -> None:
    result = plan([("s0", SHARED)], [GroupCapacity(1, 9, taken=1, busy=1.0)], 10, 0)
    assert result.assigned == (("s0", 1),)


@given(SHARERS, ROOMS)
def test_none_is_placed_where_a_group_with_room_had_less_to_do(
    who: list[tuple[str, Placing]], rooms: list[GroupCapacity]
) -> None:
    result = plan(who, rooms, 10, 0)
    assigned = {room.number: sum(group == room.number for _, group in result.assigned) for room in rooms}
    for room in rooms:
        for other in rooms:
            if assigned[room.number] and assigned[other.number] < other.free and other.busy < BUSY:
                before = room.load + assigned[room.number] - 1
                assert room.busy < BUSY
                assert before <= other.load + assigned[other.number]


@given(st.integers(0, 10), st.floats(0, 1))
def test_quiet_sessions_count_by_heads(taken: int, busy: float) -> None:
    load = GroupCapacity(1, 1, taken, busy).load
    assert load == taken if busy <= taken * HEAD else load > taken
