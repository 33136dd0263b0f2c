"""Every way out of a frame that we know of, each tried by a page of its own beside a page that means no harm.

All of them live in one process, the worst place: what one of them reached, it would have reached here. A
browser that answers otherwise than is written beside an attack fails the test by its name.
"""

import pytest

from browser_host.bridge.events import BrowserLost, PageReplaced, SessionBlocked, SessionsLost
from browser_host.bridge.host_document import GROUP_ORIGIN, site
from browser_host.browsers.pool import Pool
from browser_host.browsers.settings import HeartbeatSettings
from tests.browsers.attacks import ATTACKS, TRIES
from tests.browsers.conftest import Opened
from tests.browsers.stage import BESIDE, Record, Stage

CANARY = "token=canary-77aa"


@pytest.mark.timeout(300)
async def test_no_way_out_of_a_frame_leads_anywhere(open_pool: Opened, stage: Stage, record: Record) -> None:
    stage.scripts["beside"] = BESIDE
    stage.scripts |= {name: f"{TRIES}\n{script};" for name, (script, _) in ATTACKS.items()}
    # Eighty pages that load at once are no loop to be broken, and each may take its time: a script that is
    # stopped, or whose page is closed, tells nothing.
    pool = await open_pool(
        sessions_per_process=len(ATTACKS) + 1, load_within=200.0, heartbeat=HeartbeatSettings(every=600.0)
    )
    pool.open("beside", stage.link("beside", CANARY))
    await record.until(lambda: record.said("beside"))
    for name in ATTACKS:
        pool.open(name, stage.link(name))

    def untold() -> set[str]:
        return {name for name in ATTACKS if not record.said(name)}

    try:
        await record.until(lambda: not untold(), within=30)
    except AssertionError:
        left = [one for one in record.reports if getattr(one, "session_id", None) in untold()]
        raise AssertionError(f"nothing came of {sorted(untold())}: {left}") from None
    heard = len(record.said("beside"))
    await record.until(lambda: len(record.said("beside")) > heard + 10)
    # A handshake that a page makes up is a message of its own like any other.
    assert {name for name in ATTACKS if None in record.said(name)} == {"own-handshake"}
    told = {name: [one for one in record.said(name) if one is not None] for name in ATTACKS}
    came = {name: {one.get("came") for one in told[name]} for name in ATTACKS}
    wrong = {name: words for name, words in came.items() if not words <= ATTACKS[name][1]}
    assert not wrong
    # Nobody spoke for anybody else, and who means no harm is one document that heard nothing all the time.
    assert all(one["me"] == name for name, words in told.items() for one in words)
    # Its numbers never start again; what nobody understands may be dropped while eighty pages talk.
    numbers = [one["n"] for one in record.said("beside")]
    assert numbers == sorted(set(numbers))
    assert CANARY not in str(came)
    await assert_nothing_left_the_page(pool, stage, record)


async def assert_nothing_left_the_page(pool: Pool, stage: Stage, record: Record) -> None:
    assert "evil" not in stage.asked
    assert (
        not record.of(SessionBlocked)
        + record.of(PageReplaced)
        + record.of(SessionsLost)
        + record.of(BrowserLost)
    )
    (entry,) = pool._registry.browsers.values()
    found = await entry.browser.targets.call("Target.getTargets")
    pages = {one["url"] for one in found["targetInfos"] if one["type"] == "page"} - {"about:blank"}
    assert pages == {f"{GROUP_ORIGIN}/", *(f"{site(n)}/" for n in range(1, len(ATTACKS) + 2))}
