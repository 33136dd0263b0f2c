"""Text from a page can neither control the terminal nor hide in it."""

import timeit
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from browser_host.protocol.text import printable

ACTED_UPON = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
ANY_TEXT = st.text(st.characters(codec=None))  # lone surrogates too
HOSTILE = st.text(
    st.sampled_from(
        "\x00\x07\x1b\x7f\x85\x9b\xad\u061c\u200b\u200d\u202e\u2028\u2066\ufeff\ufe0f\ud800\udfff"
    )
    | st.sampled_from("\ue000\U000e0001\U000e0100\U000f0000\u0301\u0e47a☂ж漢")
)


def is_harmless(text: str) -> bool:
    return not any(unicodedata.category(character) in ACTED_UPON for character in text)


@given(ANY_TEXT | HOSTILE, st.integers(-1, 40))
@example("\ud83d\ude00", 40)
@settings(deadline=None, max_examples=500)
def test_whatever_came_is_bounded_and_harmless(text: str, limit: int) -> None:
    shown = printable(text, limit)
    assert len(shown) <= max(limit, 0)
    assert is_harmless(shown)


def test_no_character_at_all_gets_through_that_a_terminal_acts_upon() -> None:
    for start in range(0, 0x110000, 0x1000):
        assert is_harmless(printable("".join(map(chr, range(start, start + 0x1000))), 0x20000))


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126)))
@settings(deadline=None)
def test_plain_text_stays_as_it_is(text: str) -> None:
    assert printable(text, len(text) + 1) == text


@given(ANY_TEXT | HOSTILE)
@settings(deadline=None)
def test_what_is_printable_stays_so(text: str) -> None:
    shown = printable(text, 1_000)
    assert printable(shown, 1_000) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "␛[31mred␛[0m"),
        ("a\tb\r\nc\x00\x07\x7f", "a␉b␍␊c␀␇␡"),
        ("\x9b2J\x85", "\\u009b2J\\u0085"),
        ("admin\u202etxt.exe", "admin\\u202etxt.exe"),
        ("\u2066a\u2069\u200f", "\\u2066a\\u2069\\u200f"),
        ("a\u200bb\u200dc\ufeff\u2060", "a\\u200bb\\u200dc\\ufeff\\u2060"),
        ("a\u2028b\u2029c", "a\\u2028b\\u2029c"),
        ("\ud800", "\\ud800"),
        ("\ue000", "\\ue000"),
        ("\U000e0041", "\\udb40\\udc41"),
        ("\u2764\ufe0f\U000e0100", "❤\\ufe0f\\udb40\\udd00"),
        ("\u3164\u115f", "\\u3164\\u115f"),
        ("prix\u00a0: 5\u3000円 Привет 漢字 😀", "prix\u00a0: 5\u3000円 Привет 漢字 😀"),
        ("e\u0301", "e\u0301"),
        ("\u0301e", "\\u0301e"),
        ("z" + "\u0335" * 5, "z" + "\u0335" * 3 + "\\u0335" * 2),
        ("[bold]x[/]", "[bold]x[/]"),
    ],
)
def test_what_is_not_seen_is_made_visible(text: str, shown: str) -> None:
    assert printable(text, 100) == shown


@pytest.mark.parametrize(
    ("text", "limit", "shown"),
    [
        ("abcdef", 6, "abcdef"),
        ("abcdefg", 6, "abcde…"),
        ("a\u202e", 6, "a\\u20…"),
        ("ab", 1, "…"),
        ("ab", 0, ""),
        ("", 5, ""),
    ],
)
def test_what_is_cut_ends_in_an_ellipsis(text: str, limit: int, shown: str) -> None:
    assert printable(text, limit) == shown


def test_a_huge_text_costs_no_more_than_its_beginning() -> None:
    huge = "\u202e" * 10_000_000
    assert min(timeit.repeat(lambda: printable(huge, 64), number=1, repeat=20)) < 0.001
