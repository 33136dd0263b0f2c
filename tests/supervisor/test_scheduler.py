import asyncio

from browser_host.supervisor.scheduler import Scheduler


async def test_acts_in_the_order_of_their_times_not_of_their_noting() -> None:
    loop = asyncio.get_running_loop()
    scheduler = Scheduler(loop)
    done = asyncio.Event()
    acted: list[str] = []
    scheduler.after(0.03, lambda: acted.append("third"))
    scheduler.after(0.04, done.set)
    scheduler.after(0.01, lambda: acted.append("first"))
    scheduler.after(0.02, lambda: acted.append("second"))
    await asyncio.wait_for(done.wait(), 5)
    assert acted == ["first", "second", "third"]


async def test_never_acts_before_its_time() -> None:
    loop = asyncio.get_running_loop()
    scheduler = Scheduler(loop)
    done: asyncio.Future[float] = loop.create_future()
    due = loop.time() + 0.02
    scheduler.at(due, lambda: done.set_result(loop.time()))
    assert await asyncio.wait_for(done, 5) >= due


async def test_an_act_may_note_the_next() -> None:
    scheduler = Scheduler(asyncio.get_running_loop())
    done = asyncio.Event()
    scheduler.after(0, lambda: scheduler.after(0, done.set))
    await asyncio.wait_for(done.wait(), 5)


async def test_a_failing_act_stops_no_other() -> None:
    loop = asyncio.get_running_loop()
    told: list[dict[str, object]] = []
    loop.set_exception_handler(lambda _, context: told.append(context))
    scheduler = Scheduler(loop)
    done = asyncio.Event()

    def fail() -> None:
        raise ValueError("a fault of ours")

    scheduler.after(0, fail)
    scheduler.after(0, done.set)
    await asyncio.wait_for(done.wait(), 5)
    assert [type(context["exception"]) for context in told] == [ValueError]


async def test_nothing_is_done_after_closing() -> None:
    loop = asyncio.get_running_loop()
    scheduler = Scheduler(loop)
    acted: list[int] = []
    scheduler.after(0.01, lambda: acted.append(1))
    scheduler.close()
    scheduler.after(0, lambda: acted.append(2))
    later = asyncio.Event()
    loop.call_later(0.03, later.set)
    await later.wait()
    assert acted == []
