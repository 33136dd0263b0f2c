"""A new user's path, exactly as the README has it, and that leaving it leaves nothing behind."""

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from browser_host.browsers.install.locate import Found
from tests.support.processes import kill, left_over, of_home
from tests.support.programs import Home, alive, gone
from tests.support.screen import Picture
from tests.support.terminal import LEAVES_WITHIN_S, YES, Terminal, terminal

TWELVE_WITHIN_S = 30.0
"""The issue's: from the program's start to twelve sessions that show their visitor."""

HEX = re.compile(r"#[0-9a-f]{6}")


@pytest.fixture(scope="module")
def started() -> float:
    return time.monotonic()


@pytest.fixture(scope="module")
def demo(home: Home, browser: Found, started: float) -> Iterator[Terminal]:
    assert browser.executable
    assert started
    with terminal(home, "demo") as window:
        yield window


def everybody(window: Terminal, home: Home) -> list[int]:
    """The dashboard, its host, the driver and Chromium, which all share the home."""
    pids = of_home(home)
    assert window.process.pid in pids
    lines = "\n".join(pids.values())
    assert all(part in lines for part in ("browser_host host", "run-driver", "--type=renderer")), lines
    return list(pids)


def hex_of(row: str) -> str:
    found = HEX.search(row)
    assert found, row
    return found[0]


def test_twelve_sessions_show_visitors_within_thirty_seconds(
    demo: Terminal, started: float, record_property: Callable[[str, object], None]
) -> None:
    def twelve(now: Picture) -> bool:
        return sum("viewerReady" in line and "live" in line for line in now.lines[3:]) == 12

    demo.until(twelve, TWELVE_WITHIN_S)
    took = time.monotonic() - started
    record_property("twelve_after_s", round(took, 2))
    assert took < TWELVE_WITHIN_S
    demo.shows("12/12", "12 live", "12 viewerReady", "DEMO simulated")


def test_a_colour_changes_on_screen_as_it_is_switched(demo: Terminal) -> None:
    label = demo.picture.labels[0]
    before = hex_of(demo.picture.row(label))
    demo.press("s")
    demo.row_says(label, "color confirmed")
    demo.until(lambda now: hex_of(now.row(label)) != before)


def test_an_end_is_asked_for_and_confirmed_on_its_row(demo: Terminal) -> None:
    rows = demo.picture.lines[3:15]
    demo.press("jjj")
    name = rows[3][2:14]
    demo.until(lambda now: now.lines[6].startswith("▌ " + name))
    demo.ask_to_end("End 1 session?", name)
    demo.answer(YES)
    demo.until(lambda now: "○ ended" in now.lines[6] and "end confirmed" in now.lines[6])
    demo.shows("11 live", "1 ended", "1 terminated")


def test_leaving_restores_the_terminal_and_leaves_no_process(demo: Terminal, home: Home) -> None:
    pids = everybody(demo, home)
    demo.press("q")
    assert demo.wait() == 0
    assert alive(pids) == []
    assert left_over(home, 0) == {}
    assert demo.is_restored()
    for on, off in (("?1049h", "?1049l"), ("?25l", "?25h"), ("?1000h", "?1000l"), ("?1003h", "?1003l")):
        assert demo.raw.rfind(f"\x1b[{on}".encode()) < demo.raw.rfind(f"\x1b[{off}".encode())
    for off in ("?1006l", "?1015l", "?1004l", "?2004l"):
        assert f"\x1b[{off}".encode() in demo.raw
    assert "host stopped" in demo.raw.rpartition(b"\x1b[?1049l")[2].decode()


def hangs_up(window: Terminal) -> None:
    window.hang_up()


def is_killed(window: Terminal) -> None:
    kill(window.process.pid)


@pytest.mark.parametrize("dies", [hangs_up, is_killed])
def test_a_dashboard_that_dies_takes_its_host_along(
    browser: Found, tmp_path: Path, dies: Callable[[Terminal], None]
) -> None:
    assert browser.executable
    home = Home(tmp_path)
    with terminal(home, "demo", "--sessions", "2") as window:
        window.shows("2 viewerReady", within=TWELVE_WITHIN_S)
        pids = everybody(window, home)
        dies(window)
        window.process.wait(LEAVES_WITHIN_S)
        assert left_over(home, LEAVES_WITHIN_S) == {}
        assert gone(pids, LEAVES_WITHIN_S) == []  # renderers, which say no home, are the last to go
        assert not list(home.path.glob("run/**/*.sock"))
