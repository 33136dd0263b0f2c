"""No request is made again that could do something twice."""

from hypothesis import given
from hypothesis import strategies as st

from browser_host.upscope.calls import Method, ServiceCall
from browser_host.upscope.outcomes import Broken, ServiceAnswer, Stage
from browser_host.upscope.retries import Patience, may_repeat, pause

PATIENCE = Patience()
CALLS = st.sampled_from([ServiceCall(method, "https://h/x", "testing") for method in Method])
LINK = ServiceCall(Method.POST, "https://h/x", "testing")
WAITS = st.none() | st.floats(0, 100)
OUTCOMES = st.builds(ServiceAnswer, st.integers(100, 599), st.just(b""), retry_after_s=WAITS) | st.builds(
    Broken, st.sampled_from(Stage), st.just("it broke")
)


@given(OUTCOMES)
def test_a_link_is_asked_for_again_only_where_none_was_made(outcome: ServiceAnswer | Broken) -> None:
    none_made = outcome == Broken(Stage.NOT_SENT, "it broke") or (
        isinstance(outcome, ServiceAnswer) and outcome.status == 429
    )
    assert may_repeat(LINK, outcome) is none_made


@given(CALLS, OUTCOMES, st.integers(1, 9), st.floats(-1, 30), st.floats(0, 1))
def test_a_pause_keeps_to_the_total_and_to_what_the_service_asks(
    call: ServiceCall, outcome: ServiceAnswer | Broken, attempt: int, left_s: float, chance: float
) -> None:
    wait = pause(call, outcome, attempt=attempt, left_s=left_s, patience=PATIENCE, chance=lambda: chance)
    if wait is None:
        return
    assert may_repeat(call, outcome)
    assert attempt < PATIENCE.attempts
    assert 0 <= wait < left_s
    if isinstance(outcome, ServiceAnswer) and outcome.retry_after_s is not None:
        assert wait >= outcome.retry_after_s
    else:
        assert wait <= PATIENCE.longest_s


@given(CALLS)
def test_a_refused_certificate_is_not_tried_again(call: ServiceCall) -> None:
    assert not may_repeat(call, Broken(Stage.DISTRUSTED, "expired"))
