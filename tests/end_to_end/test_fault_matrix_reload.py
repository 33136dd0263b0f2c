"""A row of the fault matrix: the configuration is turned to nonsense under a running host."""

import json
import signal
from pathlib import Path

from tests.end_to_end.conftest import Configure
from tests.support.fault_case import Case, Record, until
from tests.support.fault_stage import Stage, hosted, labelled
from tests.support.programs import Home
from tests.support.upscope import upscope

COUNT = 4
NONSENSE = (
    "[browser\nsessions_per_page = -1\n[end]\nundo = 'never'\nwatch_url = \"https://secret.example/w/abc\"\n"
)


def test_configuration_turned_to_nonsense(
    home: Home, log: Path, configure: Configure, record_property: Record
) -> None:
    with upscope(home, log, sessions=COUNT, scenario="normal") as service:
        configure(labelled(service))
        stage = Stage(home, log, service, COUNT)
        stage.start_host()
        try:
            befall(stage, Case("configuration turned to nonsense", record_property))
        finally:
            stage.stop_host()


def befall(stage: Stage, case: Case) -> None:
    before = stage.rested()
    seq = stage.newest()
    good = stage.home.config.read_text()
    with stage.instructed(before) as giver:
        stage.home.config.write_text(NONSENSE)
        case.strikes()
        stage.host.process.send_signal(signal.SIGHUP)
        reason = case.said(lambda left: until(lambda: stage.health()["reason"] or "", left))
        assert "configuration was refused" in reason
        until(lambda: len(giver.answers) > COUNT, 10)
        assert stage.rested(1).keys() == before.keys()
        refused = [line for line in logged(stage.home) if line["event"] == "config.refused"]
        assert len(refused) == 1
        assert "secret.example/w/abc" not in reason + json.dumps(refused)
        stage.home.config.write_text(good)
        case.is_over()
        stage.host.process.send_signal(signal.SIGHUP)
        case.back(lambda left: until(lambda: stage.health()["status"] == "ok", left))
    assert hosted(stage.events.so_far(), seq, "lost") == {}


def logged(home: Home) -> list[dict[str, object]]:
    """The host's log."""
    lines = (home.path / "state" / "watchdeck" / "host.log").read_text().splitlines()
    return [json.loads(line) for line in lines]
