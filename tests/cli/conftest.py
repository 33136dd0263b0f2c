"""The commands in this process, in a home of their own, and a host's API with no browser behind it."""

import asyncio
import contextlib
import io
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from browser_host.cli.main import cli, run
from browser_host.supervisor.policy import Policy
from tests.support.host import ScriptedHost, scripted_host, serving
from tests.support.patience import patient

VARIABLES = (
    "XDG_CACHE_HOME",
    "XDG_CONFIG_HOME",
    "XDG_STATE_HOME",
    "XDG_RUNTIME_DIR",
    "WATCHDECK_CONFIG",
    "WATCHDECK_SOCKET",
)


@dataclass(frozen=True, slots=True)
class Said:
    code: int
    out: str
    err: str


Watchdeck = Callable[..., Said]
Hosting = Callable[[Policy], contextlib.AbstractAsyncContextManager[ScriptedHost]]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def watchdeck(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Watchdeck:
    """Runs a command to its end; beside a host of the same test it belongs in a thread."""

    def call(*arguments: str, stdin: str = "") -> Said:
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        with pytest.raises(SystemExit) as ended:
            run(cli, arguments)
        said = capsys.readouterr()
        return Said(int(ended.value.code or 0), said.out, said.err)

    return call


@pytest.fixture
def hosting(home: Path) -> Hosting:
    """The real API over a scripted hosting, on the default socket."""

    @contextlib.asynccontextmanager
    async def serve(rules: Policy) -> AsyncIterator[ScriptedHost]:
        socket = home / ".local/state/watchdeck/run/host.sock"
        async with asyncio.timeout(patient(30)), scripted_host(rules) as host, serving(host, socket):
            yield host

    return serve


@pytest.fixture
def brisk() -> Policy:
    """A host whose pages have little time, so that what is not confirmed is known soon."""
    return Policy(undo_s=0.0, confirm_within_s=0.2, ends_per_second=1000)
