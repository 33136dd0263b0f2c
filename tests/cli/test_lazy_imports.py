"""What a command loads, told by a process of its own: what is not loaded costs no start."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from browser_host.config.clients.client_settings import client_settings
from browser_host.supervisor.policy import Policy
from tests.cli.conftest import Hosting

LISTS = frozenset(
    {
        *(
            "browser_host",
            "browser_host.api",
            "browser_host.api.transport.caller",
            "browser_host.api.transport",
        ),
        *("browser_host.api.transport.blocking_transport", "browser_host.api.transport.host_transport"),
        *("browser_host.api.transport.wire",),
        *("browser_host.cell_width", "browser_host.cli", "browser_host.cli.commands"),
        *("browser_host.cli.commands.list_sessions", "browser_host.cli.host_client"),
        *("browser_host.cli.invocation", "browser_host.cli.lazy_group", "browser_host.cli.main"),
        *("browser_host.cli.matching", "browser_host.cli.output", "browser_host.cli.simulated"),
        *(
            "browser_host.cli.standard_streams",
            "browser_host.cli.start_up",
            "browser_host.config",
            "browser_host.config.choices",
        ),
        *("browser_host.config.clients", "browser_host.config.clients.client_settings"),
        *("browser_host.config.clients.host_address", "browser_host.config.clients.settings_cache"),
        *("browser_host.config.options",),
        *("browser_host.config.paths", "browser_host.config.problems", "browser_host.daemon_threads"),
        *("browser_host.errors", "browser_host.private_files", "browser_host.protocol"),
        *("browser_host.protocol.page_instructions", "browser_host.protocol.text", "browser_host.sessions"),
        *("browser_host.sessions.clock", "browser_host.sessions.json_codec", "browser_host.text_files"),
        *("tui", "tui.cli"),
    }
)
"""All of our own modules that `watchdeck list` may load."""

VERSION = frozenset(
    {
        *("browser_host", "browser_host.cell_width", "browser_host.cli", "browser_host.cli.invocation"),
        *("browser_host.cli.lazy_group", "browser_host.cli.main", "browser_host.cli.output"),
        *(
            "browser_host.cli.simulated",
            "browser_host.cli.standard_streams",
            "browser_host.cli.start_up",
            "browser_host.config",
        ),
        *(
            "browser_host.config.clients",
            "browser_host.config.clients.host_address",
            "browser_host.config.options",
            "browser_host.config.paths",
            "browser_host.config.problems",
        ),
        *("browser_host.errors", "browser_host.private_files", "browser_host.protocol"),
        *("browser_host.protocol.text", "browser_host.text_files", "tui", "tui.cli"),
    }
)
"""The same of `watchdeck --version`."""

HEAVY = frozenset(
    {
        *("asyncio", "concurrent.futures", "http.client", "importlib.metadata", "logging"),
        *(
            "anyio",
            "httpcore",
            "httpx",
            "playwright",
            "psutil",
            "pydantic",
            "rich",
            "ssl",
            "starlette",
        ),
        *("structlog", "textual", "uvicorn", "wcwidth", "webcolors"),
    }
)
"""Libraries, of Python too, that a short command does without."""

BESIDE_A_DASHBOARD = frozenset(
    {
        "anyio",
        "httpcore",
        "httpx",
        "matplotlib",
        "playwright",
        "psutil",
        "pydantic",
        "starlette",
        "structlog",
        "tomllib",
        "uvicorn",
        "wcwidth",
    }
)
"""Libraries that the dashboard does without until its first rows are shown."""

LATER = frozenset(
    {
        *("browser_host.api.replies", "browser_host.cli.launch", "browser_host.cli.pictures"),
        *("browser_host.hosts.named_host", "browser_host.sessions.end_plan"),
        *("tui.host.owned_host", "tui.keymap", "tui.overlays", "tui.palette.action_palette"),
        *("tui.plan.draft", "tui.plan.run", "tui.plan.runner", "tui.trends.trend_screen"),
    }
)
"""The same of our own modules: for ends, pictures, screens over the table and hosts that do not run yet."""

PROGRAM = """
import sys
from tui import cli
try:
    cli.main()
finally:
    sys.stdout.flush()
    names = sorted(sys.modules)
    import json
    print(json.dumps(names), file=sys.stderr)
"""


@dataclass(frozen=True, slots=True)
class Loaded:
    code: int
    modules: frozenset[str]

    @property
    def ours(self) -> frozenset[str]:
        return frozenset(name for name in self.modules if name.partition(".")[0] in ("browser_host", "tui"))


def last_line(home: Path, arguments: Sequence[str], program: str = PROGRAM) -> tuple[int, Any]:
    """The exit code, and the JSON that the program wrote to stderr last."""
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={"HOME": str(home)},
    )
    return done.returncode, json.loads(done.stderr.splitlines()[-1])


def loaded(home: Path, arguments: Sequence[str], program: str = PROGRAM) -> Loaded:
    code, modules = last_line(home, arguments, program)
    return Loaded(code, frozenset(modules))


def test_the_version_loads_no_command(tmp_path: Path) -> None:
    found = loaded(tmp_path, ("--version",))
    assert found.code == 0
    assert found.ours - VERSION == frozenset()
    assert found.modules & {*HEAVY, "json", "socket"} == frozenset()


def test_the_list_loads_what_it_shows_with(tmp_path: Path) -> None:
    loaded(tmp_path, ("list",))  # it validates the configuration, and remembers that
    found = loaded(tmp_path, ("list",))
    assert found.code == 3
    assert found.ours - LISTS == frozenset()
    assert found.modules & HEAVY == frozenset()


def test_a_command_ends_without_a_look_for_garbage(tmp_path: Path) -> None:
    program = """
import atexit, gc, sys
from tui import cli
atexit.register(lambda: print(gc.get_freeze_count(), file=sys.stderr))
cli.main()
"""
    code, frozen = last_line(tmp_path, ("--version",), program)
    assert code == 0
    assert frozen > 5_000


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--help",), 0),
        (("watch", "--filter", "status:active"), 3),
        (("mode", "draw", "a1"), 3),
        (("end", "--all", "--yes"), 3),
        (("stop",), 3),
    ],
)
def test_a_short_command_loads_nothing_heavy(tmp_path: Path, arguments: tuple[str, ...], code: int) -> None:
    if code:
        loaded(tmp_path, arguments)  # as above
    found = loaded(tmp_path, arguments)
    assert found.code == code
    assert found.modules & HEAVY == frozenset()


@pytest.mark.parametrize(
    ("names", "arguments"),
    [
        ((), ("list",)),
        (("york",), ("undo",)),
        (("tokyo", "york"), ("list", "--host", "york")),
    ],
)
async def test_an_answer_of_one_host_loads_nothing_heavy(
    hosting: Hosting, brisk: Policy, home: Path, names: tuple[str, ...], arguments: tuple[str, ...]
) -> None:
    socket = home / ".local/state/watchdeck/run/host.sock"
    place = home / ".config/watchdeck/config.toml"
    place.parent.mkdir(parents=True)
    place.write_text("".join(f'[[hosts]]\nname = "{name}"\nsocket = "{socket}"\n' for name in names))
    client_settings()  # as above
    async with hosting(brisk) as host:
        host.live(1)
        found = await asyncio.to_thread(loaded, home, arguments)
    assert found.code == 0
    assert found.modules & HEAVY == frozenset()


def test_the_dashboard_loads_nothing_before_its_rows(tmp_path: Path) -> None:
    program = """
import json, sys
from browser_host.config.clients.client_settings import client_settings
from tui import dashboard
from tui.app import WatchdeckApp
def run(app):
    print(json.dumps(sorted(sys.modules)), file=sys.stderr)
    raise SystemExit
WatchdeckApp.run = run
dashboard.attach(client_settings())
"""
    loaded(tmp_path, ("list",))
    found = loaded(tmp_path, (), program)
    assert found.modules & (BESIDE_A_DASHBOARD | LATER) == frozenset()


def test_the_dashboard_starts_without_a_look_for_garbage(tmp_path: Path) -> None:
    program = """
import gc, json, socket, sys
from tui import cli
def run(app):
    since = [one["collections"] for one in gc.get_stats()]
    facts = {"looks": sum(since) - sum(before), "enabled": gc.isenabled(), "frozen": gc.get_freeze_count()}
    print(json.dumps(facts), file=sys.stderr)
    raise SystemExit
def starts():
    from tui.app import WatchdeckApp
    WatchdeckApp.run = run
cli._need_terminal = starts
place = sys.argv.pop()
with socket.socket(socket.AF_UNIX) as listening:
    listening.bind(place)
    listening.listen()
    sys.argv += ["--socket", place, "attach"]
    before = [one["collections"] for one in gc.get_stats()]
    cli.main()
"""
    _, facts = last_line(tmp_path, (str(tmp_path / "host.sock"),), program)
    assert facts["looks"] < 10  # those while click reads the arguments; hundreds without `uncollected`
    assert facts["enabled"]
    assert facts["frozen"] > 50_000
