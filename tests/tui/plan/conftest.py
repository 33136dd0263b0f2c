import pytest

from tui.screens import confirm


@pytest.fixture(autouse=True)
def no_guard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confirm, "GUARD_S", -1.0)
