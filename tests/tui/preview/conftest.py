import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PIL import Image

from tests.tui.wiring.fake_host import FakeHost
from tui.preview import preview_loop


@pytest.fixture(autouse=True)
def no_guard(no_quiet_time: None) -> None:
    """Answers count at once in all tests of pictures."""


@pytest.fixture(autouse=True)
def no_settling(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preview_loop, "SETTLE_S", 0.001)


@pytest.fixture
async def host(tmp_path: Path) -> AsyncIterator[FakeHost]:
    fake = FakeHost(tmp_path / "run" / "host.sock")
    image = Image.new("RGB", (64, 40), (255, 0, 0))
    image.paste((0, 0, 255), (32, 0, 64, 40))
    written = io.BytesIO()
    image.save(written, "PNG")
    fake.picture = written.getvalue()
    await fake.serve()
    yield fake
    await fake.go_away()
