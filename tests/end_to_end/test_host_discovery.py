"""A host with a key and nothing else hosts who is in a session, lets go of who leaves, up to a ceiling."""

import json
import os
import urllib.request
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Configure
from tests.support.programs import Home, running
from tests.support.upscope import Upscope, upscope

VISITORS = 10
DISCOVER = """
[upscope]
base_url = "{base_url}"
[upscope.discover]
enabled = true
interval = "1s"
grace = "1s"
max_sessions = {ceiling}
"""


def order(service: Upscope, visitor: str, do: str) -> None:
    request = urllib.request.Request(  # noqa: S310 - ours
        f"{service.origin}/control/{visitor}",
        json.dumps({"do": do}).encode(),
        {"X-Api-Key": service.program.ready["api_key"]},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - ours
        assert answer.status == 200


def files_with(home: Home, *canaries: str) -> list[Path]:
    found = [Path(folder, name) for folder, _, names in os.walk(home.path) for name in names]
    return [
        path
        for path in found
        if path.is_file() and any(canary.encode() in path.read_bytes() for canary in canaries)
    ]


def test_visitors_become_rows_and_go_with_those_who_leave(
    home: Home, log: Path, configure: Configure
) -> None:
    with upscope(home, log, sessions=VISITORS) as service:
        configure({}, more=DISCOVER.format(base_url=service.base_url, ceiling=50))
        key = service.program.ready["api_key"]
        with running(home, "host", log=log, UPSCOPE_API_KEY=key):
            now = home.until(
                lambda now: [one["status"] for one in now.values()].count("viewerReady") == VISITORS, 30
            )
            assert {one["source"] for one in now.values()} == {"discovered"}
            assert len({one["link"] for one in now.values()}) == VISITORS
            gone = next(iter(now.values()))
            order(service, gone["visitor"], "leave")
            left = home.until(lambda now: len(now) == VISITORS - 1, 20)
            assert gone["id"] not in {one["id"] for one in left.values()}
            assert len(service.record()["links"]) == VISITORS
            assert service.told() == []
            said = home.run("list", "--json").stdout + home.run("history").stdout
        assert files_with(home, key, f"{service.origin}/w/") == []
        assert key not in said
        assert "/w/" not in said


def test_the_ceiling_holds_and_says_who_is_held_back(home: Home, log: Path, configure: Configure) -> None:
    with upscope(home, log, sessions=VISITORS) as service:
        configure({}, more=DISCOVER.format(base_url=service.base_url, ceiling=4))
        with running(home, "host", log=log, UPSCOPE_API_KEY=service.program.ready["api_key"]):
            home.until(lambda now: [one["hosting"] for one in now.values()].count("live") == 4, 30)
            home.until(lambda _: home.json("list")["host"]["discovery"]["held_back"] == VISITORS - 4, 10)
            assert len(service.record()["links"]) == 4


@pytest.mark.parametrize("key", ["", "wrong-key-0123456789abcdef"])
def test_without_a_key_that_works_it_says_what_to_do(
    home: Home, log: Path, configure: Configure, key: str
) -> None:
    with upscope(home, log, sessions=1) as service:
        configure({}, more=DISCOVER.format(base_url=service.base_url, ceiling=4))
        if not key:
            done = home.run("host", UPSCOPE_API_KEY="")
            assert done.returncode == 2
            assert "UPSCOPE_API_KEY" in done.stderr
            return
        with running(home, "host", log=log, UPSCOPE_API_KEY=key):
            home.until(lambda _: bool(home.json("list")["host"]["discovery"]["trouble"]), 15)
            assert "key" in home.json("list")["host"]["discovery"]["trouble"]
