from browser_host.browsers.backoff import RESTARTS_S, Backoff


def test_the_first_fall_costs_no_wait_each_early_one_more_and_then_it_is_given_up() -> None:
    backoff = Backoff()
    waits = []
    while (wait := backoff.wait_s) is not None:
        waits.append(wait)
        backoff.fell(1.0)
    assert waits == [*RESTARTS_S]
    assert sum(waits) > 3600
    assert backoff.failures == len(RESTARTS_S)
    backoff.forget()
    assert backoff.wait_s == 0


def test_a_browser_that_ran_long_fell_for_a_reason_of_its_own() -> None:
    backoff = Backoff()
    for _ in range(5):
        backoff.fell(1.0)
    backoff.fell(3_600.0)
    assert backoff.wait_s == 0
