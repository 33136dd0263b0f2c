"""What is due is replaced, and under no session that is told something or is to end."""

from browser_host.api.schema import RESYNC
from browser_host.bridge import events
from browser_host.browsers.interface import Aged
from browser_host.protocol.page_instructions import EndSession, Mode, SetMode, SwitchColor
from tests.support.host import scripted_host


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


async def test_clients_resync_after_a_browser_was_replaced() -> None:
    async with scripted_host() as host:
        host.hosting.sink(events.BrowserStarted(2, "chromium", "1"))
        host.hosting.sink(events.BrowserReplaced(1))
        assert [event["type"] for event in host.events()][-2:] == ["browser.started", RESYNC]
