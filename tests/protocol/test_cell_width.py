"""How many columns of a terminal a text takes, whatever its script."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from browser_host.cell_width import cell_width, cut, padded
from browser_host.protocol.text import printable

SCRIPTS = [
    ("Ada", 3),
    ("ที่อยู่", 3),  # Thai: three consonants, with marks above and below
    ("नमस्ते", 4),
    ("កម្ពុជា", 5),
    ("漢字", 4),
    ("e\u0301", 1),
    ("👨\u200d👩\u200d👧", 2),
    ("👍🏽", 2),
    ("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", 7),
]


@pytest.mark.parametrize(("text", "cells"), SCRIPTS, ids=[str(number) for number in range(len(SCRIPTS))])
def test_a_script_takes_its_columns(text: str, cells: int) -> None:
    assert printable(text, 100) == text
    assert cell_width(text) == cells


@given(st.text(max_size=60), st.integers(0, 40))
def test_a_cut_text_reaches_into_no_other_column(text: str, cells: int) -> None:
    shown = printable(text, 200)
    assert cell_width(cut(shown, cells)) <= cells
    assert cell_width(padded(shown, cells)) == cells


@pytest.mark.parametrize("mark", ["\u0301", "\u0e34", "\u093e", "\U0001f3fd", "\u0903", "\u20e3"])
def test_a_heap_of_marks_stays_within_its_column(mark: str) -> None:
    label = printable(f"a{mark * 1_345}b", 120)
    assert cell_width(padded(label, 12)) == 12
