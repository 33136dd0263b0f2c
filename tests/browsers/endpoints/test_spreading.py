"""Which endpoint a session goes to, by capacity alone."""

from hypothesis import given
from hypothesis import strategies as st

from browser_host.browsers.endpoints.spreading import EndpointCapacity, spread
from browser_host.browsers.interface import SHARED, Placing

NAMES = ("a", "b", "c")
CAPACITIES = st.lists(
    st.builds(
        lambda taken, free: (taken, free),
        st.integers(0, 20),
        st.integers(0, 20),
    ),
    min_size=1,
    max_size=3,
).map(
    lambda found: [
        EndpointCapacity(name, taken, taken + free, free)
        for name, (taken, free) in zip(NAMES, found, strict=False)
    ]
)


@given(st.integers(0, 40), CAPACITIES)
def test_all_that_fit_are_placed_once_and_within_limits(
    count: int, endpoints: list[EndpointCapacity]
) -> None:
    sessions = [(str(number), SHARED) for number in range(count)]
    placed = spread(sessions, endpoints)
    room = {one.name: one.free or 0 for one in endpoints}
    assert all(len(found) <= room[name] for name, found in placed.items())
    found = [session for names in placed.values() for session, _ in names]
    assert len(found) == len(set(found)) == min(count, sum(room.values()))


def test_the_smallest_share_of_its_limit_is_filled_first() -> None:
    placed = spread(
        [(str(number), SHARED) for number in range(12)],
        [EndpointCapacity("small", 0, 10, 10), EndpointCapacity("large", 0, 30, 30)],
    )
    assert {name: len(found) for name, found in placed.items()} == {"small": 3, "large": 9}


def test_a_late_endpoint_is_used_only_where_no_other_has_room() -> None:
    placed = spread(
        [("s", SHARED), ("t", SHARED)],
        [EndpointCapacity("late", 0, 10, 10, late=True), EndpointCapacity("busy", 9, 10, 1)],
    )
    assert {name: len(found) for name, found in placed.items()} == {"late": 1, "busy": 1}


def test_a_group_stays_where_its_first_session_is() -> None:
    suspects = Placing(cohort=7)
    placed = spread(
        [("s", suspects), ("t", suspects), ("u", suspects)],
        [EndpointCapacity("a", 0, 10, 10), EndpointCapacity("b", 5, 10, 5, frozenset({7}))],
    )
    assert [len(placed[name]) for name in ("a", "b")] == [0, 3]


def test_an_endpoint_without_a_limit_takes_all() -> None:
    sessions = [(str(number), SHARED) for number in range(50)]
    assert spread(sessions, [EndpointCapacity("local")]) == {"local": sessions}
