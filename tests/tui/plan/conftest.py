import pytest


@pytest.fixture(autouse=True)
def no_guard(no_quiet_time: None) -> None:
    """Answers count at once in all tests of bulk ends."""
