"""A real host replaces its old pages and browsers while it works, and never while an end is pending."""

import time
from pathlib import Path

from tests.end_to_end.conftest import Configure
from tests.support import ends, host_socket
from tests.support.fault_harness import EventList, FaultHarness
from tests.support.processes import host_processes
from tests.support.programs import ENDS_WITHIN_S, Home, gone
from tests.support.upscope import upscope

COUNT = 6
OLD_S = 10
LOOKS_EVERY_S = 15
"""Seconds between the host's own looks (`recycler.LOOK_EVERY_S`)."""

RECYCLE = f'[browser.recycle]\nafter = "{OLD_S}s"\n[end]\nundo = "60s"\n'


def browsers(events: EventList) -> list[int]:
    return [event["browser"] for event in events if event["type"] == "browser.started"]


def test_browser_is_replaced_but_never_during_an_end(home: Home, log: Path, configure: Configure) -> None:
    with upscope(home, log, sessions=COUNT, scenario="normal") as service:
        links = {f"s{number}": url for number, url in enumerate(service.urls)}
        configure(links, more=RECYCLE, pages_of=3)
        harness = FaultHarness(home, log, service, COUNT)
        harness.start_host()
        try:
            before = harness.wait_until_ready()
            old = host_processes(harness.host.pid)
            ends.give_ends(home, ids=[before["s0"]["id"]], wait=False)
            waiting = home.look()["s0"]["instruction"]["id"]
            time.sleep(OLD_S + LOOKS_EVERY_S + 2)
            assert len(browsers(harness.events.so_far())) <= 1
            assert home.json("list")["host"]["browsers"][0]["number"] == 1
            taken = host_socket.post(home.socket, "/v1/cancel", {"instructions": [waiting]})
            assert [one["state"] for one in taken["results"]] == ["cancelled"]
            with harness.under_load(before):
                harness.events.until(lambda seen: 2 in browsers(seen), 2 * LOOKS_EVERY_S)
                home.until(
                    lambda now: harness.all_ready(now) and min(one["process"] for one in now.values()) > 2, 30
                )
            after = harness.wait_until_ready()
            assert {one["id"] for one in after.values()} == {one["id"] for one in before.values()}
            assert gone([old.driver, old.browser, *old.renderers], ENDS_WITHIN_S) == []
            hosting = {event["hosting"] for event in harness.events.so_far() if "hosting" in event}
            assert not hosting & {"lost", "blocked", "unresponsive"}
            ends.sound(home)
        finally:
            harness.stop_host()
