"""What a host writes down of its processes, and what it makes of a record that nobody can rely on."""

import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from browser_host.browsers.pool import Pool
from browser_host.browsers.process import pidfile, processes
from browser_host.browsers.process.orphans import end_orphans
from browser_host.browsers.process.pidfile import LIMIT, BrowserRecord, Unusable, beside
from browser_host.browsers.process.processes import Process
from browser_host.browsers.settings import PoolSettings
from tests.browsers.stage import Quiet, Record

HOST = {"pid": 7, "group": 7, "started": 1}
GOOD = {"kernel": "boot", "host": HOST, "started": [HOST]}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return beside(tmp_path / "host.sock")


def _process(pid: int) -> Process:
    return Process(pid, 1, pid, pid * 10, zombie=False)


def test_it_says_what_runs_and_nothing_more(path: Path, log: Quiet) -> None:
    written = BrowserRecord(path, log)
    written.note(1, {_process(50), _process(51)})
    written.note(2, {_process(60)})
    written.note(1, {_process(50)})
    found = pidfile.read(path)
    assert found is not None
    assert {(one.pid, one.group, one.started) for one in found.processes()} == {(50, 50, 500), (60, 60, 600)}
    assert found.kernel == pidfile.kernel()
    me = processes.look(os.getpid())
    assert me is not None
    assert (found.host.pid, found.host.started) == (me.pid, me.started)
    assert path.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]
    written.remove(1)
    written.remove(1)
    written.remove(2)
    assert pidfile.read(path) is None
    assert log.events == []


def test_what_another_left_half_written_is_in_nobodys_way(path: Path, log: Quiet, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("kept")
    path.with_name(f"{path.name}.new").symlink_to(precious)
    path.symlink_to(precious)
    BrowserRecord(path, log).note(1, {_process(50)})
    assert precious.read_text() == "kept"
    assert pidfile.read(path) is not None


def test_a_record_that_cannot_be_written_is_logged_and_no_more(path: Path, log: Quiet) -> None:
    path.mkdir()
    BrowserRecord(path, log).note(1, {_process(50)})
    assert [name for name, _ in log.events] == ["browser.not_recorded"]


def _symlink(path: Path) -> None:
    path.with_name("elsewhere").write_text(json.dumps(GOOD))
    path.symlink_to(path.with_name("elsewhere"))


def _twice(path: Path) -> None:
    path.write_text(json.dumps(GOOD))
    path.with_name("elsewhere").hardlink_to(path)


def _open_to_all(path: Path) -> None:
    path.write_text(json.dumps(GOOD))
    path.chmod(0o622)


def _anothers(path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a file away")
    path.write_text(json.dumps(GOOD))
    os.chown(path, 4242, 4242)


def _write(path: Path, body: object) -> None:
    path.write_text(json.dumps(body))


def _holding(body: object) -> Callable[[Path], None]:
    return lambda path: _write(path, body)


@pytest.mark.parametrize(
    "make",
    [
        _symlink,
        _twice,
        _open_to_all,
        _anothers,
        Path.mkdir,
        os.mkfifo,
        lambda path: path.write_bytes(b"\xff\x00{"),
        lambda path: path.write_text("[" * 100_000),
        lambda path: path.write_text(" " * LIMIT + json.dumps(GOOD)),
        _holding([]),
        _holding({**GOOD, "kernel": "x" * 300}),
        _holding({**GOOD, "started": [HOST] * 5_000}),
        *(
            _holding({**GOOD, "started": [{**HOST, key: value}]})
            for key, value in (
                ("pid", 0),
                ("pid", -1),
                ("pid", True),
                ("pid", "7"),
                ("pid", 10**30),
                ("group", -7),
                ("started", 1.5),
                ("started", None),
            )
        ),
    ],
)
async def test_what_nobody_can_rely_on_is_left_alone_and_said(
    path: Path, log: Quiet, make: Callable[[Path], object]
) -> None:
    make(path)
    with pytest.raises(Unusable):
        pidfile.read(path)
    await end_orphans(path, log)
    ((name, facts),) = log.events
    assert (name, bool(facts["why"])) == ("browser.record_ignored", True)
    assert _is_there(path)


def _is_there(path: Path) -> bool:
    return path.is_symlink() or path.exists()


@given(st.binary(max_size=400) | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(repr))
def test_no_content_breaks_the_reader(content: bytes | str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "record"
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "replace"))
        with pytest.raises(Unusable, match="not a record"):
            pidfile.read(path)


async def test_a_pool_keeps_its_record_true(settings: PoolSettings, path: Path, log: Quiet) -> None:
    before = processes.drivers_of(os.getpid())
    pool = Pool(settings, Record(), log, BrowserRecord(path, log))
    try:
        await pool.start()
        (driver,) = processes.drivers_of(os.getpid()) - before
        found = pidfile.read(path)
        assert found is not None
        noted = {(one.pid, one.started) for one in found.processes()}
        browser = [one for one in processes.descendants(driver.pid) if one.parent == driver.pid]
        assert browser
        assert {(one.pid, one.started) for one in (driver, *browser)} <= noted
    finally:
        await pool.close(8.0)
    assert pidfile.read(path) is None
