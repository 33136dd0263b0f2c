import asyncio
from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from browser_host.bridge.cdp import CdpError
from browser_host.bridge.command_queue import MAX_WAITING, Command, CommandOutcome, CommandQueue
from tests.support.patience import patient


class Page:
    """Answers commands as it is told to: at once, never, or by failing."""

    def __init__(self, *moods: str) -> None:
        self.moods = list(moods)
        self.calls: list[list[Command]] = []
        self.called = asyncio.Event()

    async def carry(self, commands: Sequence[Command]) -> Sequence[object]:
        self.calls.append(list(commands))
        self.called.set()
        match self.moods.pop(0) if self.moods else "answers":
            case "hangs":
                await asyncio.Event().wait()
            case "is gone":
                raise CdpError("Target closed")
        return [command[0] == "post" or "NotFound" for command in commands]


async def test_what_is_given_in_one_tick_goes_in_one_call_and_in_order() -> None:
    page = Page()
    commands = CommandQueue(page.carry, within=1.0)
    done: list[tuple[int, CommandOutcome]] = []
    answered = asyncio.Event()

    def note(number: int, outcome: CommandOutcome) -> None:
        done.append((number, outcome))
        if len(done) == 60:
            answered.set()

    for number in range(60):
        commands.submit(("post", number), lambda outcome, n=number: note(n, outcome))  # type: ignore[misc]
    running = asyncio.create_task(commands.run())
    async with asyncio.timeout(patient(5)):
        await answered.wait()
    assert len(page.calls) == 1
    assert done == [(number, CommandOutcome.DONE) for number in range(60)]
    running.cancel()


async def test_what_the_page_cannot_do_is_refused() -> None:
    outcome = await one_outcome(Page(), ("gone", 1))
    assert outcome is CommandOutcome.REFUSED


@pytest.mark.parametrize("mood", ["hangs", "is gone"])
async def test_what_was_handed_over_without_an_answer_is_uncertain(mood: str) -> None:
    assert await one_outcome(Page(mood), ("post", 1)) is CommandOutcome.UNCERTAIN


async def one_outcome(page: Page, command: Command) -> CommandOutcome:
    commands = CommandQueue(page.carry, within=1.0)
    outcome: asyncio.Future[CommandOutcome] = asyncio.get_running_loop().create_future()
    running = asyncio.create_task(commands.run())
    commands.submit(command, outcome.set_result)
    async with asyncio.timeout(patient(5)):
        found = await outcome
    running.cancel()
    return found


async def test_what_waits_behind_a_page_that_hangs_was_never_posted() -> None:
    page = Page("hangs")
    commands = CommandQueue(page.carry, within=1.0)
    outcomes: dict[str, CommandOutcome] = {}
    both = asyncio.Event()

    def note(name: str, outcome: CommandOutcome) -> None:
        outcomes[name] = outcome
        if len(outcomes) == 2:
            both.set()

    running = asyncio.create_task(commands.run())
    commands.submit(("post", 1), lambda outcome: note("first", outcome))
    await page.called.wait()
    commands.submit(("post", 2), lambda outcome: note("second", outcome))
    commands.close()
    async with asyncio.timeout(patient(5)):
        await both.wait()
    assert outcomes == {"first": CommandOutcome.UNCERTAIN, "second": CommandOutcome.NEVER}
    running.cancel()


async def test_the_queue_has_a_bound() -> None:
    commands = CommandQueue(Page().carry, within=1.0)
    outcomes: list[CommandOutcome] = []
    for number in range(MAX_WAITING + 3):
        commands.submit(("post", number), outcomes.append)
    assert outcomes == [CommandOutcome.NEVER] * 3


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.sampled_from(["submit", "wait", "close"]), max_size=40),
    st.lists(st.sampled_from(["answers", "hangs", "is gone"]), max_size=10),
)
def test_every_command_is_answered_exactly_once(steps: list[str], moods: list[str]) -> None:
    async def play() -> None:
        page = Page(*moods)
        commands = CommandQueue(page.carry, within=0.01)
        answered: Counter[int] = Counter()
        given_ = 0
        running = asyncio.create_task(commands.run())

        def note(number: int) -> None:
            answered.update([number])
            page.called.set()

        for step in steps:
            match step:
                case "submit":
                    number, given_ = given_, given_ + 1
                    page.called.clear()
                    commands.submit(("post", number), lambda _, n=number: note(n))  # type: ignore[misc]
                case "wait" if given_:  # until the newest was handed over, or answered
                    await page.called.wait()
                case "close":
                    commands.close()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        commands.close()
        assert answered == dict.fromkeys(range(given_), 1)

    asyncio.run(play())


async def test_a_silent_page_keeps_no_other_command_waiting() -> None:
    page = Page("hangs", "answers")
    commands = CommandQueue(page.carry, within=1.0)
    second: asyncio.Future[CommandOutcome] = asyncio.get_running_loop().create_future()
    first: list[CommandOutcome] = []
    running = asyncio.create_task(commands.run())
    commands.submit(("post", 1), first.append)
    await page.called.wait()
    commands.submit(("post", 2), second.set_result)
    async with asyncio.timeout(patient(5)):
        assert await second is CommandOutcome.DONE
    assert not first
    commands.close()
    assert first == [CommandOutcome.UNCERTAIN]
    running.cancel()


async def test_late_answer_makes_only_its_command_uncertain() -> None:
    # The hub answers null for it and true for the others of the same call.
    async def carry(commands: Sequence[Command]) -> Sequence[object]:
        return [None if command[1] == 1 else True for command in commands]

    commands = CommandQueue(carry, within=1.0)
    outcomes: dict[int, CommandOutcome] = {}
    done = asyncio.Event()

    def note(number: int, outcome: CommandOutcome) -> None:
        outcomes[number] = outcome
        if len(outcomes) == 2:
            done.set()

    commands.submit(("post", 1), lambda outcome: note(1, outcome))
    commands.submit(("post", 2), lambda outcome: note(2, outcome))
    running = asyncio.create_task(commands.run())
    async with asyncio.timeout(patient(5)):
        await done.wait()
    assert outcomes == {1: CommandOutcome.UNCERTAIN, 2: CommandOutcome.DONE}
    running.cancel()
