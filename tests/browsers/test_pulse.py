"""A page of suspects is given up at its first loop; the page that all share has one forgiven."""

from browser_host.browsers.hosting import SHARED, Placing
from browser_host.browsers.reports import SessionsLost, SessionsResponsive
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


async def test_a_groups_page_takes_others_once_it_has_answered_for_long_enough(
    open_pool: Opened, stage: Stage, record: Record
) -> None:
    pool = await open_pool()
    pool.open("suspect", stage.link("echo"), Placing(1, opens_after=0.5))
    await record.until(lambda: record.said("suspect"))
    (page,) = next(iter(pool._books.shelves.values())).pages.values()
    assert page.placing == Placing(1, opens_after=0.5)
    pool.open("early", stage.link("echo"))
    await record.until(lambda: record.said("early"))
    assert "early" not in page.sessions
    pool.release("early")
    await talking_until(pool, record, "suspect", lambda: page.placing == SHARED)
    for number in range(12):
        pool.open(f"later{number}", stage.link("echo"))
    await record.until(lambda: record.said("later11"))
    assert len(page.sessions) > 1
