import pytest

from tui.screens import quiet


@pytest.fixture
def no_quiet_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a test answer a question at once, where a hand would have to pause."""
    monkeypatch.setattr(quiet, "QUIET_S", 0.001)
