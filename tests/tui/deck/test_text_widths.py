"""The width of text: the program's own signs without wcwidth's tables, everything else by them."""

import pytest
from rich.cells import cell_len

from browser_host.cell_width import cell_width
from tui.style.cells import cut, text_width
from tui.style.glyphs import SIGNS, UNICODE


@pytest.mark.parametrize("sign", sorted(SIGNS))
def test_the_own_signs_take_one_cell(sign: str) -> None:
    assert (cell_width(sign), cell_len(sign), text_width(sign)) == (1, 1, 1)


def test_every_sign_of_a_row_is_one_of_them() -> None:
    assert {*UNICODE.hosting.values(), UNICODE.cursor, UNICODE.ellipsis, "⏎"} <= SIGNS


@pytest.mark.parametrize(("text", "cells"), [("● 日本", 6), ("●\u0301", 1), ("é…", 2), ("● 3", 3)])
def test_signs_beside_other_characters(text: str, cells: int) -> None:
    assert text_width(text) == cells


@pytest.mark.parametrize(
    ("text", "cells", "shown"),
    [
        ("visitor-17", 10, "visitor-17"),
        ("visitor-17", 9, "visitor-…"),
        ("visitor-17", 1, "…"),
        ("visitor-17", 0, ""),
        ("日本語", 5, "日本…"),
        ("日本語", 4, "日…"),
        ("nuée d'été", 5, "nuée…"),
    ],
)
def test_a_cut_text_fits(text: str, cells: int, shown: str) -> None:
    assert cut(text, cells, "…") == shown
