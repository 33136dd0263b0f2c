"""A journal that can't be written: nothing is changed, the rest goes on, and it comes back by itself."""

import json
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from browser_host.simulator.scenarios import Behaviour
from tests.end_to_end.conftest import Configure
from tests.support import ends, host_socket
from tests.support.programs import WATCHDECK, Home, running
from tests.support.upscope import Upscope, upscope

COUNT = 4
AT_REST = {f"s{number:02}": "waiting" for number in range(COUNT)}
WRITABLE_WITHIN_S = 5.0
"""Seconds; the host tries again each second."""


@pytest.fixture(scope="module")
def service(home: Home, log: Path) -> Iterator[Upscope]:
    with upscope(home, log, sessions=COUNT, scenario=Behaviour.WAITING, takes_orders=True) as found:
        yield found


def setting(journal: Path, service: Upscope, configure: Configure) -> None:
    more = f'[end]\nundo = "0s"\n[journal]\npath = "{journal}"\n'
    configure(dict(zip(AT_REST, service.urls, strict=True)), more=more)


def assert_refused(home: Home, session_id: str, words: str) -> None:
    for command in (
        ("mode", "draw", session_id),
        ("color", "#ff0000", "--all"),
        ("end", session_id, "--yes"),
        ("end", "--all", "--yes", "--json"),
    ):
        done = home.run(*command)
        assert (done.returncode, done.stdout) == (6, ""), done
        assert words in done.stderr
        assert "Traceback" not in done.stderr


def until_writable(home: Home) -> None:
    deadline = time.monotonic() + WRITABLE_WITHIN_S
    while host_socket.get(home.socket, "/v1/snapshot")["host"]["journal"] is not None:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_full_disk_refuses_what_changes_and_stops_nothing_else(
    home: Home, log: Path, service: Upscope, configure: Configure, tmp_path: Path
) -> None:
    setting(home.path / "journal" / "journal.sqlite3", service, configure)
    lines = tmp_path / "watch"
    with running(home, "host", log=log) as host, lines.open("wb") as out:
        sessions = ends.rest(home, AT_REST)
        watching = subprocess.Popen(
            [WATCHDECK, "watch", "--json"], stdout=out, stderr=subprocess.DEVNULL, env=home.environment()
        )
        try:
            assert home.run("mode", "draw", sessions["s00"]["id"]).returncode == 0
            with ends.full_disk(host.process.pid):
                assert_refused(home, sessions["s01"]["id"], "can't be written: the disk refused the write")
                # The pages go on, and what they say is listed and watched.
                service.order(
                    sessions["s02"]["link"], "say", {"type": "sessionStatusUpdate", "sessionStatus": "active"}
                )
                home.until(lambda now: now["s02"]["status"] == "active", within=5)
                assert home.sessions()["s02"]["status"] == "active"
                shown = host_socket.get(home.socket, "/v1/health")
                assert shown["status"] == "degraded"
                assert "the disk refused the write" in shown["reason"]
                assert home.run("history").returncode == 0
                assert home.json("end", "--all", "--dry-run")["plan"]
            assert [seen["action"] for seen in service.told(1)] == ["setMode"]
            until_writable(home)
            assert home.json("end", sessions["s01"]["id"], "--yes")["counts"] == {"confirmed": 1}
        finally:
            watching.send_signal(signal.SIGINT)
            assert watching.wait(10) == 130
        assert [seen["action"] for seen in service.told(2)] == ["setMode", "endSession"]
        types = {
            (event["type"], event.get("id")) for event in map(json.loads, lines.read_text().splitlines())
        }
        assert ("session.status", sessions["s02"]["id"]) in types
        assert ("host.resync", None) in types
        entries = ends.history(home)
        assert list(ends.steps(entries).values()) == [["intended", "sent", "confirmed"]]
        assert [e["outcome"] for e in entries if e["action"] == "setMode"] == ["intended", "sent"]
        (gap,) = [entry for entry in entries if entry["action"] == "journal.interrupted"]
        assert "the disk refused the write" in gap["text"]
        # What the page said meanwhile was kept, and written when that was possible again.
        said = [e for e in entries if e["session"] == sessions["s02"]["id"] and e["text"] == "active"]
        assert [entry["action"] for entry in said] == ["session.status"]
        ends.sound(home)
        assert host.process.poll() is None


def test_unusable_journal_folder_is_reported_and_used_later(
    home: Home, log: Path, service: Upscope, configure: Configure
) -> None:
    folder = home.path / "elsewhere"
    folder.write_text("a file in the folder's place\n")
    setting(folder / "journal.sqlite3", service, configure)
    before = len(service.told())
    with running(home, "host", log=log):
        sessions = ends.rest(home, AT_REST)
        assert_refused(home, sessions["s00"]["id"], "can't be written")
        assert f"the journal {folder / 'journal.sqlite3'} can't be written" in log.read_text()
        assert len(service.told()) == before
        folder.unlink()
        until_writable(home)
        assert home.json("end", sessions["s00"]["id"], "--yes")["counts"] == {"confirmed": 1}
        told = service.told(before + 1)[before:]
        assert [(seen["link"], seen["action"]) for seen in told] == [(sessions["s00"]["link"], "endSession")]
        assert list(ends.steps(ends.history(home)).values()) == [["intended", "sent", "confirmed"]]
        ends.sound(home)
