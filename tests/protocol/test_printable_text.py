"""Text from a page can neither control the terminal nor hide in it."""

import re
import timeit
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from browser_host.protocol.text import _compiled, printable

UNSAFE_CATEGORIES = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
ANY_TEXT = st.text(st.characters(codec=None))  # lone surrogates too
HOSTILE = st.text(
    st.sampled_from(
        "\x00\x07\x1b\x7f\x85\x9b\xad\u061c\u200b\u200c\u200d\u202e\u2028\u2066\ufeff\ufe0f\ud800\udfff"
    )
    | st.sampled_from("\ue000\U000e0001\U000e0100\U000f0000\u0301\u0e47a☂ж漢\U0001f3fd")
)


EMOJI_JOINER = re.compile("(?<=[\u2602\ufe0f])\u200d(?=\u2602)")


def is_harmless(text: str) -> bool:
    visible = EMOJI_JOINER.sub("", text)
    return not any(unicodedata.category(character) in UNSAFE_CATEGORIES for character in visible)


@given(ANY_TEXT | HOSTILE, st.integers(-1, 40))
@example("\ud83d\ude00", 40)
@settings(deadline=None, max_examples=500)
def test_any_text_becomes_bounded_and_safe(text: str, limit: int) -> None:
    shown = printable(text, limit)
    assert len(shown) <= max(limit, 0)
    assert is_harmless(shown)


def test_every_control_or_hidden_character_is_replaced() -> None:
    for start in range(0, 0x110000, 0x1000):
        assert is_harmless(printable("".join(map(chr, range(start, start + 0x1000))), 0x20000))


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126)))
@settings(deadline=None)
def test_plain_text_is_unchanged(text: str) -> None:
    assert printable(text, len(text) + 1) == text


@given(ANY_TEXT | HOSTILE)
@settings(deadline=None)
def test_printable_is_idempotent(text: str) -> None:
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
        ("\u2764\ufe0f\U000e0100", "\u2764\ufe0f\\udb40\\udd00"),
        ("a\ufe0f\ufe0f", "a\\ufe0f\\ufe0f"),
        ("a\U0001f3fd", "a\\ud83c\\udffd"),
        ("pay\u200cpal\u200d", "pay\\u200cpal\\u200d"),
        ("\u0643\u200c\u200c\u0645", "\u0643\\u200c\\u200c\u0645"),
        ("\u3164\u115f", "\\u3164\\u115f"),
        ("prix\u00a0: 5\u3000円 Привет 漢字 😀", "prix\u00a0: 5\u3000円 Привет 漢字 😀"),
        ("e\u0301", "e\u0301"),
        ("\u0301e", "\\u0301e"),
        ("z" + "\u0335" * 5, "z" + "\u0335" * 3 + "\\u0335" * 2),
        ("[bold]x[/]", "[bold]x[/]"),
    ],
)
def test_invisible_characters_are_made_visible(text: str, shown: str) -> None:
    assert printable(text, 100) == shown


@pytest.mark.parametrize(
    "text",
    [
        "\u06a9\u062a\u0627\u0628\u200c\u0647\u0627",  # Persian, with a joiner that keeps letters apart
        "\u0dc1\u0dca\u200d\u0dbb\u0dd3",  # Sinhala, with one that joins them
        "\u0915\u094d\u200d\u0937",
        "\U0001f468\u200d\U0001f469\u200d\U0001f467",
        "\U0001f469\U0001f3fd\u200d\U0001f4bb",
        "\u2764\ufe0f\u200d\U0001f525",
        "1\ufe0f\u20e3",
        "\u0e19\u0e49\u0e33 \u0e01\u0e35\u0e48",
        "Acme\u00a0\u3000GmbH",
    ],
)
def test_names_and_emoji_are_unchanged(text: str) -> None:
    assert printable(text, 100) == text


@pytest.mark.parametrize("mark", ["\u0301", "\u093e", "\u1b44", "\u0fb0", "\U0001e8d0"])
def test_a_character_keeps_at_most_three_marks(mark: str) -> None:
    shown = printable("x" + mark * 1345, 400)
    assert shown.count(mark) == 3


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
def test_cut_text_ends_with_an_ellipsis(text: str, limit: int, shown: str) -> None:
    assert printable(text, limit) == shown


def test_one_hidden_character_costs_no_search() -> None:
    letters = "\u00e9" + "a" * 5_000
    assert printable(f"{letters}\u202e", 10_000) == f"{letters}\\u202e"


def test_cost_does_not_depend_on_the_texts_length() -> None:
    huge = "\u202e" * 10_000_000
    assert min(timeit.repeat(lambda: printable(huge, 64), number=1, repeat=20)) < 0.001


def test_patterns_are_compiled_for_text_beyond_ascii_alone() -> None:
    _compiled.cache_clear()
    assert printable("visitor 17\x1b", 20) == "visitor 17␛"
    assert _compiled.cache_info().currsize == 0
    assert printable("Zoë\u202e", 20) == "Zoë\\u202e"
    assert _compiled.cache_info().currsize == 4
