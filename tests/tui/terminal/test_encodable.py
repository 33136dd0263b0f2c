"""Characters that a terminal's encoding does not have: a question mark for each of their cells."""

from hypothesis import given
from hypothesis import strategies as st

from tui.style.cells import text_width
from tui.terminal import encodable


def test_what_an_encoding_lacks_keeps_its_width() -> None:
    assert encodable("Zoë Reyes \u2026 日本", "ascii") == "Zo? Reyes ? ????"
    assert encodable("Zoë \u2026", "iso-8859-1") == "Zoë ?"
    assert encodable("e\u0301|", "ascii") == "e|"


@given(st.text(), st.sampled_from(("ascii", "iso-8859-1", "koi8-r", "utf-8")))
def test_it_can_always_be_written(text: str, encoding: str) -> None:
    made = encodable(text.encode("utf-8", "ignore").decode(), encoding)
    made.encode(encoding)
    if text.isascii():
        assert made == text


def test_utf_8_changes_nothing() -> None:
    assert encodable("日本 ▌◆ é", "utf-8") == "日本 ▌◆ é"
    assert text_width("日") == len(encodable("日", "ascii"))
