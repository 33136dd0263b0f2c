"""Rows of the fault matrix: the journal's disk is full, or gives back other bytes than were written."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Configure
from tests.support import ends
from tests.support.damage import Disk, flip, set_aside, small_disk
from tests.support.fault_case import FaultCase, RecordProperty, until
from tests.support.fault_harness import FaultHarness, Sessions, links_by_label
from tests.support.instruction_load import InstructionLoad
from tests.support.programs import Home
from tests.support.upscope import Upscope, upscope

COUNT = 4
HEADER = 20
"""In the first bytes of a database: SQLite takes it for none."""


@pytest.fixture(scope="module")
def service(home: Home, log: Path) -> Iterator[Upscope]:
    with upscope(home, log, sessions=COUNT, scenario="normal") as found:
        yield found


@pytest.fixture(scope="module")
def disk(home: Home) -> Iterator[Disk]:
    with small_disk(home.path / "disk") as found:
        yield found


@pytest.fixture
def journal(home: Home, disk: Disk) -> Iterator[Path]:
    assert disk
    path = home.path / "disk" / "journal.sqlite3"
    yield path
    for file in path.parent.glob("*journal.sqlite3*"):
        file.unlink()


@pytest.fixture
def harness(
    home: Home, log: Path, service: Upscope, configure: Configure, journal: Path
) -> Iterator[FaultHarness]:
    links = links_by_label(service)
    configure(links, more=f'[journal]\npath = "{journal}"\n')
    with FaultHarness(home, log, service, COUNT).running() as found:
        yield found


def refused(harness: FaultHarness, load: InstructionLoad, words: str, within: float) -> None:
    """Waits until an instruction was refused for the journal, and health says why."""
    before = len(load.answers)
    until(lambda: any(a.state == "refused" for a in load.answers[before:]), within)
    answer = next(a for a in load.answers[before:] if a.state == "refused")
    assert answer.text.startswith("journal: ")
    assert words in answer.text
    health = harness.health()
    assert health["status"] == "degraded"
    assert words in health["reason"]


def confirmed_again(load: InstructionLoad, within: float) -> None:
    """Waits until an instruction that is given from now on is confirmed."""
    now = time.time()
    until(lambda: any(one.state == "confirmed" and one.given > now for one in load.answers), within)


def gaps(harness: FaultHarness) -> list[str]:
    """What the journal says of the times when it could not be written."""
    return [e["text"] for e in ends.history(harness.home) if e["action"] == "journal.interrupted"]


def test_disk_full(harness: FaultHarness, disk: Disk, record_property: RecordProperty) -> None:
    with harness.under_load(harness.wait_until_ready()) as load:
        confirmed_again(load, 10)
        with disk.full(harness.host.pid):
            case = FaultCase("disk full", record_property)
            case.detected(lambda left: refused(harness, load, "can't be written: the disk", left))
            assert harness.home.run("color", "--to", "teal", "--all").returncode == 6
            harness.wait_until_ready(1)
        case.end_fault()
        case.recovered(lambda left: confirmed_again(load, left))
    (gap,) = gaps(harness)
    assert "the disk" in gap
    ends.sound(harness.home)


def test_damaged_while_stopped(harness: FaultHarness, journal: Path, record_property: RecordProperty) -> None:
    with harness.under_load(harness.wait_until_ready()) as load:
        confirmed_again(load, 10)
    harness.stop_host()
    flip(journal, HEADER)
    harness.start_host()
    sessions = harness.wait_until_ready()
    load = harness.start_load(sessions)
    case = FaultCase("journal damaged while stopped", record_property)
    case.detected(lambda left: refused(harness, load, "can't be written: it is not a database", left))
    set_aside(journal)
    case.end_fault()
    case.recovered(lambda left: confirmed_again(load, left))
    assert_told_as_answered(harness, load, sessions)


def test_rows_damaged_while_stopped_are_found_and_stop_nothing(harness: FaultHarness, journal: Path) -> None:
    with harness.under_load(harness.wait_until_ready()) as load:
        confirmed_again(load, 10)
    harness.stop_host()
    assert not journal.with_name(f"{journal.name}-wal").exists()
    flip_words(journal)
    harness.start_host()
    sessions = harness.wait_until_ready()
    load = harness.start_load(sessions)
    confirmed_again(load, 10)
    load.stop()
    done = harness.home.run("audit", "verify")
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert "was changed" in done.stdout


def flip_words(journal: Path) -> None:
    """Changes one letter of what a row says."""
    data = journal.read_bytes()
    flip(journal, data.index(b"host.started"), 1)


def test_damaged_while_running(harness: FaultHarness, journal: Path, record_property: RecordProperty) -> None:
    sessions = harness.wait_until_ready()
    load = harness.start_load(sessions)
    confirmed_again(load, 10)
    case = FaultCase("journal damaged while running", record_property)
    for file in (journal, journal.with_name(f"{journal.name}-wal")):
        flip(file, 0, file.stat().st_size)

    def noticed(within: float) -> bool:
        return until(
            lambda: (
                harness.health()["reason"] is not None or harness.home.run("audit", "verify").returncode == 1
            ),
            within,
        )

    case.detected(noticed)
    set_aside(journal)
    case.end_fault()
    case.recovered(lambda left: confirmed_again(load, left))
    assert harness.health()["reason"] is None
    assert_told_as_answered(harness, load, sessions)
    ends.sound(harness.home)


def assert_told_as_answered(harness: FaultHarness, load: InstructionLoad, sessions: Sessions) -> None:
    """The journal of before is aside: what the pages saw is held against the answers alone."""
    answers = load.stop()
    told = [(seen["link"], seen["message"].get("color")) for seen in harness.told()]
    for answer in answers:
        times = told.count((answer.link, answer.argument))
        assert times == {"confirmed": 1, "refused": 0, "failed": 0}.get(answer.state, times), answer
        assert times <= 1
    assert {session["link"] for session in sessions.values()} >= {link for link, _ in told}
