"""What is due is replaced, and under no session that is told something or is to end."""

import asyncio

import pytest

from browser_host.api.schema import RESYNC
from browser_host.bridge import events
from browser_host.browsers.interface import Aged
from browser_host.protocol.page_instructions import EndSession, Mode, SetMode, SwitchColor
from tests.support.host import PEER, ScriptedHost, scripted_host
from tests.support.patience import patient


async def test_replaced_group_does_not_reopen_ended_sessions() -> None:
    async with scripted_host() as host:
        first, second = host.live(2)
        host.hosting.says_status(first, "terminated")
        host.hosting.due = (Aged(1, 1, "it is old", (first, second)),)
        host.supervisor.recycler.look()
        assert host.hosting.released == [first]
        ((aged, may_move),) = host.hosting.recycled
        assert aged.group == 1
        assert may_move((second,))
        assert not may_move((first, second))
        assert not may_move(("unknown",))


async def test_nothing_is_replaced_during_an_instruction() -> None:
    async with scripted_host() as host:
        first, second, third = host.live(3)
        host.hosting.due = (Aged(1, 1, "it is old", (first, second)),)
        may_move = host.supervisor.recycler.may_move
        host.give(first, SetMode(Mode.DRAW))
        assert may_move((first, second))  # no page ever confirms a mode: nothing is waited for
        host.give(first, SwitchColor("#ff0000"))
        assert not may_move((first,))
        assert may_move((second,))
        assert may_move((third,))
        host.give(second, EndSession())
        assert not may_move((third,))  # which has nothing on its way: an end is pending somewhere
        host.supervisor.recycler.look()
        assert host.hosting.recycled == []


async def test_one_that_can_never_be_replaced_keeps_no_other_from_it() -> None:
    async with scripted_host() as host:
        stuck = (Aged(1, None, "it is old", ()), Aged(1, 1, "it is old", ()))
        host.hosting.due = (*stuck, Aged(1, 2, "it is old", ()))
        for _ in range(4):
            host.supervisor.recycler.look()
        assert [(aged.browser, aged.group) for aged, _ in host.hosting.recycled] == [
            (1, None),
            (1, 1),
            (1, 2),
            (1, None),
        ]


DRAINED = (Aged(1, None, "its endpoint is drained", (), leaving=True),)


async def woken(host: ScriptedHost) -> None:
    """Let the recycler do what it was woken for before."""
    looked = asyncio.Event()
    host.supervisor._scheduler.after(0.0, looked.set)
    async with asyncio.timeout(patient(5)):
        await looked.wait()


def replaced(host: ScriptedHost) -> list[tuple[int, int | None]]:
    return [(aged.browser, aged.group) for aged, _ in host.hosting.recycled]


async def test_drained_endpoints_are_emptied_at_once_and_together() -> None:
    async with scripted_host() as host:
        host.hosting.due = (
            *DRAINED,
            Aged(2, None, "its endpoint is drained", (), leaving=True),
            Aged(3, 1, "old", ()),
        )
        host.supervisor.drain("local", PEER)
        assert replaced(host) == []  # the journal's entry comes first
        await woken(host)
        assert replaced(host) == [(1, None), (2, None)]  # what is old waits for its turn
        host.supervisor.recycler.look()
        assert replaced(host)[2:] == [(1, None), (2, None), (3, 1)]


@pytest.mark.parametrize(
    "report",
    [
        events.EndpointDraining("grid"),  # of a node too
        events.EndpointTakesSessions("box"),
        events.BrowserStarted(2, "chromium", "1"),
    ],
    ids=lambda report: type(report).__name__,
)
async def test_sessions_move_as_soon_as_they_have_to_or_can(report: events.Report) -> None:
    async with scripted_host() as host:
        await woken(host)
        host.hosting.due = DRAINED
        host.hosting.sink(events.BrowserLost(9, "the browser ended"))
        await woken(host)
        assert replaced(host) == []
        host.hosting.sink(report)
        await woken(host)
        assert replaced(host) == [(1, None)]


async def test_a_drain_goes_on_when_the_pending_end_is_settled() -> None:
    async with scripted_host() as host:
        first, second = host.live(2)
        end = host.give(first, EndSession(), delay_s=600.0).order
        assert end is not None
        host.hosting.due = DRAINED
        host.supervisor.drain("local", PEER)
        await woken(host)
        host.give(second, SetMode(Mode.DRAW))
        await woken(host)
        assert replaced(host) == []
        host.supervisor.instructions.cancel(end.number, PEER)
        await woken(host)
        assert replaced(host) == [(1, None)]


async def test_clients_resync_after_a_browser_was_replaced() -> None:
    async with scripted_host() as host:
        host.hosting.sink(events.BrowserStarted(2, "chromium", "1"))
        host.hosting.sink(events.BrowserReplaced(1))
        assert [event["type"] for event in host.events()][-2:] == ["browser.started", RESYNC]
