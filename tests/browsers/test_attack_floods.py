"""A watch page that floods the browser itself, past the bridge: the other pages must stay."""

import pytest

from browser_host.bridge.events import BrowserLost, LossCause, SessionsLost
from browser_host.browsers.settings import HeartbeatSettings
from tests.browsers.conftest import Opened
from tests.browsers.stage import Record, Stage
from tests.support.patience import patient

pytestmark = pytest.mark.timeout(900)
"""A wait of 90 s may last eight times as long on a busy machine."""

# Each takes a way into the one pipe that all pages of a browser share with the host.
FLOODS = {
    "console": "setInterval(() => { for (let i = 0; i < 2000; i += 1) console.log('x', i); }, 10);",
    "errors": """setInterval(() => {
      for (let i = 0; i < 300; i += 1) setTimeout(() => { throw new Error("x".repeat(10000)); }, 0);
    }, 20);""",
    "history": """let n = 0;
    setInterval(() => {
      for (let i = 0; i < 200; i += 1) history.replaceState(null, "", "#" + n++);
    }, 10);""",
}
TICK = "setInterval(() => parent.postMessage({type: 'customMessage', message: 0}, '*'), 200);"


@pytest.mark.parametrize("flood", list(FLOODS))
async def test_no_page_takes_the_browser_from_the_others(
    open_pool: Opened, stage: Stage, record: Record, flood: str
) -> None:
    stage.scripts |= {"attack": TICK + FLOODS[flood], "beside": TICK}
    pool = await open_pool(sessions_per_process=1, heartbeat=HeartbeatSettings())
    beside = ("a", "b", "c")
    for session in beside:
        pool.open(session, stage.link("beside"))
    await record.until(lambda: all(record.said(session) for session in beside))
    pool.open("attacker", stage.link("attack"))
    await record.until(lambda: record.said("attacker"))
    heard = {session: len(record.said(session)) for session in beside}
    # Sixteen seconds of ticks: a browser that does not answer for seven is given up.
    await record.until(
        lambda: (
            all(len(record.said(session)) > heard[session] + 80 for session in beside)
            or record.of(BrowserLost)
        ),
        within=60,
    )
    assert not record.of(BrowserLost)
    lost = {session for report in record.of(SessionsLost) for session in report.session_ids}
    assert lost <= {"attacker"}


async def test_a_flood_takes_no_quiet_session_of_another_process(
    open_pool: Opened, stage: Stage, record: Record
) -> None:
    stage.scripts |= {"attack": TICK + FLOODS["errors"], "quiet": "parent.postMessage(0, '*');"}
    # A machine with other work gives a quiet page's answers as much longer as the waits of this test.
    heartbeat = HeartbeatSettings(within=patient(3.0), hung_after=patient(6.0))
    pool = await open_pool(sessions_per_process=1, heartbeat=heartbeat)
    # Two pages: too few for the count of late ones to tell that it is the machine.
    pool.open("quiet", stage.link("quiet"))
    await record.until(lambda: record.said("quiet"))
    pool.open("attacker", stage.link("attack"))
    await record.until(lambda: record.of(SessionsLost) or len(record.said("attacker")) > 150, within=90)
    assert all(lost.session_ids == ("attacker",) for lost in record.of(SessionsLost))
    assert all(lost.cause is LossCause.FLOOD for lost in record.of(SessionsLost))
