"""Every fault ends in a success or a clear error, and none in a second link."""

import asyncio

import pytest

from browser_host.simulator.server import RestFault
from browser_host.upscope import errors
from browser_host.upscope.errors import ServiceError
from browser_host.upscope.retries import Patience
from tests.support.patience import patient
from tests.upscope.conftest import Ask, Asked

REFUSALS: list[tuple[RestFault, type[ServiceError], str]] = [
    (RestFault.NO_SUBSCRIPTION, errors.NoSubscription, "has no subscription"),
    (RestFault.SUBSCRIPTION_EXPIRED, errors.NoSubscription, "expired"),
    (RestFault.API_NOT_ENABLED, errors.ApiNotEnabled, "have it enabled"),
    (RestFault.CONTACT_TEAM, errors.ContactVendor, "contact the service's team"),
    (RestFault.UNKNOWN_CODE, errors.KeyRefused, "refuses the API key"),
    (RestFault.OVER_PLAN, errors.PlanLimit, "the plan's limit is reached"),
    (RestFault.REDIRECT, errors.AnswerUnreadable, "redirects to 127.0.0.1, which is not followed"),
]
PASSING = [
    (RestFault.RATE_LIMITED, None),
    (RestFault.RATE_LIMITED, 2.0),
    (RestFault.BAD_GATEWAY, None),
    (RestFault.UNAVAILABLE, None),
    (RestFault.UNAVAILABLE, 1.0),
    (RestFault.GATEWAY_TIMEOUT, None),
    (RestFault.DROPPED, None),
    (RestFault.HALF, None),
]
NO_LINK = [
    (RestFault.FAILS, 0, "is failing"),
    (RestFault.BAD_GATEWAY, 0, "is failing"),
    (RestFault.BAD_GATEWAY_AFTER, 1, "is failing"),
    (RestFault.UNAVAILABLE, 0, "is failing"),
    (RestFault.GATEWAY_TIMEOUT, 0, "is failing"),
    (RestFault.DROPPED, 0, "not requested again"),
    (RestFault.DROPPED_AFTER, 1, "not requested again"),
    (RestFault.HALF, 1, "not requested again"),
    (RestFault.HTML, 0, r"not the JSON.*text/html"),
    (RestFault.OTHER_SHAPE, 0, "not the JSON"),
    (RestFault.PACKED, 0, r"compressed \(gzip\)"),
    (RestFault.HUGE, 0, "longer than 1,000,000 bytes"),
    (RestFault.ODD_LINK, 1, r"a link that is refused: expected a watch link \(https"),
]


@pytest.mark.parametrize(("fault", "kind", "text"), REFUSALS)
async def test_a_refusal_says_what_to_do_and_is_not_repeated(
    asked: Asked, fault: RestFault, kind: type[ServiceError], text: str
) -> None:
    for call in (asked.client.usage(), asked.client.watch_link(asked.visitor)):
        asked.simulator.fail(fault)
        with pytest.raises(kind, match=text):
            await call
    assert len(asked.simulator.record.calls) == 2
    assert not asked.pauses
    assert not asked.links_made


@pytest.mark.parametrize(("fault", "retry_after"), PASSING)
async def test_what_passes_is_waited_for(asked: Asked, fault: RestFault, retry_after: float | None) -> None:
    asked.simulator.fail(fault, times=2, seconds=retry_after)
    assert len(await asked.client.visitors("online", 100)) == 5
    assert asked.calls("/list") == 3
    first = 0.25
    assert asked.pauses == ([first, 2 * first] if retry_after is None else [retry_after + first] * 2)


async def test_it_gives_up_after_so_many_attempts(asked: Asked) -> None:
    asked.simulator.fail(RestFault.UNAVAILABLE, times=100)
    with pytest.raises(errors.ServiceDown, match="503"):
        await asked.client.usage()
    assert asked.calls("/usage") == 4


async def test_a_wait_beyond_the_deadline_is_told_and_not_waited_out(asked: Asked) -> None:
    asked.simulator.fail(RestFault.RATE_LIMITED, seconds=600)
    with pytest.raises(errors.RateLimited, match="try again in 600 s") as caught:
        await asked.client.usage()
    assert caught.value.retry_after_s == 600
    assert not asked.pauses


async def test_ending_is_repeated_as_it_can_do_no_harm(asked: Asked) -> None:
    asked.simulator.fail(RestFault.DROPPED_AFTER)
    await asked.client.end_session(asked.visitor)
    assert asked.calls("/session") == 2


@pytest.mark.parametrize(("fault", "made", "text"), NO_LINK)
async def test_a_link_that_may_exist_is_not_asked_for_again(
    asked: Asked, fault: RestFault, made: int, text: str
) -> None:
    asked.simulator.fail(fault, "watch_url", times=5, seconds=1 if fault is RestFault.UNAVAILABLE else None)
    with pytest.raises(errors.LinkLost, match=text):
        await asked.client.watch_link(asked.visitor)
    assert asked.calls("/watch_url") == 1
    assert asked.links_made == made


@pytest.mark.parametrize("retry_after", [None, 2.0])
async def test_link_is_requested_again_if_certainly_not_created(
    asked: Asked, retry_after: float | None
) -> None:
    asked.simulator.fail(RestFault.RATE_LIMITED, "watch_url", times=2, seconds=retry_after)
    await asked.client.watch_link(asked.visitor)
    assert asked.calls("/watch_url") == 3
    assert asked.links_made == 1


@pytest.mark.parametrize(
    "fault", [RestFault.HTML, RestFault.OTHER_SHAPE, RestFault.PACKED, RestFault.HUGE], ids=str
)
async def test_an_answer_that_is_none_is_told_at_once(asked: Asked, fault: RestFault) -> None:
    for call in (asked.client.usage(), asked.client.visitors("", 5), asked.client.visitor(asked.visitor)):
        asked.simulator.fail(fault)
        with pytest.raises(errors.AnswerUnreadable, match=r"check that upscope\.base_url"):
            await call
    assert len(asked.simulator.record.calls) == 3


@pytest.mark.parametrize("fault", [RestFault.SLOW, RestFault.UNAVAILABLE])
async def test_the_total_deadline_holds(ask: Ask, fault: RestFault) -> None:
    asked = await ask(patience=Patience(total_s=0.3, attempts=1000, first_s=0.01, longest_s=0.01))
    asked.simulator.fail(fault, times=100_000, seconds=30 if fault is RestFault.SLOW else None)
    async with asyncio.timeout(patient(5)):
        with pytest.raises((errors.Unreachable, errors.ServiceDown)):
            await asked.client.usage()
        with pytest.raises(errors.LinkLost):
            await asked.client.watch_link(asked.visitor)
    assert asked.calls("/watch_url") == 1


async def test_slowness_within_the_deadline_is_borne(asked: Asked) -> None:
    asked.simulator.fail(RestFault.SLOW, seconds=0.05)
    await asked.client.watch_link(asked.visitor)
    assert asked.links_made == 1


async def test_nobody_there_is_told(asked: Asked) -> None:
    await asked.simulator.close()
    with pytest.raises(errors.Unreachable, match=r"refused; check upscope\.base_url"):
        await asked.client.watch_link(asked.visitor)
    assert asked.pauses == [0.25, 0.5, 1.0]


async def test_a_rate_limit_of_the_service_is_kept_to(ask: Ask) -> None:
    asked = await ask(rest_per_minute=2)
    await asked.client.usage()
    await asked.client.watch_link(asked.visitor)
    with pytest.raises(errors.RateLimited) as caught:
        await asked.client.watch_link(asked.visitor)
    assert caught.value.retry_after_s is not None
    assert asked.links_made == 1


async def test_many_at_once_make_one_link_each(ask: Ask) -> None:
    asked = await ask(sessions=30)
    for fault in (RestFault.RATE_LIMITED, RestFault.DROPPED_AFTER, RestFault.BAD_GATEWAY_AFTER):
        asked.simulator.fail(fault, "watch_url", times=5)
    ids = [session.id for session in asked.simulator.sessions]
    outcomes = await asyncio.gather(*map(asked.client.watch_link, ids), return_exceptions=True)
    lost = [one for one in outcomes if isinstance(one, BaseException)]
    assert [type(one) for one in lost] == [errors.LinkLost] * 10
    made = [link.session for link in asked.simulator.record.links]
    assert sorted(made) == sorted(ids)
