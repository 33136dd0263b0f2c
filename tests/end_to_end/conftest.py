"""A home, a simulated Upscope and a host for each module: real processes, real sockets, a real browser."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

import pytest

from browser_host.browsers.install.locate import Found
from tests.support.programs import Home

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
