"""A journal on disk."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from browser_host.cli.main import cli, run
from browser_host.journal.store import Store
from tests.journal.samples import entry

Watchdeck = Callable[..., tuple[int, str, str]]
"""Runs a command, and returns its exit code, what it wrote to stdout, and to stderr."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "journal.sqlite3"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    opened = Store(path)
    yield opened
    opened.close()


@pytest.fixture
def five(store: Store) -> Store:
    """A journal of five entries, a second apart."""
    store.append([entry(f"entry {number}", at=1000.0 + number) for number in range(1, 6)])
    return store


@pytest.fixture
def watchdeck(path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Watchdeck:
    """Commands on the journal, which no host has open."""
    config = tmp_path / "config.toml"
    config.write_text(f'[journal]\npath = "{path}"\n[host]\nsocket = "{tmp_path / "no.sock"}"\n')

    def call(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            run(cli, [*arguments, "--config", str(config)])
        written = capsys.readouterr()
        return int(ended.value.code or 0), written.out, written.err

    return call
