"""Rows of the fault matrix: the journal's disk is full, or gives back other bytes than were written."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Configure
from tests.support import ends
from tests.support.damage import Disk, flip, set_aside, small_disk
from tests.support.fault_case import Case, Record, until
from tests.support.fault_stage import Sessions, Stage, labelled
from tests.support.giving import Giver
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
def stage(home: Home, log: Path, service: Upscope, configure: Configure, journal: Path) -> Iterator[Stage]:
    links = labelled(service)
    configure(links, more=f'[journal]\npath = "{journal}"\n')
    with Stage(home, log, service, COUNT).hosted() as found:
        yield found


def refused(stage: Stage, giver: Giver, words: str, within: float) -> None:
    """Waits until an instruction was refused for the journal, and health says why."""
    before = len(giver.answers)
    until(lambda: any(a.state == "refused" for a in giver.answers[before:]), within)
    answer = next(a for a in giver.answers[before:] if a.state == "refused")
    assert answer.text.startswith("journal: ")
    assert words in answer.text
    health = stage.health()
    assert health["status"] == "degraded"
    assert words in health["reason"]


def confirmed_again(giver: Giver, within: float) -> None:
    """Waits until an instruction that is given from now on is confirmed."""
    now = time.time()
    until(lambda: any(one.state == "confirmed" and one.given > now for one in giver.answers), within)


def gaps(stage: Stage) -> list[str]:
    """What the journal says of the times when it could not be written."""
    return [e["text"] for e in ends.history(stage.home) if e["action"] == "journal.interrupted"]


def test_disk_full(stage: Stage, disk: Disk, record_property: Record) -> None:
    with stage.instructed(stage.rested()) as giver:
        confirmed_again(giver, 10)
        with disk.full(stage.host.pid):
            case = Case("disk full", record_property)
            case.said(lambda left: refused(stage, giver, "can't be written: the disk", left))
            assert stage.home.run("color", "--to", "teal", "--all").returncode == 6
            stage.rested(1)
        case.is_over()
        case.back(lambda left: confirmed_again(giver, left))
    (gap,) = gaps(stage)
    assert "the disk" in gap
    ends.sound(stage.home)


def test_damaged_while_stopped(stage: Stage, journal: Path, record_property: Record) -> None:
    with stage.instructed(stage.rested()) as giver:
        confirmed_again(giver, 10)
    stage.stop_host()
    flip(journal, HEADER)
    stage.start_host()
    sessions = stage.rested()
    giver = stage.giver(sessions)
    case = Case("journal damaged while stopped", record_property)
    case.said(lambda left: refused(stage, giver, "can't be written: it is not a database", left))
    set_aside(journal)
    case.is_over()
    case.back(lambda left: confirmed_again(giver, left))
    assert_told_as_answered(stage, giver, sessions)


def test_rows_damaged_while_stopped_are_found_and_stop_nothing(stage: Stage, journal: Path) -> None:
    with stage.instructed(stage.rested()) as giver:
        confirmed_again(giver, 10)
    stage.stop_host()
    assert not journal.with_name(f"{journal.name}-wal").exists()
    flip_words(journal)
    stage.start_host()
    sessions = stage.rested()
    giver = stage.giver(sessions)
    confirmed_again(giver, 10)
    giver.stop()
    done = stage.home.run("audit", "verify")
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert "was changed" in done.stdout


def flip_words(journal: Path) -> None:
    """Changes one letter of what a row says."""
    data = journal.read_bytes()
    flip(journal, data.index(b"host.started"), 1)


def test_damaged_while_running(stage: Stage, journal: Path, record_property: Record) -> None:
    sessions = stage.rested()
    giver = stage.giver(sessions)
    confirmed_again(giver, 10)
    case = Case("journal damaged while running", record_property)
    for file in (journal, journal.with_name(f"{journal.name}-wal")):
        flip(file, 0, file.stat().st_size)

    def noticed(within: float) -> bool:
        return until(
            lambda: stage.health()["reason"] is not None or stage.home.run("audit", "verify").returncode == 1,
            within,
        )

    case.said(noticed)
    set_aside(journal)
    case.is_over()
    case.back(lambda left: confirmed_again(giver, left))
    assert stage.health()["reason"] is None
    assert_told_as_answered(stage, giver, sessions)
    ends.sound(stage.home)


def assert_told_as_answered(stage: Stage, giver: Giver, sessions: Sessions) -> None:
    """The journal of before is aside: what the pages saw is held against the answers alone."""
    answers = giver.stop()
    told = [(seen["link"], seen["message"].get("color")) for seen in stage.told()]
    for answer in answers:
        times = told.count((answer.link, answer.argument))
        assert times == {"confirmed": 1, "refused": 0, "failed": 0}.get(answer.state, times), answer
        assert times <= 1
    assert {session["link"] for session in sessions.values()} >= {link for link, _ in told}
