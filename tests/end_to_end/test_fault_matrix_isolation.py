"""A row of the fault matrix: a session that hangs every page it sits in is found, named and set apart."""

from pathlib import Path

from tests.end_to_end.conftest import Configure
from tests.support.fault_case import FaultCase, RecordProperty
from tests.support.fault_harness import FaultHarness, Sessions, links_by_label, reported_as
from tests.support.programs import Home
from tests.support.upscope import upscope

COUNT = 4
CULPRIT = "s01"


def test_session_loops_whatever_page_it_is_in(
    home: Home, log: Path, configure: Configure, record_property: RecordProperty
) -> None:
    with upscope(home, log, sessions=COUNT, scenario="normal,loop,normal,normal") as service:
        configure(links_by_label(service), pages_of=COUNT)
        harness = FaultHarness(home, log, service, COUNT)
        harness.start_host()
        try:
            case = FaultCase("session hangs every page it is in", record_property)
            case.detected(
                lambda left: harness.events.until(
                    lambda seen: len(reported_as(seen, 0, "lost")) == COUNT, left
                )
            )
            found = case.recovered(lambda left: home.until(is_apart, left))
            assert len({one["process"] for label, one in found.items() if label != CULPRIT}) == 2
        finally:
            harness.stop_host()


def is_apart(sessions: Sessions) -> bool:
    """The culprit alone is lost, for what it did by itself; the others live."""
    culprit = sessions[CULPRIT]
    others = {one["hosting"] for label, one in sessions.items() if label != CULPRIT}
    told = culprit["error"] or {"code": "", "text": ""}
    return (
        others == {"live"}
        and (culprit["hosting"], told["code"]) == ("lost", "page_hung")
        and "with no other session in it" in told["text"]
    )
