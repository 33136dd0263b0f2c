import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from browser_host.browsers.install.sandbox import decide
from browser_host.browsers.process import processes
from browser_host.browsers.settings import SandboxSetting
from browser_host.errors import BrowserUnavailable
from tests.browsers.conftest import Opened
from tests.browsers.stage import Quiet


@pytest.mark.parametrize(
    ("setting", "uid", "on"),
    [
        (SandboxSetting.AUTO, 1000, True),
        (SandboxSetting.AUTO, 0, False),
        (SandboxSetting.ON, 1000, True),
        (SandboxSetting.OFF, 1000, False),
        (SandboxSetting.OFF, 0, False),
    ],
)
def test_the_sandbox_is_on_wherever_it_can_be(setting: SandboxSetting, uid: int, on: bool) -> None:  # noqa: FBT001 - a case's expected value
    decided = decide(setting, uid)
    assert decided.on is on
    assert decided.why


def test_asking_for_it_as_root_is_refused_with_the_reason() -> None:
    with pytest.raises(BrowserUnavailable, match="as root") as caught:
        decide(SandboxSetting.ON, 0)
    assert 'browser.sandbox = "off"' in str(caught.value)


NO_SANDBOX = "--no-sandbox"

AS_AN_ORDINARY_USER = """
import asyncio, importlib.readers, json, os, sys
from pathlib import Path
from browser_host.browsers.process import processes
from browser_host.browsers.install.locate import find
from browser_host.browsers.pool import Pool
from browser_host.browsers.settings import PoolSettings
from browser_host.errors import BrowserUnavailable
from tests.browsers.stage import Quiet

async def start(home, uid):
    found = await find(None)
    os.chown(home, uid, uid)
    os.environ["HOME"] = os.environ["TMPDIR"] = home
    os.chdir(home)
    os.setgroups([])
    os.setgid(uid)
    os.setuid(uid)
    pool = Pool(PoolSettings(executable=found.executable), lambda report: None, Quiet())
    try:
        await pool.start()
        lines = [Path(f"/proc/{one.pid}/cmdline").read_text() for one in processes.descendants(os.getpid())]
        print(json.dumps({"told": pool.describe()[0].sandbox, "lines": lines}))
    except BrowserUnavailable as error:
        print(json.dumps({"refused": str(error)}))
    finally:
        await pool.close(5.0)

asyncio.run(start(sys.argv[1], int(sys.argv[2])))
"""


def is_open_to_others(place: Path) -> bool:
    """Whether any user may go there."""
    return all(folder.stat().st_mode & 0o001 for folder in (place, *place.parents))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become an ordinary user")
@pytest.mark.skipif(
    not is_open_to_others(Path(sys.prefix)),
    reason="another user can't use this Python: its folder is private",
)
def test_ordinary_user_gets_sandbox_or_the_reason(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    for folder in (tmp_path, *tmp_path.parents[:-2]):
        folder.chmod(folder.stat().st_mode | 0o011)
    command = [sys.executable, "-c", AS_AN_ORDINARY_USER, str(home), "65534"]
    root = Path(__file__).parents[2]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    came = json.loads(done.stdout)
    # A machine may forbid what the sandbox needs; then nothing starts, and never without it.
    assert "sandbox" in came["refused"] if "refused" in came else came["told"] is True
    assert NO_SANDBOX not in str(came.get("lines"))
    assert "refused" in came or "--type=zygote" in str(came["lines"])


async def test_what_is_told_of_it_is_what_the_browser_was_started_with(open_pool: Opened, log: Quiet) -> None:
    before = set(processes.drivers_of(os.getpid()))
    pool = await open_pool()
    (told,) = pool.describe()
    (driver,) = set(processes.drivers_of(os.getpid())) - before
    lines = [_command_line(one.pid) for one in processes.descendants(driver.pid)]
    assert any("--type=zygote" in line for line in lines)
    assert told.sandbox is not any(NO_SANDBOX in line for line in lines)
    assert told.sandbox is (os.geteuid() != 0)
    (started,) = [facts for event, facts in log.events if event == "browser.started"]
    assert started["sandbox"] is told.sandbox
    assert ("root" in str(started["why"])) is not told.sandbox


def _command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text("utf-8", "replace")
    except OSError:
        return ""  # it ended meanwhile
