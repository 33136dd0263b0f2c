"""What all tests share: a browser, found or got once by the project's own code."""

import fcntl
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from browser_host.browsers.find import Found
from browser_host.browsers.install import ensure_browser


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Found:
    """A browser; workers that run side by side get it one after the other."""
    shared = tmp_path_factory.getbasetemp().parent
    with (shared / "browser.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return ensure_browser(None, _say)


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """A folder of the test's own, with a short name: a Unix socket's path has at most 107 bytes."""
    with tempfile.TemporaryDirectory(prefix="wd-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's own folder."""
    return Path(__file__).parents[1]


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
