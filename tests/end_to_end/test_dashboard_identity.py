"""Rows arrive and change places between the key and the confirmation: the session meant is the one ended.

What pages were told, by the simulator's own record, is what counts.
"""

import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Configure
from tests.support.programs import Home, running
from tests.support.terminal import (
    ENTER,
    ESCAPE,
    LISTENS,
    PAGE_DOWN,
    READS_A_PROMPT_S,
    YES,
    Terminal,
    terminal,
)
from tests.support.upscope import Upscope, upscope

CONFIGURED = 16
SPARE = 14
SCENARIO = "authorisation,normal"


@pytest.fixture(scope="module")
def service(home: Home, log: Path) -> Iterator[Upscope]:
    with upscope(home, log, sessions=CONFIGURED + SPARE, scenario=SCENARIO, takes_orders=True) as found:
        yield found


@pytest.fixture(scope="module")
def host(home: Home, log: Path, service: Upscope, configure: Configure) -> Iterator[Home]:
    links = {f"m{number:02}": url for number, url in enumerate(service.urls[:CONFIGURED])}
    configure(links, more='[end]\nundo = "0s"\n')
    with running(home, "host", log=log):
        home.until(lambda now: all(session["status"] for session in now.values()), within=20)
        yield home


@pytest.fixture(scope="module")
def arrivals(service: Upscope) -> Iterator[str]:
    return iter(service.urls[CONFIGURED:])


@pytest.fixture
def window(host: Home) -> Iterator[Terminal]:
    """Twelve lines for rows, sorted by label: newcomers called a… push all others down."""
    with terminal(host, "attach", size=(110, 17)) as found:
        found.until(lambda now: len(now.labels) == 12)
        found.press("L")
        found.shows("by label")
        yield found


class Commotion:
    """Sessions that arrive at the top and in the middle, and statuses that change."""

    def __init__(self, host: Home, service: Upscope, arrivals: Iterator[str]) -> None:
        self._host, self._service, self._arrivals = host, service, arrivals
        self._told = len(service.told())
        self._numbers = count(len(host.look()))

    def arrive(self, letter: str = "a") -> str:
        """One more session, added by the command; called a… it takes the first row."""
        label = f"{letter}{next(self._numbers):02}"
        done = self._host.run("add", "--no-wait", "--url", "-", "--label", label, stdin=next(self._arrivals))
        assert done.returncode == 0, done.stderr
        return label

    def accept(self, label: str) -> None:
        """A visitor accepts, so that the session's status becomes another, and another."""
        session = self._host.look()[label]
        assert session["status"] == "pendingRequest"
        self._service.order(session["link"], "accept")
        self._host.until(lambda now: now[label]["status"] == "viewerReady", within=10)

    def only_ended(self, *labels: str) -> None:
        """Since this was made, pages were told nothing but these ends, each once."""
        now = self._host.until(
            lambda now: all(now[label]["hosting"] == "ended" for label in labels), within=10
        )
        told = self._service.told(self._told + len(labels))[self._told :]
        assert {seen["action"] for seen in told} == {"endSession"}
        assert sorted(seen["link"] for seen in told) == sorted(now[label]["link"] for label in labels)


@pytest.fixture
def commotion(host: Home, service: Upscope, arrivals: Iterator[str]) -> Commotion:
    return Commotion(host, service, arrivals)


def test_key_after_page_down_means_the_reached_row(window: Terminal, commotion: Commotion) -> None:
    window.press("g")
    window.until(lambda now: now.cursor == now.labels[0])
    commotion.arrive()
    window.press(PAGE_DOWN + "e")
    window.shows("End 1 session?", LISTENS)
    time.sleep(READS_A_PROMPT_S)
    reached = window.until(lambda now: now.cursor)
    commotion.arrive()
    window.shows("End 1 session?", reached)
    window.answer(YES)
    window.prompt_is_gone()
    commotion.only_ended(reached)


def test_the_cursor_stays_on_its_session(window: Terminal, commotion: Commotion) -> None:
    window.press("T")
    window.shows("by status")
    window.go_to("m06")
    place = window.picture.labels.index("m06")
    commotion.accept("m04")  # leaves the group that m06 is in, so that m06 moves up
    window.until(lambda now: now.cursor == "m06" and now.labels.index("m06") < place)
    window.ask_to_end("End 1 session?", "m06", "pendingRequest")
    commotion.accept("m06")
    commotion.arrive()
    window.shows("End 1 session?", "m06", "viewerReady")
    window.answer(YES)
    window.prompt_is_gone()
    commotion.only_ended("m06")


def test_the_cursor_is_carried_along_by_arrivals(window: Terminal, commotion: Commotion) -> None:
    window.go_to("m02")
    place = window.picture.labels.index("m02")
    commotion.arrive()
    window.until(lambda now: now.cursor == "m02" and now.labels.index("m02") > place)
    window.ask_to_end("End 1 session?", "m02")
    commotion.arrive()
    window.answer(YES)
    window.prompt_is_gone()
    commotion.only_ended("m02")


def test_newcomers_never_join_the_marks(window: Terminal, commotion: Commotion) -> None:
    window.go_to("m05")
    window.press(" ")
    window.until(lambda now: now.marked == ("m05",))
    window.go_to("m07")
    window.press(" ")
    window.until(lambda now: now.marked == ("m05", "m07") and now.cursor == "m08")
    before = window.picture.labels
    commotion.arrive()
    commotion.accept("m08")
    window.row_says("m08", "viewerReady")
    assert window.picture.labels == before  # held while marks are set
    window.ask_to_end("End 2 sessions?", "m05", "m07", "2 marked sessions")
    commotion.arrive("m05x")
    window.answer(YES)
    window.prompt_is_gone()
    commotion.only_ended("m05", "m07")


def test_a_range_means_what_was_in_it(window: Terminal, commotion: Commotion) -> None:
    window.go_to("m08")
    window.press("v")
    window.shows("range")
    commotion.arrive()
    window.press("j")
    window.until(lambda now: now.cursor == "m09")
    window.press("v")
    window.shows("2 marked")
    window.ask_to_end("End 2 sessions?", "m08", "m09")
    commotion.arrive("m08x")
    window.answer(YES)
    window.prompt_is_gone()
    commotion.only_ended("m08", "m09")


def test_a_filter_that_newcomers_pass_too(window: Terminal, commotion: Commotion) -> None:
    window.press("/")
    window.shows("acme status:active")
    window.press("label:m1")
    window.until(lambda now: set(now.labels) == {f"m{number}" for number in range(10, 16)})
    window.press(ENTER)
    window.shows("esc clears it")
    window.go_to("m14")
    newcomer = commotion.arrive("m1x")
    window.until(lambda now: newcomer == now.labels[0])
    window.ask_to_end("End 1 session?", "m14")
    commotion.arrive("m1x")
    window.answer(ESCAPE)
    window.prompt_is_gone()
    commotion.accept("m12")
    window.ask_to_end("End 1 session?", "m14")
    window.answer(YES)
    window.prompt_is_gone()
    commotion.only_ended("m14")


def test_the_mouse_means_the_session_that_was_clicked(window: Terminal, commotion: Commotion) -> None:
    window.press("G")
    window.until(lambda now: now.cursor == now.labels[-1])
    window.click("m15")
    window.until(lambda now: now.cursor == "m15")
    commotion.arrive()
    window.ask_to_end("End 1 session?", "m15")
    commotion.arrive()
    window.click_on("End 1 session ")
    window.prompt_is_gone()
    commotion.only_ended("m15")
