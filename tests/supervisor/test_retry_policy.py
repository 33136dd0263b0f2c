import pytest

from browser_host.sessions.session import ErrorCode, Fault
from browser_host.supervisor.hosting.retry_policy import (
    FORGOTTEN_AFTER_S,
    LOST_DELAYS_S,
    STEADY_AFTER_S,
    Tries,
    failed,
    opened,
)


def fault(code: ErrorCode) -> Fault:
    return Fault(code, "why")


def test_a_lost_session_is_tried_again_ever_more_slowly() -> None:
    tries, delays = Tries(), []
    for _ in range(len(LOST_DELAYS_S) + 2):
        tries, delay = failed(opened(tries, 0.0), fault(ErrorCode.PAGE_CRASHED), 1.0)
        delays.append(delay)
    assert delays == [*LOST_DELAYS_S, LOST_DELAYS_S[-1], LOST_DELAYS_S[-1]]


def test_a_session_that_was_steady_begins_its_count_anew() -> None:
    tries, _ = failed(opened(Tries(), 0.0), fault(ErrorCode.BROWSER_GONE), 1.0)
    tries, delay = failed(opened(tries, 1.0), fault(ErrorCode.BROWSER_GONE), 1.0 + STEADY_AFTER_S)
    assert delay == LOST_DELAYS_S[0]
    assert tries.failures == 1


def test_falls_are_counted_and_those_of_long_ago_forgotten() -> None:
    tries, _ = failed(opened(Tries(), 0.0), fault(ErrorCode.PAGE_CRASHED), 1.0)
    tries, _ = failed(opened(tries, 2.0), fault(ErrorCode.PAGE_HUNG), 3.0)
    assert (tries.losses, tries.lost_at) == (2, 3.0)
    tries, _ = failed(opened(tries, 2.0), fault(ErrorCode.PAGE_CRASHED), 3.0 + FORGOTTEN_AFTER_S)
    assert tries.losses == 1


def test_slow_failures_count_like_immediate_ones() -> None:
    tries, now = Tries(), 0.0
    for losses in (1, 2, 3):
        tries = opened(tries, now)
        now += STEADY_AFTER_S + 1
        tries, delay = failed(tries, fault(ErrorCode.PAGE_CRASHED), now)
        assert (tries.losses, delay) == (losses, LOST_DELAYS_S[0])


def test_a_browser_that_goes_makes_nobody_a_suspect() -> None:
    tries = Tries()
    for _ in range(4):
        tries, _ = failed(opened(tries, 0.0), fault(ErrorCode.BROWSER_GONE), 1.0)
    assert tries.losses == 0


@pytest.mark.parametrize(
    "code", [ErrorCode.FRAMING_BLOCKED, ErrorCode.PRIVATE_NETWORK, ErrorCode.LINK_REFUSED]
)
def test_what_another_try_cannot_mend_is_not_tried(code: ErrorCode) -> None:
    assert failed(Tries(), fault(code), 1.0)[1] is None


@pytest.mark.parametrize("code", [ErrorCode.UNREACHABLE, ErrorCode.HTTP_STATUS])
def test_a_service_that_is_down_is_tried_again_at_leisure(code: ErrorCode) -> None:
    delay = failed(Tries(), fault(code), 1.0)[1]
    assert delay is not None
    assert delay >= 10
