"""A row of the fault matrix: half of the pages refuse to be shown, and the others go on beside them."""

from pathlib import Path

from tests.end_to_end.conftest import Configure
from tests.support.fault_case import FaultCase, RecordProperty, until
from tests.support.fault_harness import FaultHarness, Session, is_ready, links_by_label
from tests.support.programs import Home
from tests.support.upscope import upscope

COUNT = 12
HALF = COUNT // 2
SCENARIO = "normal,framing-denied,normal,http-500"
WHY = {"framing_blocked", "http_status"}


def test_half_of_the_pages_refuse(
    home: Home, log: Path, configure: Configure, record_property: RecordProperty
) -> None:
    with upscope(home, log, sessions=COUNT, scenario=SCENARIO) as service:
        configure(links_by_label(service), pages_of=4)
        harness = FaultHarness(home, log, service, COUNT)
        case = FaultCase("half of the pages fail to load", record_property)
        harness.start_host()
        try:
            now = case.detected(
                lambda left: home.until(lambda now: sum(map(is_blocked, now.values())) == HALF, left)
            )
            assert {session["error"]["code"] for session in now.values() if session["error"]} == WHY
            now = case.recovered(
                lambda left: home.until(lambda now: sum(map(is_ready, now.values())) == HALF, left)
            )
            refusing = {session["link"] for session in now.values() if is_blocked(session)}
            with harness.under_load(now) as load:
                until(lambda: len(load.answers) >= 2 * COUNT, 15)
            states = {(answer.link in refusing, answer.state) for answer in load.answers}
            assert states == {(True, "failed"), (False, "confirmed")}
        finally:
            harness.stop_host()


def is_blocked(session: Session) -> bool:
    return session["hosting"] == "blocked" and session["process"] is None
