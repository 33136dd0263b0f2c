"""A row of the fault matrix: half of the pages refuse to be shown, and the others go on beside them."""

from pathlib import Path

from tests.end_to_end.conftest import Configure
from tests.support.fault_case import Case, Record, until
from tests.support.fault_stage import Session, Stage, is_ready, labelled
from tests.support.programs import Home
from tests.support.upscope import upscope

COUNT = 12
HALF = COUNT // 2
SCENARIO = "normal,framing-denied,normal,http-500"
WHY = {"framing_blocked", "http_status"}


def test_half_of_the_pages_refuse(
    home: Home, log: Path, configure: Configure, record_property: Record
) -> None:
    with upscope(home, log, sessions=COUNT, scenario=SCENARIO) as service:
        configure(labelled(service), pages_of=4)
        stage = Stage(home, log, service, COUNT)
        case = Case("half of the pages refuse", record_property)
        stage.start_host()
        try:
            now = case.said(
                lambda left: home.until(lambda now: sum(map(is_blocked, now.values())) == HALF, left)
            )
            assert {session["error"]["code"] for session in now.values() if session["error"]} == WHY
            now = case.back(
                lambda left: home.until(lambda now: sum(map(is_ready, now.values())) == HALF, left)
            )
            refusing = {session["link"] for session in now.values() if is_blocked(session)}
            with stage.instructed(now) as giver:
                until(lambda: len(giver.answers) >= 2 * COUNT, 15)
            states = {(answer.link in refusing, answer.state) for answer in giver.answers}
            assert states == {(True, "failed"), (False, "confirmed")}
        finally:
            stage.stop_host()


def is_blocked(session: Session) -> bool:
    return session["hosting"] == "blocked" and session["page"] is None
