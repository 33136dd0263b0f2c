"""A host is found at either of its default places, whatever cron or `su` did to the environment."""

import asyncio
from pathlib import Path

import pytest

from browser_host.cli.invocation import Invocation
from browser_host.config import paths
from browser_host.errors import Exit
from browser_host.supervisor.policy import Policy
from tests.cli.conftest import Hosting, Watchdeck
from tests.support.host import scripted_host, serving


def test_both_default_places_are_known(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    fallback = home / ".local/state/watchdeck/run/host.sock"
    assert paths.sockets()[0] == paths.socket() == fallback
    assert paths.sockets()[1].parts[:3] == ("/", "run", "user")
    monkeypatch.setenv("XDG_RUNTIME_DIR", f"{home}/run\n")
    assert paths.sockets() == (home / "run" / "watchdeck" / "host.sock", fallback)
    monkeypatch.setenv("XDG_RUNTIME_DIR", "relative")
    assert paths.socket() == fallback


async def test_a_host_in_the_other_place_is_found(
    hosting: Hosting, watchdeck: Watchdeck, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(home / "run"))
    async with hosting(Policy()) as host:
        (known,) = host.live(1)
        said = await asyncio.to_thread(watchdeck, "list")
        named = await asyncio.to_thread(watchdeck, "--socket", str(home / "run/watchdeck/host.sock"), "list")
    assert said.code == Exit.OK
    assert known in said.out
    assert named.code == Exit.NO_HOST


async def test_the_nearest_host_wins(hosting: Hosting, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(home / "run"))
    near = home / "run" / "watchdeck" / "host.sock"
    async with hosting(Policy()), scripted_host(Policy()) as other, serving(other, near):
        found = await asyncio.to_thread(lambda: Invocation(None, None, json=False).host_socket)
    assert found == near
    assert Invocation(None, None, json=False).host_socket == near
