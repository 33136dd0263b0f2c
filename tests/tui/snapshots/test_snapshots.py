"""The main screens look as they did when somebody last looked at them."""

import pytest

from tests.tui.snapshots.screens import CASES, KEPT, Look, path_of, pictured


@pytest.mark.parametrize(
    ("look", "size"), CASES, ids=lambda one: getattr(one, "name", None) or "x".join(map(str, one))
)
async def test_screens_are_as_they_were_kept(look: Look, size: tuple[int, int]) -> None:
    assert await pictured(look, size) == path_of(look, size).read_text("utf-8")


def test_every_kept_screen_is_compared() -> None:
    assert set(KEPT.iterdir()) == {path_of(*case) for case in CASES}
