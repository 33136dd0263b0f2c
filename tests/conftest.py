"""What all tests share: a browser, found or got once by the project's own code."""

import contextlib
import fcntl
import gc
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from browser_host.browsers.install.download import ensure_browser
from browser_host.browsers.install.locate import Found

# The same examples each time, and no deadline: how long an example takes says how busy the machine is.
settings.register_profile("suite", derandomize=True, deadline=None)
settings.load_profile("suite")


WAITING = ("bench", "end_to_end", "browsers", "monkey", "soak")
"""Folders whose tests mostly wait for real parts; a file takes up to some minutes."""

LAST_BEGINS_AT = 0.8
"""The place in the run at which the last of their files begins: one that began later would end alone."""


def pytest_xdist_auto_num_workers() -> int:
    """Twice as many workers as cores: tests with real parts wait for half of their time."""
    return 2 * (os.cpu_count() or 1)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Collect without looking for garbage, which there is little of: looking took two fifths of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Spread the files that wait over the run, so that the processor has other tests to do meanwhile.

    Those that let others be alone in between come first, for who wants to be alone would have to wait for the
    end of any other.
    """
    by_turns = {item.path for item in items if item.get_closest_marker("by_turns")}
    files = dict.fromkeys(item.path for item in items)
    waiting = [path for path in files if _folder(path) in WAITING]
    waiting.sort(key=lambda path: (path not in by_turns, WAITING.index(_folder(path))))
    quick = [path for path in files if _folder(path) not in WAITING]
    places = {path: LAST_BEGINS_AT * place / len(waiting) for place, path in enumerate(waiting)}
    places |= {path: place / len(quick) for place, path in enumerate(quick)}
    items.sort(key=lambda item: places[item.path])


def _folder(path: Path) -> str:
    return path.relative_to(Path(__file__).parent).parts[0]


class Turns:
    """Everybody passes the door; one that wants to be alone holds it while the others finish.

    Args:
        shared: a folder that all workers of a run see.
    """

    def __init__(self, shared: Path) -> None:
        self._shared = shared

    @contextlib.contextmanager
    def __call__(self, *, alone: bool = False) -> Iterator[None]:
        """Waits for the turn, which lasts as long as the block."""
        with (self._shared / "door.lock").open("w") as door, (self._shared / "room.lock").open("w") as room:
            fcntl.flock(door, fcntl.LOCK_EX)
            fcntl.flock(room, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
            if not alone:
                fcntl.flock(door, fcntl.LOCK_UN)
            yield


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Found:
    """A browser; workers that run side by side get it one after the other."""
    shared = tmp_path_factory.getbasetemp().parent
    with (shared / "browser.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return ensure_browser(None, _say)


@pytest.fixture(autouse=True)
def turn(request: pytest.FixtureRequest, turns: Turns) -> Iterator[None]:
    """A test marked `alone` runs while no other does: what it measures is not its neighbours' load.

    One marked `by_turns` takes its turns itself, for it would keep the others waiting too long.
    """
    marked = {mark.name for mark in request.node.iter_markers()}
    if "by_turns" in marked:
        yield
        return
    with turns(alone="alone" in marked):
        yield


@pytest.fixture(scope="session")
def turns(tmp_path_factory: pytest.TempPathFactory) -> Turns:
    """Takes a turn, from all workers of this run."""
    return Turns(tmp_path_factory.getbasetemp().parent)


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
