"""What counts as a colour when somebody types one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from browser_host.protocol.page_instructions import SwitchColor
from tui.screens.choose_color import PALETTE, as_hex


@pytest.mark.parametrize(
    ("typed", "color"),
    [
        ("#1E90FF", "#1e90ff"),
        ("1e90ff", "#1e90ff"),
        (" #abc ", "#aabbcc"),
        ("abc", "#aabbcc"),
        ("#abcd", None),
        ("red", None),
        ("", None),
        ("##abc", None),
        ("#12345٣", None),
    ],
)
def test_hex_is_read_as_people_type_it(typed: str, color: str | None) -> None:
    assert as_hex(typed) == color


@given(st.text(max_size=12))
def test_whatever_is_taken_can_be_sent(typed: str) -> None:
    color = as_hex(typed)
    assert color is None or SwitchColor(color).color == color


def test_every_color_of_the_palette_can_be_sent() -> None:
    assert all(SwitchColor(color).color == color for color in PALETTE.values())
