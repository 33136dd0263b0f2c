"""An instruction is posted only if it still holds when the queue hands it to the page."""

import asyncio
from collections.abc import Sequence

import pytest

from browser_host.bridge.command_queue import Command, CommandOutcome, CommandQueue
from tests.support.patience import patient


class SlowPage:
    """Takes commands, and answers its first call when it is told to."""

    def __init__(self) -> None:
        self.taken: list[Command] = []
        self.called = asyncio.Event()
        self.may_answer = asyncio.Event()

    async def carry(self, commands: Sequence[Command]) -> Sequence[object]:
        self.taken += commands
        self.called.set()
        await self.may_answer.wait()
        return [True] * len(commands)


async def test_claim_is_asked_when_the_page_takes_the_command() -> None:
    page, asked, outcomes = SlowPage(), list[str](), list[CommandOutcome]()
    holds, answered = True, asyncio.Event()

    def claim() -> bool:
        asked.append("claim")
        return holds

    def done(outcome: CommandOutcome) -> None:
        outcomes.append(outcome)
        answered.set()

    queue = CommandQueue(page.carry, within=5.0)
    running = asyncio.create_task(queue.run())
    queue.submit(("post", 1))
    await page.called.wait()
    queue.submit(("post", 2), done, claim)
    assert asked == []
    holds = False
    page.may_answer.set()
    async with asyncio.timeout(patient(5)):
        await answered.wait()
    running.cancel()
    assert (asked, outcomes, page.taken) == (["claim"], [CommandOutcome.WITHDRAWN], [("post", 1)])


async def test_claim_is_not_asked_where_nothing_can_be_posted() -> None:
    asked, outcomes = list[str](), list[CommandOutcome]()

    def claim() -> bool:
        asked.append("claim")
        return True

    queue = CommandQueue(SlowPage().carry, within=5.0)
    queue.submit(("post", 1), outcomes.append, claim)
    queue.close()
    assert (asked, outcomes) == ([], [CommandOutcome.NEVER])


@pytest.mark.parametrize(
    ("moment", "outcome"),
    [
        ("submitted", CommandOutcome.NEVER),
        ("claimed", CommandOutcome.UNCERTAIN),
        ("called", CommandOutcome.UNCERTAIN),
    ],
)
async def test_what_was_never_claimed_is_never_uncertain(moment: str, outcome: CommandOutcome) -> None:
    """The queue is closed before the claim, right after it, or once the page has the command."""
    page, answered = SlowPage(), asyncio.get_running_loop().create_future()
    queue = CommandQueue(page.carry, within=5.0)

    def claim() -> bool:
        if moment == "claimed":
            asyncio.get_running_loop().call_soon(queue.close)
        return True

    running = asyncio.create_task(queue.run())
    queue.submit(("post", 1), answered.set_result, claim)
    async with asyncio.timeout(patient(5)):
        if moment == "submitted":
            queue.close()
        elif moment == "called":
            await page.called.wait()
            queue.close()
        assert await answered is outcome
    running.cancel()
    assert bool(page.taken) is (moment == "called")
