from browser_host.browsers.launch.backoff import RESTARTS_S, Backoff


def test_waits_grow_with_early_failures_until_given_up() -> None:
    backoff = Backoff()
    waits = []
    while (wait := backoff.wait_s) is not None:
        waits.append(wait)
        backoff.failed(1.0)
    assert waits == [*RESTARTS_S]
    assert sum(waits) > 3600
    assert backoff.failures == len(RESTARTS_S)
    backoff.forget()
    assert backoff.wait_s == 0


def test_a_browser_that_ran_long_fell_for_a_reason_of_its_own() -> None:
    backoff = Backoff()
    for _ in range(5):
        backoff.failed(1.0)
    backoff.failed(3_600.0)
    assert backoff.wait_s == 0
