"""Durations and ages as people write and read them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from browser_host.sessions.durations import OFF, format_duration, parse_duration, short_age


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90s", 90),
        ("5m", 300),
        ("4h", 14_400),
        ("1h30m", 5_400),
        ("250ms", 0.25),
        ("1.5s", 1.5),
        ("2d", 172_800),
        (" 5M ", 300),
        ("0s", 0),
        ("off", OFF),
    ],
)
def test_a_duration_is_read(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(
    "text", ["", "5", "m", "-5s", "5 m", "5x", "1e3s", "s5", "٣s", "9" * 70 + "s", "inf"]
)
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a duration; use 90s"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(90, "1m30s"), (300, "5m"), (0.25, "250ms"), (1.5, "1.5s"), (0, "0s"), (86_400, "1d"), (OFF, "off")],
)
def test_a_duration_is_written_shortly(seconds: float, text: str) -> None:
    assert format_duration(seconds) == text


@given(st.integers(0, 10**11))
def test_what_is_written_is_read_back(millis: int) -> None:
    assert round(parse_duration(format_duration(millis / 1000)) * 1000) == millis


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "0s"),
        (0.9, "0s"),
        (59.9, "59s"),
        (250, "4m10s"),
        (65, "1m05s"),
        (7_380, "2h03m"),
        (273_600, "3d4h"),
    ],
)
def test_an_age_has_two_units_at_most(seconds: float, text: str) -> None:
    assert short_age(seconds) == text
