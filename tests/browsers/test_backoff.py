from browser_host.browsers.shelf import Backoff


def test_the_first_fall_costs_no_wait_and_each_early_one_more() -> None:
    backoff = Backoff()
    waits = [backoff.wait_s]
    for _ in range(8):
        backoff.fell(1.0)
        waits.append(backoff.wait_s)
    assert waits == [0, 0, 1, 2, 5, 10, 30, 30, 30]


def test_a_browser_that_ran_long_fell_for_a_reason_of_its_own() -> None:
    backoff = Backoff()
    for _ in range(5):
        backoff.fell(1.0)
    backoff.fell(3_600.0)
    assert backoff.wait_s == 0
