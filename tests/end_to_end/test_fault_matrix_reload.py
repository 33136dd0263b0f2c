"""A row of the fault matrix: the configuration is turned to nonsense under a running host."""

import json
import signal
from pathlib import Path

from tests.end_to_end.conftest import Configure
from tests.support.fault_case import FaultCase, RecordProperty, until
from tests.support.fault_harness import FaultHarness, links_by_label, reported_as
from tests.support.programs import Home
from tests.support.upscope import upscope

COUNT = 4
NONSENSE = "[browser\nsessions_per_process = -1\n[end]\nundo = 'never'\nwatch_url = \"https://secret.example/w/abc\"\n"


def test_configuration_turned_to_nonsense(
    home: Home, log: Path, configure: Configure, record_property: RecordProperty
) -> None:
    with upscope(home, log, sessions=COUNT, scenario="normal") as service:
        configure(links_by_label(service))
        harness = FaultHarness(home, log, service, COUNT)
        harness.start_host()
        try:
            befall(harness, FaultCase("configuration invalid on reload", record_property))
        finally:
            harness.stop_host()


def befall(harness: FaultHarness, case: FaultCase) -> None:
    before = harness.wait_until_ready()
    seq = harness.newest_seq()
    good = harness.home.config.read_text()
    with harness.under_load(before) as load:
        harness.home.config.write_text(NONSENSE)
        case.start()
        harness.host.process.send_signal(signal.SIGHUP)
        reason = case.detected(lambda left: until(lambda: harness.health()["reason"] or "", left))
        assert "configuration was refused" in reason
        until(lambda: len(load.answers) > COUNT, 10)
        assert harness.wait_until_ready(1).keys() == before.keys()
        refused = [line for line in logged(harness.home) if line["event"] == "config.refused"]
        assert len(refused) == 1
        assert "secret.example/w/abc" not in reason + json.dumps(refused)
        harness.home.config.write_text(good)
        case.end_fault()
        harness.host.process.send_signal(signal.SIGHUP)
        case.recovered(lambda left: until(lambda: harness.health()["status"] == "ok", left))
    assert reported_as(harness.events.so_far(), seq, "lost") == {}


def logged(home: Home) -> list[dict[str, object]]:
    """The host's log."""
    lines = (home.path / "state" / "watchdeck" / "host.log").read_text().splitlines()
    return [json.loads(line) for line in lines]
