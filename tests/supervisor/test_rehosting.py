import pytest

from browser_host.browsers.hosting import Placing
from browser_host.sessions.session import ErrorCode, Fault
from browser_host.supervisor.rehosting import (
    CRASHES_TOGETHER,
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


def test_the_neighbours_of_a_crash_may_share_again_and_those_of_a_second_may_not() -> None:
    tries, _ = failed(Tries(), fault(ErrorCode.PAGE_CRASHED), 1.0)
    assert tries.placing is Placing.SHARED
    tries, _ = failed(opened(tries, 1.0), fault(ErrorCode.PAGE_CRASHED), 2.0)
    assert tries.placing is Placing.ALONE


def test_a_page_that_crashes_ever_so_slowly_does_not_take_its_neighbours_for_ever() -> None:
    tries, now = Tries(), 0.0
    for _ in range(CRASHES_TOGETHER):
        assert tries.placing is Placing.SHARED
        tries = opened(tries, now)
        now += STEADY_AFTER_S + 1
        tries, delay = failed(tries, fault(ErrorCode.PAGE_CRASHED), now)
        assert delay == LOST_DELAYS_S[0]
    assert tries.placing is Placing.ALONE


def test_a_crash_of_long_ago_is_forgotten() -> None:
    tries, _ = failed(opened(Tries(), 0.0), fault(ErrorCode.PAGE_CRASHED), 1.0)
    tries, _ = failed(opened(tries, 2.0), fault(ErrorCode.PAGE_CRASHED), 2.0 + FORGOTTEN_AFTER_S)
    assert tries.placing is Placing.SHARED


def test_whoever_was_in_a_page_that_hung_is_put_alone() -> None:
    tries, delay = failed(opened(Tries(), 0.0), fault(ErrorCode.PAGE_HUNG), 9.0)
    assert (tries.placing, delay) == (Placing.ALONE, LOST_DELAYS_S[0])


def test_a_browser_that_goes_makes_nobody_a_suspect() -> None:
    tries = Tries()
    for _ in range(4):
        tries, _ = failed(opened(tries, 0.0), fault(ErrorCode.BROWSER_GONE), 1.0)
    assert tries.placing is Placing.SHARED


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
