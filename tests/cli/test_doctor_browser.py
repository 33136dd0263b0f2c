"""What `doctor` says of the browser and of what keeps it from starting, with the real one."""

import asyncio
import errno
import json
import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from browser_host.cli.commands.host_commands import _alone
from browser_host.cli.health.browser_check import suspects, temporary_folder_problem
from browser_host.cli.health.finding import State
from browser_host.cli.health.health_checks import endpoint, host, other_users
from browser_host.config.models import EndpointSection, HostSection, Settings
from browser_host.errors import Exit
from browser_host.secrets import BrowserUrl
from browser_host.sessions.browser_state import BrowserKind
from tests.support.host import scripted_host, serving
from tests.support.programs import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


STEERING = {"DEBUG": "*", "DEBUGP": "1", "NODE_OPTIONS": "--require /gone.js", "PWDEBUG": "1"}


def checks(home: Home, temporary: str = "") -> tuple[int, dict[str, dict[str, str]]]:
    done = home.run("doctor", "--json", TMPDIR=temporary or str(home.temporary))
    assert "SEND" not in done.stderr
    return done.returncode, {one["check"]: one for one in json.loads(done.stdout)["checks"]}


def test_a_browser_is_started_once(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in STEERING.items():
        monkeypatch.setenv(name, value)
    code, found = checks(home)
    assert code == Exit.OK
    assert found["browser"]["state"] == "ok"
    assert found["environment"]["found"].startswith(f"{', '.join(sorted(STEERING))} of the environment")
    assert "version" in found["browser"]["found"]
    assert found["temporary"]["state"] == "ok"


@pytest.mark.parametrize(
    ("kind", "scheme", "why"),
    [
        ("playwright", "ws", "ECONNREFUSED"),
        ("cdp", "http", "ECONNREFUSED"),
        ("grid", "http", "the Grid can't be reached"),
    ],
)
def test_endpoint_that_refuses_is_named_without_address(kind: str, scheme: str, why: str) -> None:
    address = BrowserUrl(f"{scheme}://127.0.0.1:1/canary?token=canary")
    section = EndpointSection(name="box", kind=BrowserKind(kind), url=address)
    found = endpoint(section, Settings())
    assert (found.check, found.state) == ("browser box", State.BROKEN)
    assert why in found.found
    assert "canary" not in found.found


def test_a_missing_temporary_folder_is_named(home: Home) -> None:
    code, found = checks(home, "/nowhere/at/all")
    assert code == Exit.FAILED
    for check in ("temporary", "browser"):
        assert found[check]["state"] == "broken"
        assert "/nowhere/at/all named by TMPDIR" in found[check]["advice"]


def test_a_program_that_is_no_browser_is_broken(home: Home) -> None:
    home.configure('[browser]\nexecutable = "/bin/false"\n')
    code, found = checks(home)
    assert code == Exit.FAILED
    assert found["browser"]["state"] == "broken"
    assert "/bin/false" in found["browser"]["found"]


def test_a_configuration_with_secrets_for_all_is_noted(home: Home) -> None:
    home.configure('[[sessions]]\nlabel = "a"\nwatch_url = "https://h.example/canary"\n')
    home.config.chmod(0o644)
    done = home.run("doctor")
    assert f"run: chmod 600 {home.config}" in done.stdout
    assert "canary" not in done.stdout + done.stderr


def test_what_may_keep_a_browser_from_starting_is_listed(tmp_path: Path) -> None:
    tmp_path.joinpath("t").mkdir()
    usual = {"TMPDIR": str(tmp_path / "t"), "PATH": os.environ["PATH"]}
    assert temporary_folder_problem(usual) == ""
    assert "browser install" in suspects(usual)
    assert "create the folder /gone" in suspects({"TMP": "/gone"})


def test_what_keeps_other_users_out_has_an_exact_command(tmp_path: Path) -> None:
    shut = tmp_path / "a folder"
    shut.mkdir(0o700)
    section = HostSection(socket=shut / "run" / "host.sock", allow_uids=(4711,))
    found = other_users(Settings(host=section))
    assert found.state is State.NOTE
    assert f"{shut} does not let user 4711 pass" in found.found
    assert f"setfacl -m u:4711:x '{shut}', or name a host.socket elsewhere" in found.advice


def test_users_with_a_way_to_the_socket_are_ok() -> None:
    section = HostSection(socket=Path("/run/x/host.sock"), allow_uids=(0,))
    assert other_users(Settings(host=section)).state is State.OK


def test_a_socket_without_access_lists_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    def unsupported(*_: object) -> None:
        raise OSError(errno.EOPNOTSUPP, "Operation not supported")

    monkeypatch.setattr(os, "getxattr", unsupported)
    found = other_users(Settings(host=HostSection(allow_uids=(4711,))))
    assert (found.state, "without access lists" in found.found) == (State.BROKEN, True)


async def test_doctor_notes_a_host_without_an_init(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(host=HostSection(socket=home.socket))
    async with scripted_host() as served, serving(served, home.socket):
        assert (await asyncio.to_thread(host, settings)).state is State.OK
        monkeypatch.setattr("browser_host.supervisor.api.host_status.os", SimpleNamespace(getpid=lambda: 1))
        found = await asyncio.to_thread(host, settings)
    assert (found.state, "docker run --init" in found.advice) == (State.NOTE, True)


def test_a_host_without_an_init_says_so() -> None:
    assert "docker run --init" in "".join(_alone(1))
    assert _alone(2) == ()
