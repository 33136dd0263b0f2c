import asyncio
from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from browser_host.bridge.cdp import CdpError
from browser_host.bridge.orders import MAX_WAITING, Order, Orders, Outcome


class Page:
    """Answers orders as it is told to: at once, never, or by failing."""

    def __init__(self, *moods: str) -> None:
        self.moods = list(moods)
        self.calls: list[list[Order]] = []
        self.called = asyncio.Event()

    async def carry(self, orders: Sequence[Order]) -> Sequence[object]:
        self.calls.append(list(orders))
        self.called.set()
        match self.moods.pop(0) if self.moods else "answers":
            case "hangs":
                await asyncio.Event().wait()
            case "is gone":
                raise CdpError("Target closed")
        return [order[0] == "post" or "NotFound" for order in orders]


async def test_what_is_given_in_one_tick_goes_in_one_call_and_in_order() -> None:
    page = Page()
    orders = Orders(page.carry, within=1.0)
    done: list[tuple[int, Outcome]] = []
    answered = asyncio.Event()

    def note(number: int, outcome: Outcome) -> None:
        done.append((number, outcome))
        if len(done) == 60:
            answered.set()

    for number in range(60):
        orders.give(("post", number), lambda outcome, n=number: note(n, outcome))  # type: ignore[misc]
    running = asyncio.create_task(orders.run())
    async with asyncio.timeout(5):
        await answered.wait()
    assert len(page.calls) == 1
    assert done == [(number, Outcome.DONE) for number in range(60)]
    running.cancel()


async def test_what_the_page_cannot_do_is_refused() -> None:
    outcome = await one_outcome(Page(), ("gone", 1))
    assert outcome is Outcome.REFUSED


@pytest.mark.parametrize("mood", ["hangs", "is gone"])
async def test_what_was_handed_over_without_an_answer_is_uncertain(mood: str) -> None:
    assert await one_outcome(Page(mood), ("post", 1)) is Outcome.UNCERTAIN


async def one_outcome(page: Page, order: Order) -> Outcome:
    orders = Orders(page.carry, within=0.1)
    outcome: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
    running = asyncio.create_task(orders.run())
    orders.give(order, outcome.set_result)
    async with asyncio.timeout(5):
        found = await outcome
    running.cancel()
    return found


async def test_what_waits_behind_a_page_that_hangs_was_never_posted() -> None:
    page = Page("hangs")
    orders = Orders(page.carry, within=0.2)
    outcomes: dict[str, Outcome] = {}
    both = asyncio.Event()

    def note(name: str, outcome: Outcome) -> None:
        outcomes[name] = outcome
        if len(outcomes) == 2:
            both.set()

    running = asyncio.create_task(orders.run())
    orders.give(("post", 1), lambda outcome: note("first", outcome))
    await page.called.wait()
    orders.give(("post", 2), lambda outcome: note("second", outcome))
    orders.close()
    async with asyncio.timeout(5):
        await both.wait()
    assert outcomes == {"first": Outcome.UNCERTAIN, "second": Outcome.NEVER}
    running.cancel()


async def test_the_queue_has_a_bound() -> None:
    orders = Orders(Page().carry, within=1.0)
    outcomes: list[Outcome] = []
    for number in range(MAX_WAITING + 3):
        orders.give(("post", number), outcomes.append)
    assert outcomes == [Outcome.NEVER] * 3


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.sampled_from(["give", "tick", "close"]), max_size=40),
    st.lists(st.sampled_from(["answers", "hangs", "is gone"]), max_size=10),
)
def test_every_order_is_answered_exactly_once(steps: list[str], moods: list[str]) -> None:
    async def play() -> None:
        orders = Orders(Page(*moods).carry, within=0.01)
        answered: Counter[int] = Counter()
        given_ = 0
        running = asyncio.create_task(orders.run())
        for step in steps:
            match step:
                case "give":
                    number, given_ = given_, given_ + 1
                    orders.give(("post", number), lambda _, n=number: answered.update([n]))  # type: ignore[misc]
                case "tick":
                    for _ in range(3):
                        await asyncio.sleep(0)
                case "close":
                    orders.close()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        orders.close()
        assert answered == dict.fromkeys(range(given_), 1)

    asyncio.run(play())
