"""What the screen shows and lets through: the filter, any size, any terminal, nothing hostile."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Configure
from tests.support.programs import Home, running
from tests.support.screen import Picture, strays
from tests.support.terminal import ENTER, ESCAPE, PAGE_DOWN, PAGE_UP, Terminal, terminal
from tests.support.upscope import Upscope, upscope

COUNT = 12
READY = tuple(f"s{number:02}" for number in range(COUNT) if number % 3 != 2)
PENDING = tuple(f"s{number:02}" for number in range(COUNT) if number % 3 == 2)
ALL = tuple(f"s{number:02}" for number in range(COUNT))


@pytest.fixture(scope="module")
def service(home: Home, log: Path) -> Iterator[Upscope]:
    with upscope(
        home, log, sessions=COUNT + 2, scenario="normal,normal,authorisation", takes_orders=True
    ) as found:
        yield found


@pytest.fixture(scope="module")
def host(home: Home, log: Path, service: Upscope, configure: Configure) -> Iterator[Home]:
    configure({f"s{number:02}": url for number, url in enumerate(service.urls[:COUNT])}, pages_of=6)
    with running(home, "host", log=log):
        home.until(
            lambda now: [s["status"] for s in now.values()].count("viewerReady") == len(READY), within=20
        )
        yield home


@pytest.fixture(scope="module")
def window(host: Home) -> Iterator[Terminal]:
    with terminal(host, "attach") as found:
        found.until(lambda now: now.labels == ALL)
        yield found


def is_plain(now: Picture) -> bool:
    """All rows are shown, and neither a filter's box nor a prompt is up: the footer has the screen's keys."""
    return now.labels == ALL and "? help" in now.text and "Cancel" not in now.text


def instructions(home: Home) -> list[object]:
    return [session["instruction"] for session in home.look().values()]


def test_keys_typed_in_the_filter_never_act(window: Terminal, host: Home) -> None:
    window.press("/")
    window.shows("acme status:active")
    window.press("edpcsz qSEU")
    window.shows("edpcsz qSEU", f"0/{COUNT} shown", "No session matches the filter")
    window.press(ENTER)
    window.shows("/ edpcsz qSEU")
    window.press("edpcsS")
    window.press(ESCAPE)
    window.until(is_plain)
    assert "Cancel" not in window.picture.text
    assert instructions(host) == [None] * COUNT
    assert window.process.poll() is None


def test_what_is_typed_at_once_with_the_key_goes_into_the_box(window: Terminal, host: Home) -> None:
    window.press("/edpcsz q")
    window.shows("/edpcsz q", f"0/{COUNT} shown")
    window.press(ESCAPE)
    window.until(is_plain)
    assert instructions(host) == [None] * COUNT


def test_a_filter_narrows_and_esc_leaves_it(window: Terminal) -> None:
    window.press("/")
    window.shows("acme status:active")
    window.press("status:viewerReady")
    window.until(lambda now: now.labels == READY)
    window.shows(f"{len(READY)}/{COUNT} shown")
    window.press(ENTER)
    window.shows("/ status:viewerReady", "esc clears it")
    window.press(ESCAPE)
    window.until(is_plain)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ("stat:x", "did you mean 'status:'?"),
        ("age>x", "'x' is not a duration"),
        ("status:nope", "is not a status"),
    ],
)
def test_a_wrong_filter_says_what_is_wrong_and_hides_nothing(
    window: Terminal, wrong: str, words: str
) -> None:
    window.press("/")
    window.shows("acme status:active")
    window.press(wrong)
    window.shows("character", words)
    window.press(ESCAPE)
    window.until(is_plain)


def test_80_by_24_shows_essentials_and_any_size_the_cursor(host: Home) -> None:
    with terminal(host, "attach", size=(80, 24)) as window:
        window.until(lambda now: now.labels == ALL)
        window.go_to("s04")
        window.press(" s ")
        row = window.row_says("s04", "live", "viewerReady", "color confirmed")
        now = host.look()["s04"]
        assert f"█ {now['color']}" in row
        assert now["color"] is not None
        window.until(lambda now: (now.cursor, now.marked) == ("s06", ("s04", "s05")))
        for columns, rows in ((40, 10), (20, 6), (200, 50)):
            window.resize(columns, rows)
            window.until(lambda now: "s06" in now.text)
        window.ask_to_end("End 2 sessions?", "s04", "s05")
        window.resize(40, 10)
        window.shows("End 2 sessions?")
        window.resize(80, 24)
        window.shows("End 2 sessions?", "Cancel", "s04", "s05")
        window.answer(ESCAPE)
        window.prompt_is_gone()
        window.until(lambda now: (now.cursor, now.marked) == ("s06", ("s04", "s05")))
        window.press("q")
        assert window.wait() == 0
        assert b"Traceback" not in window.raw


def shown_plainly(now: Picture) -> bool:
    return now.labels == ALL and "live" in now.row("s00") and "viewerReady" in now.row("s00")


def test_no_color_sends_none(host: Home) -> None:
    with terminal(host, "attach", NO_COLOR="1") as window:
        window.until(shown_plainly)
        window.press("j e")
        window.shows("End 1 session?", "Cancel")
        attributes = {"1", "2", "3", "4", "5", "7", "9", "22", "23", "24", "25", "27", "29"}
        assert used(window.raw) <= {"0", "39", "49"} | attributes


def test_sixteen_colours_are_enough(host: Home) -> None:
    with terminal(host, "attach", TERM="xterm", COLORTERM="") as window:
        window.until(shown_plainly)
        assert used(window.raw).isdisjoint({"38", "48"})
        assert used(window.raw) > {"1"}


def test_ascii_is_enough(host: Home) -> None:
    with terminal(host, "attach", LANG="C") as window:
        window.until(shown_plainly)
        window.press("j")
        window.until(lambda now: any(line.startswith("> s01") for line in now.lines))
        assert "# #" in window.picture.row("s01")
        assert window.raw.isascii()


def used(raw: bytes) -> set[str]:
    """The numbers of all select-graphic-rendition sequences."""
    return {
        word
        for piece in raw.decode().split("\x1b[")[1:]
        if piece.partition("m")[1] and piece.partition("m")[0].replace(";", "").isdecimal()
        for word in piece.partition("m")[0].split(";")
    }


def test_a_label_is_shown_as_it_is_written(window: Terminal, host: Home, service: Upscope) -> None:
    label = "[red]x[/]"
    done = host.run("add", "--no-wait", "--url", "-", "--label", label, stdin=service.urls[COUNT])
    assert done.returncode == 0
    window.row_says(label, "viewerReady")
    window.go_to(label)
    window.press(ENTER)
    window.shows("label", label, "Timeline")
    window.press(ESCAPE)
    window.until(lambda now: "Timeline" not in now.text)
    window.ask_to_end("End 1 session?", label)
    window.answer(ESCAPE)
    window.prompt_is_gone()
    assert host.run("remove", done.stdout.strip()).returncode == 0
    window.until(lambda now: now.labels == ALL)


def test_a_hostile_page_cannot_reach_the_terminal(window: Terminal, host: Home, service: Upscope) -> None:
    """Its payloads hold ESC, BEL, C1 and bidi characters, the clipboard's sequence, and markup."""
    before, told = len(window.raw), len(service.told())
    window.go_to("s00")
    service.order(host.look()["s00"]["link"], "hostile")
    host.until(lambda now: now["s00"]["events"] > 40, within=20)
    window.press(ENTER)
    shown = window.shows("Timeline", "s00", "viewerReady").text
    payloads = (r"\u001b[2J\u001b[31mowned", "[@click=app.quit]quit[/]")
    for key in (PAGE_DOWN, PAGE_UP) * 3:  # what comes meanwhile moves the rest
        for _ in range(12):
            window.press(key)
            time.sleep(0.2)
            shown += window.picture.text
        if all(payload in shown for payload in payloads):
            break
    assert [payload for payload in payloads if payload not in shown] == []
    window.press(ESCAPE)
    window.until(is_plain)
    window.press("w")
    window.until(lambda now: now.labels == ALL)
    window.press("w")
    raw = window.raw[before:]
    assert strays(raw) == []
    assert b"\x1b[?1049" not in raw
    assert b"\x1b[5m" not in raw
    assert {session["hosting"] for session in host.look().values()} == {"live"}
    assert service.told()[told:] == []


def test_nothing_else_painted_on_the_terminal(window: Terminal) -> None:
    window.press("q")
    assert window.wait() == 0
    before, _, rest = window.raw.partition(b"\x1b[?1049h")
    painted, _, after = rest.rpartition(b"\x1b[?1049l")
    assert before == b""
    painted, cleared, modes = painted.rpartition(b"\x1b[H\x1b[2J")
    assert cleared, "it leaves an empty screen"
    assert strays(painted) == []
    assert strays(modes) == []
    assert "detached; the host keeps running" in after.decode()
