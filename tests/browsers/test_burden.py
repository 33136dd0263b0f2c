from browser_host.browsers.burden import busiest
from browser_host.browsers.processes import Process


def process(pid: int) -> Process:
    return Process(pid=pid, parent=1, group=1, started=pid, zombie=False)


IDLE, BUSY, NEW = process(10), process(11), process(12)


def test_the_busiest_is_who_worked_most_between_two_looks_not_ever() -> None:
    assert busiest({IDLE: 90_000, BUSY: 5}, {IDLE: 90_001, BUSY: 65, NEW: 500}, 1.0) == BUSY


def test_where_nobody_works_nobody_is_to_blame() -> None:
    assert busiest({IDLE: 90_000, BUSY: 5}, {IDLE: 90_001, BUSY: 7}, 1.0) is None
    assert busiest({}, {}, 1.0) is None
