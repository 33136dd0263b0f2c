"""A page of suspects is given up at its first loop; the page that all share has one forgiven."""

from browser_host.bridge.events import SessionsLost, SessionsResponsive
from browser_host.browsers.interface import SHARED, Placing
from tests.browsers.conftest import Opened
from tests.browsers.stage import Record, Stage, talking_until
from tests.browsers.test_page_faults import LOOPS


async def test_a_suspect_that_loops_once_is_given_up(open_pool: Opened, stage: Stage, record: Record) -> None:
    stage.scripts["loops"] = LOOPS
    pool = await open_pool()
    pool.open("suspect", stage.link("loops"), Placing(1))
    await record.until(lambda: record.said("suspect"))
    pool.post("suspect", 1, {"ms": 60_000})
    lost = await record.first(SessionsLost)
    assert (lost.session_ids, lost.fault.text) == (("suspect",), "a script in the page looped")
    assert not record.of(SessionsResponsive)


async def test_suspects_group_takes_nobody_until_it_answered(
    open_pool: Opened, stage: Stage, record: Record
) -> None:
    pool = await open_pool()
    pool.open("suspect", stage.link("echo"), Placing(1, opens_after=3600.0))
    await record.until(lambda: record.said("suspect"))
    group = pool._registry.assigned["suspect"]
    pool.open("other", stage.link("echo"))
    await record.until(lambda: record.said("other"))
    assert group.placing == Placing(1, opens_after=3600.0)
    assert "other" not in group.sessions


async def test_group_takes_sessions_after_answering_long_enough(
    open_pool: Opened, stage: Stage, record: Record
) -> None:
    pool = await open_pool()
    pool.open("suspect", stage.link("echo"), Placing(1, opens_after=0.5))
    await record.until(lambda: record.said("suspect"))
    group = pool._registry.assigned["suspect"]
    await talking_until(pool, record, "suspect", lambda: group.placing == SHARED)
    for number in range(12):
        pool.open(f"later{number}", stage.link("echo"))
    await record.until(lambda: record.said("later11"))
    assert len(group.sessions) > 1
