"""A home, a simulated Upscope and a host for each module: real processes, real sockets, a real browser."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TypeAlias

import pytest

from browser_host.browsers.install.locate import Found
from tests.support.programs import Home
from tests.support.sshd import Box, machine

Configure: TypeAlias = Callable[..., None]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home of the module's own; its path is short, for a socket's takes 107 bytes."""
    return Home(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def log(home: Home) -> Path:
    """Takes what the module's programs say on stderr."""
    return home.path / "stderr.txt"


@pytest.fixture(scope="module")
def configure(home: Home, browser: Found) -> Configure:
    """Writes the home's configuration: the browser that was found, sessions by label, and more TOML."""

    def write(
        sessions: Mapping[str, str], *, more: str = "", pages_of: int = 10, private: bool = True
    ) -> None:
        entries = [
            f'[[sessions]]\nlabel = "{label}"\nwatch_url = "{url}"\n' for label, url in sessions.items()
        ]
        head = (
            f'[browser]\nexecutable = "{browser.executable}"\nsessions_per_process = {pages_of}\n'
            f"allow_private_network = {str(private).lower()}\n"
        )
        home.configure("\n".join([head, more, *entries]))

    return write


@pytest.fixture
def user_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of the test's own, in which its own process is at home too."""
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "WATCHDECK_CONFIG", "WATCHDECK_SOCKET"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def box(user_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Box]:
    """A machine that ssh reaches."""
    with machine(user_home, monkeypatch) as found:
        yield found
