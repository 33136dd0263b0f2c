"""Commands, dashboard and lines through a real sshd on loopback; only the browsers are scripted."""

import asyncio
import contextlib
import json
import signal
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from browser_host.cli.health.configured_hosts import examine_hosts
from browser_host.config.clients.host_address import HostAddress
from browser_host.errors import Exit, NoHost
from browser_host.hosts.connecting import connected
from browser_host.hosts.ssh_line import SshLine, private_folder
from browser_host.recording.follow import Recorder
from browser_host.recording.reaching import reached
from browser_host.recording.recorded_lines import LineKind
from browser_host.supervisor.policy import Policy
from tests.recording.test_record import WatchedFile
from tests.support.host import ScriptedHost, scripted_host, serving
from tests.support.sshd import Box, needs_sshd
from tests.support.waiting import until_holds, watchdeck

pytestmark = needs_sshd


@pytest.fixture
def brisk() -> Policy:
    return Policy(undo_s=0.0, confirm_within_s=0.2, ends_per_second=1000)


def children() -> list[psutil.Process]:
    return [one for one in psutil.Process().children(recursive=True) if one.name() in {"ssh", "sh"}]


@contextlib.asynccontextmanager
async def remote(home: Path, box: Box, brisk: Policy) -> AsyncIterator[tuple[ScriptedHost, HostAddress]]:
    place = home / "remote.sock"
    async with scripted_host(brisk) as host, serving(host, place):
        yield host, HostAddress("far", place, box.name)


async def test_a_line_leads_to_the_host_and_leaves_nothing(user_home: Path, box: Box, brisk: Policy) -> None:
    async with remote(user_home, box, brisk) as (host, address):
        ids = host.live(2)
        async with connected(address, "test") as client:
            assert [one.id for one in (await client.snapshot()).sessions] == ids
            processes = children()
            assert {one.name() for one in processes} == {"ssh", "sh"}
        await until_holds(lambda: not any(one.is_running() for one in processes))


async def test_a_line_that_is_cut_comes_up_again(user_home: Path, box: Box, brisk: Policy) -> None:
    said: list[str] = []
    async with remote(user_home, box, brisk) as (_, address):
        with private_folder() as folder:
            assert folder.stat().st_mode & 0o777 == 0o700
            line = SshLine(address, folder / "x.sock")
            running = asyncio.ensure_future(line.run(said.append))
            await until_holds(line.socket.is_socket)
            assert line.socket.stat().st_mode & 0o777 == 0o600
            first = line.socket.stat().st_ino
            box.cut()
            await until_holds(lambda: said)
            assert "ssh box ended: " in said[0]
            await until_holds(lambda: line.socket.is_socket() and line.socket.stat().st_ino != first)
            running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await running
        await until_holds(lambda: not children())


async def test_a_recording_goes_on_after_its_line_was_cut(user_home: Path, box: Box, brisk: Policy) -> None:
    said: list[str] = []
    async with (
        remote(user_home, box, brisk) as (host, address),
        reached([address], "test", said.append) as found,
    ):
        (session_id,) = host.live(1, "waiting")
        with WatchedFile(user_home / "recording.jsonl") as file:
            recording = asyncio.ensure_future(Recorder(found, file, time.time, said.append).run("0.1.0"))
            await file.until(LineKind.SESSION)
            box.cut()
            await file.until(LineKind.LOST)
            host.hosting.says_status(session_id, "active")  # which nobody hears
            again = await file.until(LineKind.SESSION)
            recording.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await recording
    assert (again["id"], again["status"]) == (session_id, "active")
    assert any("ssh box ended: " in text for text in said)
    await until_holds(lambda: not children())


@pytest.mark.usefixtures("box")
async def test_a_refused_line_says_what_ssh_said(user_home: Path) -> None:
    address = HostAddress("far", user_home / "remote.sock", "nobody-here@box")
    with pytest.raises(NoHost, match=r"ssh nobody-here@box ended: .*Permission denied"):
        async with connected(address, "test"):
            pass


async def test_doctor_tells_a_line_that_fails_from_a_host(user_home: Path, box: Box, brisk: Policy) -> None:
    async with remote(user_home, box, brisk) as (_, far):
        refused = replace(far, name="refused", ssh="nobody-here@box")
        away = replace(far, name="away", socket=user_home / "away.sock")
        found = await asyncio.to_thread(examine_hosts, [far, refused, away])
    states = {one.check: one.state.value for one in found}
    assert states == {
        "line far": "ok",
        "host far": "note",  # of another version than the commands
        "line refused": "broken",
        "line away": "ok",
        "host away": "broken",
    }
    texts = {one.check: f"{one.found}; {one.advice}" for one in found}
    assert texts["line far"].startswith(f"ssh box forwards {far.socket}")
    assert "Permission denied" in texts["line refused"]
    assert "ssh -o BatchMode=yes nobody-here@box true" in texts["line refused"]
    assert f"watchdeck host --socket {away.socket} on box" in texts["host away"]
    await until_holds(lambda: not children())


@pytest.mark.usefixtures("box")
async def test_a_line_ends_with_whoever_is_killed(user_home: Path) -> None:
    program = (
        "import asyncio, sys; from pathlib import Path\n"
        "from browser_host.hosts.ssh_line import SshLine\n"
        "from browser_host.config.clients.host_address import HostAddress\n"
        "line = SshLine(HostAddress('far', Path('/x'), 'box'), Path(sys.argv[1]))\n"
        "asyncio.run(line.run(print))\n"
    )
    place = user_home / "killed.sock"
    owner = await asyncio.create_subprocess_exec(sys.executable, "-c", program, place)
    await until_holds(place.is_socket)
    processes = psutil.Process(owner.pid).children(recursive=True)
    assert processes
    owner.send_signal(signal.SIGKILL)
    await owner.wait()
    await until_holds(lambda: not any(one.is_running() for one in processes))


async def test_commands_work_over_a_socket_and_ssh(user_home: Path, box: Box, brisk: Policy) -> None:
    async with (
        remote(user_home, box, brisk) as (far, _),
        scripted_host(brisk) as near,
        serving(near, user_home / "near.sock"),
    ):
        near.live(1)
        (_, last) = far.live(2)
        place = user_home / ".config/watchdeck/config.toml"
        place.parent.mkdir(parents=True)
        place.write_text(
            f'[[hosts]]\nname = "near"\nsocket = "{user_home}/near.sock"\n'
            f'[[hosts]]\nname = "far"\nssh = "box"\nremote_socket = "{user_home}/remote.sock"\n'
            f'[[hosts]]\nname = "shut"\nssh = "nobody-here@box"\nremote_socket = "/x"\n'
        )
        code, listed, said = await watchdeck("list", "--json")
        _, sent, _ = await watchdeck("mode", "draw", f"far/{last}", "--json")
        assert [one.session_id for one in far.hosting.posted] == [last]
    assert len(json.loads(listed)["sessions"]) == 3
    assert (code, "host shut: ssh nobody-here@box ended: " in said) == (Exit.FAILED, True)
    assert json.loads(sent)["counts"] == {"sent": 1}
    assert not children()
