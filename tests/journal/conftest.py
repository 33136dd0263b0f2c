"""A journal on disk."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from browser_host.journal.store import Store
from tests.journal.samples import entry


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
