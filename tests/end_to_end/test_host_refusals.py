"""What a host without permissions or configured paths says of pages that need them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from browser_host.simulator.scenarios import Behaviour
from tests.end_to_end.conftest import Configure
from tests.support import host_socket
from tests.support.programs import Home, running
from tests.support.upscope import Upscope, upscope

SCENARIO = (Behaviour.GEN2_STATE, Behaviour.GEN2_PLAIN)


@pytest.fixture(scope="module")
def service(home: Home, log: Path) -> Iterator[Upscope]:
    with upscope(home, log, sessions=2, scenario=",".join(SCENARIO)) as found:
        yield found


def test_private_pages_need_a_permission(
    home: Home, log: Path, service: Upscope, configure: Configure
) -> None:
    configure({"a": service.urls[0], "b": service.urls[1]}, private=False)
    with running(home, "host", log=log):
        now = home.until(lambda now: {s["hosting"] for s in now.values()} == {"blocked"}, within=20)
    for session in now.values():
        assert session["error"]["code"] == "private_network"
        assert "allow_private_network" in session["error"]["text"]


def test_state_without_paths_is_not_guessed(
    home: Home, log: Path, service: Upscope, configure: Configure
) -> None:
    configure({"nested": service.urls[0], "plain": service.urls[1]})
    with running(home, "host", "--read-only", log=log):
        now = home.until(
            lambda now: now["nested"]["events"] >= 5 and now["plain"]["status"] == "viewerReady", within=20
        )
        nested = now["nested"]
        assert (nested["hosting"], nested["status"], nested["color"]) == ("live", None, None)
        detail: dict[str, Any] = host_socket.get(home.socket, f"/v1/sessions/{nested['id']}")
        assert json.loads(detail["last_message"])["session"]["phase"]["status"] == "viewerReady"
        assert now["plain"]["color"].startswith("#")
        assert home.json("list")["host"]["read_only"] is True
        for command in (("mode", "draw", nested["id"]), ("end", "--yes", nested["id"])):
            refused = home.run(*command)
            assert (refused.returncode, refused.stdout) == (6, "")
            assert "read-only" in refused.stderr
    assert service.told() == []
