"""A bulk end as a plan on a real terminal, by what pages were told: the plan is ended, and nobody else."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Configure
from tests.support.programs import Home, running
from tests.support.terminal import ENTER, ESCAPE, LISTENS, READS_A_PROMPT_S, TAB, YES, Terminal, terminal
from tests.support.upscope import Upscope, upscope

PENDING, OTHERS = 12, 4
SCENARIO = "authorisation,authorisation,authorisation,normal"
LEFT_OUT = ("m01", "m02")


@pytest.fixture(scope="module")
def service(home: Home, log: Path) -> Iterator[Upscope]:
    with upscope(home, log, sessions=PENDING + OTHERS + 1, scenario=SCENARIO, takes_orders=True) as found:
        yield found


@pytest.fixture(scope="module")
def host(home: Home, log: Path, service: Upscope, configure: Configure) -> Iterator[Home]:
    links = {f"m{number:02}": url for number, url in enumerate(service.urls[: PENDING + OTHERS])}
    configure(links, more='[end]\nundo = "2s"\n[stale]\npending = "1s"\n')
    with running(home, "host", log=log):
        home.until(lambda now: len(stale(now)) == PENDING, within=30)
        yield home


def stale(now: dict[str, dict[str, object]]) -> list[str]:
    return [label for label, session in now.items() if session["stale"]]


def test_the_stale_but_two_are_ended_and_nobody_else(host: Home, service: Upscope) -> None:
    before = host.look()
    meant = sorted(set(stale(before)) - set(LEFT_OUT))
    with terminal(host, "attach") as window:
        window.shows(f"{PENDING + OTHERS}/{PENDING + OTHERS} shown")
        window.press("E")
        window.shows(f"{PENDING} to end", "m00", "pendingRequest", "limit 1s")
        window.press("j  ")
        window.shows("10 to end", "2 excluded")
        done = host.run("add", "--url", "-", "--label", "late", stdin=service.urls[-1])
        assert done.returncode == 0, done.stderr
        changed = before[meant[0]]
        service.order(changed["link"], "accept")
        window.shows("1 changed since", "its status is")
        _run(window, YES, "End 10 sessions?", "1 of them changed")
        window.shows("10 queued", "sent in")
        window.press("z")
        window.shows("10/10", "10 cancelled")
        assert service.told() == []
        window.press(TAB)  # past the last tab is the first: the stale as they are now, without who accepted
        window.until(lambda now: "to end" in now.text and "m00" not in now.text)
        window.press(ESCAPE)
        window.until(lambda now: "Bulk end" not in now.text)
        _mark(window, meant)
        window.press("E")
        window.shows("10 to end", "marked 10")
        _run(window, YES, "End 10 sessions?")
        window.shows("10/10", "10 confirmed", "took")
        told = service.told(10)
        assert sorted(seen["link"] for seen in told) == sorted(before[label]["link"] for label in meant)
        assert {seen["action"] for seen in told} == {"endSession"}
        window.press(ESCAPE + "U")
        window.press("E")
        window.shows("10/10", "10 confirmed", "last run")
        now = host.look()
        assert sorted(label for label, one in now.items() if one["ended"]) == meant
        assert now["late"]["instruction"] is None


def _mark(window: Terminal, labels: list[str]) -> None:
    for at, label in enumerate(labels, 1):
        window.go_to(label)
        window.press(" ")
        window.shows(f"{at} marked")


def _run(window: Terminal, answer: str, *words: str) -> None:
    window.press(ENTER)
    window.shows("Cancel", LISTENS, *words)
    time.sleep(READS_A_PROMPT_S)
    window.answer(answer)
    window.prompt_is_gone()
