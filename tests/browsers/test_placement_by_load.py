"""A group at work is known by the browser's own account, and gets nobody where another is at rest."""

import pytest

from browser_host.bridge.events import SessionOpened
from browser_host.browsers.group import heartbeat
from browser_host.browsers.placement import HEAD
from tests.browsers.conftest import Opened
from tests.browsers.stage import Record, Stage

WORK = """
setInterval(() => {
  const until = performance.now() + 30;
  while (performance.now() < until);
  parent.postMessage({type: "customMessage", message: "at work"}, "*");
}, 100);
"""


async def test_a_new_session_goes_to_the_group_that_has_less_to_do(
    open_pool: Opened, stage: Stage, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heartbeat, "_LOOK_EVERY_S", 0.5)
    stage.scripts["work"] = WORK
    pool = await open_pool(sessions_per_process=2)
    sessions = {"worker": "work", "a": "echo", "b": "echo", "c": "echo"}
    for session, script in sessions.items():
        pool.open(session, stage.link(script))
    await record.until(lambda: len(record.of(SessionOpened)) == len(sessions))
    groups = {report.session_id: report.group for report in record.of(SessionOpened)}
    beside = next(one for one in "abc" if groups[one] == groups["worker"])
    leaves, stays = (one for one in "abc" if one != beside)
    assert groups["worker"] < groups[stays]  # among equals the lower number would be taken
    pool.release(beside)
    pool.release(leaves)
    (entry,) = pool._registry.browsers.values()
    quiet, at_work = entry.groups[groups[stays]], entry.groups[groups["worker"]]
    # Not `busiest` alone: pages that have just loaded have kept the other one's process busy too.
    await record.until(lambda: at_work.busy > 10 * HEAD > 5 * HEAD > quiet.busy)
    assert pool.describe()[0].busiest == round(at_work.busy, 3)
    pool.open("new", stage.link("echo"))
    await record.until(lambda: record.of(SessionOpened)[-1].session_id == "new")
    assert record.of(SessionOpened)[-1].group == groups[stays]
