"""A dashboard with a fault of its own, on a real terminal: it says so, and its host and sessions go on."""

import sys

import pytest

from browser_host.browsers.install.locate import Found
from tests.support.processes import left_over
from tests.support.programs import Home
from tests.support.terminal import LEAVES_WITHIN_S, Terminal, terminal

FAILED = 1
SHOWN_WITHIN_S = 30.0

IN_THE_LOOP = """
from tui.screens.sessions import SessionsScreen
def fails(self):
    secret = "canary-of-a-page"
    raise ZeroDivisionError(len(secret))
SessionsScreen.action_back = fails
"""
IN_THE_READER = """
from tui.terminal_reader import TerminalReader
feed = TerminalReader.feed
def fails(self, data, *more):
    if data == b"\\x1b":
        raise ZeroDivisionError
    return feed(self, data, *more)
TerminalReader.feed = fails
"""


@pytest.mark.parametrize("fault", [IN_THE_LOOP, IN_THE_READER], ids=["loop", "reader"])
def test_its_host_goes_on_until_the_operator_stops_it(home: Home, browser: Found, fault: str) -> None:
    assert browser.executable
    program = (sys.executable, "-c", f"{fault}\nfrom tui.cli import main; main()")
    with terminal(home, "demo", "--sessions", "2", program=program) as window:
        window.shows("2 viewerReady", within=SHOWN_WITHIN_S)
        window.press("\x1b")
        assert window.wait() == FAILED
        assert window.is_restored()
        said = last_lines(window)
        assert "the dashboard failed: ZeroDivisionError (details in " in said
        assert "the host keeps running (pid " in said
        assert "canary" not in said
    commands = [words.split("`")[0] for words in said.split(": watchdeck ")[1:]]
    assert [one.split(";")[0].split()[-1] for one in commands] == ["attach", "stop"]
    socket = commands[0].split()[1]
    listed = home.run("--socket", socket, "list")
    assert listed.stdout.count("viewerReady") == 2, listed
    assert home.run("--socket", socket, "stop").returncode == 0
    assert left_over(home, LEAVES_WITHIN_S) == {}


def last_lines(window: Terminal) -> str:
    """What was said after the screen was given back, on one line."""
    return " ".join(window.raw.rpartition(b"\x1b[?1049l")[2].decode().split())
