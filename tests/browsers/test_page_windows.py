"""What pages say while nobody is in a hurry is read together, and at once when somebody is."""

import pytest

from browser_host.bridge import batches
from browser_host.bridge.batches import Batch
from tests.browsers.conftest import Opened
from tests.browsers.stage import BESIDE, Record, Stage

AN_HOUR_S = 3_600.0

THREE_IN_TURN = """
let n = 0;
const turn = setInterval(() => {
  parent.postMessage({type: "sessionStatusUpdate", sessionStatus: "active", n}, "*");
  n += 1;
  if (n === 3) { clearInterval(turn); fetch("/said"); }
}, 50);
"""


async def test_messages_of_a_window_are_one_batch(
    open_pool: Opened, stage: Stage, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Batch] = []

    def counted(payload: str, read_batch: object = batches.read) -> Batch:
        assert callable(read_batch)
        read.append(read_batch(payload))
        return read[-1]

    monkeypatch.setattr(batches, "read", counted)
    stage.scripts["beside"] = BESIDE
    pool = await open_pool()
    pool.collect_for(0.2)
    sessions = [f"s{number}" for number in range(6)]
    for session in sessions:
        pool.open(session, stage.link("beside"))
    await record.until(lambda: all(len(record.said(session)) > 10 for session in sessions))
    del read[:]
    await record.until(lambda: sum(len(batch.messages) for batch in read) > 100)
    # Each says ten a second: twelve in a window, and nearly as many batches as messages without it.
    assert len(read) < sum(len(batch.messages) for batch in read) / 3


async def test_shorter_window_sends_what_waits(open_pool: Opened, stage: Stage, record: Record) -> None:
    stage.scripts |= {"three": THREE_IN_TURN, "beside": BESIDE}
    pool = await open_pool(sessions_per_process=1)
    pool.collect_for(AN_HOUR_S)
    pool.open("s", stage.link("three"))
    pool.open("beside", stage.link("beside"))  # says so much that it is heard
    await record.until(lambda: "said" in stage.asked and bool(record.said("s")))
    assert len(record.said("s")) < 3
    pool.collect_for(0.0)
    await record.until(lambda: len(record.said("s")) == 3)


async def test_page_that_may_say_no_more_is_read_at_once(
    open_pool: Opened, stage: Stage, record: Record
) -> None:
    stage.scripts["beside"] = BESIDE
    pool = await open_pool()
    pool.collect_for(AN_HOUR_S)
    pool.open("s", stage.link("beside"))
    await record.until(lambda: len(record.said("s")) > 20)
    assert [message["n"] for message in record.said("s")] == list(range(len(record.said("s"))))
