"""Keys on a real terminal, held to what pages were told: colour, the prompt before an end, undo."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Configure
from tests.support.programs import Home, running
from tests.support.terminal import ENTER, ESCAPE, READS_A_PROMPT_S, TAB, YES, Terminal, terminal
from tests.support.upscope import Upscope, upscope

COUNT = 13
UNDO_S = 2.0


@pytest.fixture(scope="module")
def service(home: Home, log: Path) -> Iterator[Upscope]:
    with upscope(home, log, sessions=COUNT, scenario="normal") as found:
        yield found


@pytest.fixture(scope="module")
def window(home: Home, log: Path, service: Upscope, configure: Configure) -> Iterator[Terminal]:
    links = {f"s{number:02}": url for number, url in enumerate(service.urls)}
    configure(links, more=f'[end]\nundo = "{UNDO_S:.0f}s"\n')
    with running(home, "host", log=log), terminal(home, "attach") as found:
        found.shows(f"{COUNT} viewerReady", within=20)
        yield found


def ended(service: Upscope, count: int = 0) -> list[str]:
    """The links whose pages were told to end, once pages were told `count` things."""
    return [seen["link"] for seen in service.told(count) if seen["action"] == "endSession"]


def test_a_switched_colour_is_confirmed_and_shown(window: Terminal, home: Home, service: Upscope) -> None:
    before = home.look()["s01"]["color"]
    assert before in window.picture.row("s01")
    window.go_to("s01")
    window.press("s")
    row = window.row_says("s01", "color confirmed")
    now = home.look()["s01"]
    assert now["color"] != before
    assert now["color"] in row
    (told,) = service.told(1)
    assert (told["link"], told["message"]) == (now["link"], {"action": "switchColor"})


def test_cancel_is_the_default(window: Terminal, home: Home, service: Upscope) -> None:
    window.go_to("s02")
    window.ask_to_end("End 1 session?", "s02")
    window.answer(ENTER)
    window.prompt_is_gone()
    window.ask_to_end("End 1 session?", "s02")
    window.answer(TAB + ESCAPE)
    window.prompt_is_gone()
    assert home.look()["s02"]["instruction"] is None
    assert ended(service) == []


@pytest.mark.parametrize("burst", ["\t\r", "\x1b[C\r", "\t\r\t\r\t\r", "yyyy\r", "dspc", "e\t\r"])
def test_keys_in_one_go_with_the_key_end_nothing(
    window: Terminal, home: Home, service: Upscope, burst: str
) -> None:
    window.go_to("s03")
    window.press("e" + burst)
    window.shows("End 1 session?", "Cancel", "s03")
    time.sleep(READS_A_PROMPT_S)
    window.answer(ESCAPE)
    window.prompt_is_gone()
    assert home.look()["s03"]["instruction"] is None
    assert ended(service) == []


@pytest.mark.parametrize(
    ("text", "pace_s"),
    [("less re\t\r", 0.12), ("ssh yara@host\rhunter2y\r", 0.12), ("a note\twith tabs\ty\r", 0.01)],
)
def test_what_is_typed_for_elsewhere_cancels(
    window: Terminal, home: Home, service: Upscope, text: str, pace_s: float
) -> None:
    window.go_to("s03")
    window.press("e")
    for key in text:
        time.sleep(pace_s)
        window.press(key)
    window.shows("Cancelled: ", "; nothing was ended")
    window.prompt_is_gone()
    time.sleep(UNDO_S)
    assert home.look()["s03"]["instruction"] is None
    assert ended(service) == []
    assert window.picture.cursor == "s03"


def test_a_terminal_too_small_to_show_whom_ends_nothing(
    window: Terminal, home: Home, service: Upscope
) -> None:
    window.go_to("s03")
    window.resize(20, 5)
    try:
        window.until(lambda now: now.cursor == "s03")  # else it was out of sight when the key came
        window.press("e")
        window.shows("Cancelled: 20x5")
        time.sleep(READS_A_PROMPT_S)
        window.answer(YES)
        time.sleep(UNDO_S)
    finally:
        window.resize(120, 32)
    window.shows("s03")
    assert home.look()["s03"]["instruction"] is None
    assert ended(service) == []


def test_exactly_the_session_under_the_cursor_is_ended(
    window: Terminal, home: Home, service: Upscope
) -> None:
    window.go_to("s04")
    window.ask_to_end("End 1 session?", "s04", "the session under the cursor")
    window.answer(YES)
    window.row_says("s04", "end queued")
    window.row_says("s04", "ended", "terminated", "end confirmed")
    now = home.look()
    assert ended(service, 2) == [now["s04"]["link"]]
    assert [label for label, session in now.items() if session["hosting"] != "live"] == ["s04"]


def test_an_end_is_taken_back_before_its_page_hears_of_it(
    window: Terminal, home: Home, service: Upscope
) -> None:
    before = ended(service)
    window.go_to("s05")
    window.ask_to_end("End 1 session?", "s05")
    window.answer(YES)
    window.row_says("s05", "end queued")
    window.shows("z undoes")
    window.press("z")
    window.row_says("s05", "live", "viewerReady", "end cancelled")
    time.sleep(UNDO_S + 0.5)
    assert home.look()["s05"]["hosting"] == "live"
    assert ended(service) == before


def test_the_number_of_many_must_be_typed(window: Terminal, home: Home, service: Upscope) -> None:
    rest = {session["link"] for label, session in home.look().items() if label != "s04"}
    before = ended(service)
    window.press("a")
    window.until(lambda now: len(now.marked) == COUNT)
    for wrong in (YES, TAB, "11", "1\r", "13", "12\r"):
        window.ask_to_end("End 12 sessions?", "Type 12 to confirm")
        window.answer(wrong)
        window.prompt_is_gone()
    assert ended(service) == before
    window.ask_to_end("Type 12 to confirm")
    window.press("12")
    window.shows("then y: 12")
    time.sleep(READS_A_PROMPT_S)
    window.answer(YES)
    window.until(lambda now: sum("end confirmed" in line for line in now.lines) == COUNT)
    told = ended(service, 1 + COUNT)
    assert len(told) == COUNT
    assert set(told[1:]) == rest
