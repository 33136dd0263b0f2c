from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.tui.wiring.fake_host import FakeHost


@pytest.fixture
async def host(tmp_path: Path) -> AsyncIterator[FakeHost]:
    fake = FakeHost(tmp_path / "run" / "host.sock")
    await fake.serve()
    yield fake
    await fake.go_away()
