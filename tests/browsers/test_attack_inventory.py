"""Every way out of a frame that we know of, each tried by a page of its own beside a page that means no harm.

All of them live in one page of the host, the worst place: what one of them reached, it would have reached
here. A browser that answers otherwise than is written beside an attack fails the test by its name.
"""

from browser_host.bridge.host_page import ORIGIN
from browser_host.browsers.pool import Pool
from browser_host.browsers.reports import BrowserLost, SessionBlocked, SessionLeft, SessionsLost
from tests.browsers.attacks import ATTACKS, TRIES
from tests.browsers.conftest import Opened
from tests.browsers.stage import BESIDE, Record, Stage

CANARY = "token=canary-77aa"


async def test_no_way_out_of_a_frame_leads_anywhere(open_pool: Opened, stage: Stage, record: Record) -> None:
    stage.scripts["beside"] = BESIDE
    stage.scripts |= {name: f"{TRIES}\n{script};" for name, (script, _) in ATTACKS.items()}
    pool = await open_pool(sessions_per_page=len(ATTACKS) + 1)
    pool.open("beside", stage.link("beside", CANARY))
    await record.until(lambda: record.said("beside"))
    for name in ATTACKS:
        pool.open(name, stage.link(name))

    def untold() -> set[str]:
        return {name for name in ATTACKS if not record.said(name)}

    try:
        await record.until(lambda: not untold(), within=30)
    except AssertionError:
        raise AssertionError(f"nothing came of {sorted(untold())}") from None
    heard = len(record.said("beside"))
    await record.until(lambda: len(record.said("beside")) > heard + 10)
    came = {name: {one.get("came") for one in record.said(name)} for name in ATTACKS}
    wrong = {name: words for name, words in came.items() if not words <= ATTACKS[name][1]}
    assert not wrong
    # Nobody spoke for anybody else, and who means no harm is one document that heard nothing all the time.
    assert all(one["me"] == name for name in ATTACKS for one in record.said(name))
    assert record.said("beside") == [{"n": n} for n in range(len(record.said("beside")))]
    assert CANARY not in str(came)
    await assert_nothing_left_the_page(pool, stage, record)


async def assert_nothing_left_the_page(pool: Pool, stage: Stage, record: Record) -> None:
    assert "evil" not in stage.asked
    assert (
        not record.of(SessionBlocked)
        + record.of(SessionLeft)
        + record.of(SessionsLost)
        + record.of(BrowserLost)
    )
    (shelf,) = pool._books.shelves.values()
    found = await shelf.engine.targets.call("Target.getTargets")
    pages = [one for one in found["targetInfos"] if one["type"] == "page"]
    assert [one["url"] for one in pages if one["url"] != "about:blank"] == [f"{ORIGIN}/"]
