"""What becomes of a session that is added, told once it is known."""

import asyncio
from collections.abc import Callable

import pytest

from browser_host.api.replies import Arrival, ArrivalState
from browser_host.bridge import events
from browser_host.sessions.session import ErrorCode, Fault
from tests.api.conftest import Served
from tests.support.patience import patient

URL = "https://watch.example/one"
BLOCKED = Fault(ErrorCode.FRAMING_BLOCKED, "the page refuses to be framed")


async def added(served: Served, happens: Callable[[str], None], within_s: float = 10.0) -> Arrival:
    """Adds a session and lets something happen to it while it is waited for."""
    adding = asyncio.ensure_future(served.client.add(url=URL, within_s=within_s))
    async with asyncio.timeout(patient(10)):
        while not served.host.hosting.opened:
            await served.host.feed.news(served.host.feed.seq, 1)
    happens(served.host.hosting.opened[0][0])
    return await adding


async def test_a_page_that_speaks_is_live(served: Served) -> None:
    arrival = await added(served, lambda one: served.host.hosting.says_status(one, "active"))
    assert (arrival.state, arrival.text) == (ArrivalState.LIVE, "")


async def test_a_page_that_cannot_be_shown_is_blocked_and_kept(served: Served) -> None:
    arrival = await added(served, lambda one: served.host.hosting.sink(events.SessionBlocked(one, BLOCKED)))
    assert (arrival.state, arrival.text) == (ArrivalState.BLOCKED, BLOCKED.text)
    assert served.host.session(arrival.id).error == BLOCKED


async def test_a_page_that_says_nothing_is_still_on_its_way(served: Served) -> None:
    arrival = await added(served, lambda _: None, within_s=0.05)
    assert arrival.state is ArrivalState.PENDING
    assert served.host.session(arrival.id).ended is None


async def test_nothing_is_waited_for_unless_asked(served: Served) -> None:
    arrival = await served.client.add(url=URL)
    assert arrival.state is ArrivalState.PENDING


async def test_a_session_removed_meanwhile_is_waited_for_no_longer(served: Served) -> None:
    arrival = await added(served, served.host.supervisor.remove)
    assert arrival.state is ArrivalState.REFUSED


@pytest.mark.parametrize("seconds", [0, -1, 601])
async def test_a_wait_has_a_bound(served: Served, seconds: float) -> None:
    body = {"watch_url": URL, "wait": True, "timeout_s": seconds}
    assert (await served.http.post("/v1/sessions", json=body)).status_code == 400
