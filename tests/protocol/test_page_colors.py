"""Colours as pages write them: parsed to `#rrggbb`, named, or rejected."""

import colorsys
import itertools
import subprocess
import sys
import time

import pytest
import webcolors
from hypothesis import given, settings
from hypothesis import strategies as st

from browser_host.protocol import page_colors
from browser_host.protocol.page_messages import Color
from browser_host.protocol.text import printable

BYTE = st.integers(0, 255)
CHANNELS = st.tuples(BYTE, BYTE, BYTE)


def as_hex(channels: tuple[int, int, int]) -> str:
    return "#{:02x}{:02x}{:02x}".format(*channels)


@given(CHANNELS, st.floats(0, 1).map("{:.3f}".format))
@settings(deadline=None)
def test_all_notations_of_a_colour_parse_to_the_same_value(
    channels: tuple[int, int, int], alpha: str
) -> None:
    r, g, b = channels
    expected = as_hex(channels)
    hue, lightness, saturation = colorsys.rgb_to_hls(r / 255, g / 255, b / 255)
    s, li = f"{saturation * 100:.6f}%", f"{lightness * 100:.6f}%"
    shares = [f"{channel / 2.55:.6f}%" for channel in channels]
    for text in (
        expected,
        expected.upper(),
        f" {expected}80 ",
        f"rgb({r},{g},{b})",
        f"RGBA( {r} , {g} , {b} , {alpha} )",
        f"rgb({r} {g} {b})",
        f"rgb({r} {g} {b} / {alpha})",
        f"rgb({','.join(shares)})",
        f"rgb({' '.join(shares)}/50%)",
        f"hsl({hue * 360:.6f}, {s}, {li})",
        f"hsl({hue * 360:.6f}deg {s} {li})",
        f"hsla({hue:.9f}turn,{s},{li},{alpha})",
        f"hsl({hue * 6.283185307:.9f}rad {s} {li} / {alpha})",
        f"hsl({hue * 360 - 360:.6f} {s} {li})",
    ):
        assert page_colors.parse(text) == expected, text


@given(st.text(alphabet="0123456789abcdef", min_size=3, max_size=4))
@settings(deadline=None)
def test_short_hex_doubles_its_digits(digits: str) -> None:
    assert page_colors.parse(f"#{digits}") == "#" + "".join(2 * digit for digit in digits[:3])


def test_all_css_names_parse() -> None:
    assert len(webcolors.names()) == 147
    for name in webcolors.names():
        assert page_colors.parse(name.title()) == webcolors.name_to_hex(name)
    samples = {
        "rebeccapurple": "#663399",
        "lightgoldenrodyellow": "#fafad2",
        "grey": "#808080",
        "navy": "#000080",
    }
    assert {name: page_colors.parse(name) for name in samples} == samples


def test_css_names_are_not_loaded_for_other_notations() -> None:
    code = (
        "import sys; from browser_host.protocol import page_colors;"
        "page_colors.parse('#fff'); page_colors.parse('rgb(1,2,3)'); print('webcolors' in sys.modules)"
    )
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        == "False\n"
    )


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("rgb(50%, 50%, 50%)", "#808080"),
        ("rgb(300, -20, 127.5)", "#ff0080"),
        ("rgb(10% 20 1e2)", "#1a1464"),
        ("hsl(120 100 25)", "#008000"),
        ("hsl(-120, 100%, 50%)", "#0000ff"),
        ("hsl(133.3333grad 100% 50%)", "#00ff00"),
        ("hsl(1e99turn 900% 900%)", "#ffffff"),
        ("#00000000", "#000000"),
    ],
)
def test_unusual_but_valid_colours_parse(text: str, value: str) -> None:
    assert page_colors.parse(text) == value


NO_COLORS = (
    "| |transparent|currentcolor|none|inherit|ff0000|#|#12|#12345|#1234567|#123456789|#ggg"
    "|rgb()|rgb(1,2)|rgb(1,2,3,4,5)|rgb(1 2 3 4)|rgb(1,2,3|rgb 1,2,3|rgb(1,2%,3)|rgb(1deg,2,3)|rgb(1 2 3 /)"
    "|rgb(1.,2,3)|rgb(nan,inf,1)|rgb(1e999,0,0)|rgb(1,,2)|rgb(1, 2 3)|rgb(0,0,0)rgb(0,0,0)"
    "|#fff;|url(x)|var(--x)|rgb(٣,٣,٣)|hsl(1,2,3)|hsl(1%,2%,3%)|hsl(1 2deg 3)|hsl(1 2% 3%, 4)"
    "|blac\u212a|red\x00|re\u200bd"
)


@pytest.mark.parametrize("text", [*NO_COLORS.split("|"), "red" + " " * 62])
def test_invalid_colours_parse_to_none(text: str) -> None:
    assert page_colors.parse(text) is None


@given(st.text(st.characters(codec=None), max_size=80) | st.text("rgbhsla(),%/ #0129.e+-\n", max_size=80))
@settings(deadline=None, max_examples=500)
def test_any_text_keeps_its_printable_form(text: str) -> None:
    color = page_colors.read(text)
    assert color.raw == printable(text, 64)
    assert color.value is None or page_colors.parse(color.value) == color.value


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        (None, "null"),
        (255, "255"),
        ({"r": 1}, '{"r": 1}'),
        (float("nan"), "NaN"),
        ([], "[]"),
        (object(), '"<not JSON>"'),
    ],
)
def test_a_value_that_is_not_text_is_kept_as_json(raw: object, kept: str) -> None:
    assert page_colors.read(raw) == Color(None, kept)


def test_a_long_colour_is_cut_and_not_parsed() -> None:
    before = page_colors._read_text.cache_info()
    assert page_colors.read("#" + "f" * 1_000_000) == Color(None, "#" + "f" * 62 + "…")
    assert page_colors._read_text.cache_info() == before  # which would keep the megabyte


@pytest.mark.parametrize(
    "text", ["rgb(" + "1" * 60, "rgb(" + " " * 60, "hsl(" + "1." * 30, "rgb(" + "1e1" * 20]
)
def test_no_text_makes_parsing_slow(text: str) -> None:
    started = time.process_time()
    for _ in range(100):
        assert page_colors.parse(text) is None
    # A millisecond each; runaway backtracking would take minutes.
    assert time.process_time() - started < 0.1


@given(CHANNELS)
@settings(deadline=None)
def test_every_colour_has_a_plain_name(channels: tuple[int, int, int]) -> None:
    assert page_colors.nearest_name(as_hex(channels)) in page_colors.PLAIN_NAMES


def test_each_plain_name_is_nearest_to_its_own_colour() -> None:
    for name, value in page_colors.PLAIN_NAMES.items():
        assert page_colors.nearest_name(value) == name
        assert page_colors.parse(value) == value


def test_greys_are_named_black_grey_or_white() -> None:
    names = [page_colors.nearest_name(as_hex((level, level, level))) for level in range(256)]
    assert [name for name, _ in itertools.groupby(names)] == ["black", "grey", "white"]


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("red", "red darkred crimson firebrick #f44336 #ef4444 #cc0000"),
        ("orange", "orange darkorange #ff9800 #f97316"),
        ("yellow", "yellow gold khaki #ffeb3b"),
        ("green", "green lime darkgreen lightgreen limegreen seagreen olive #4caf50 #22c55e"),
        ("teal", "teal darkcyan #009688"),
        ("cyan", "cyan turquoise #00bcd4"),
        ("blue", "blue navy lightblue darkblue royalblue #2196f3 #3b82f6 #3f51b5"),
        ("purple", "purple indigo darkviolet rebeccapurple #9c27b0 #8b5cf6"),
        ("magenta", "magenta fuchsia"),
        ("pink", "pink hotpink deeppink lightpink #e91e63 #ec4899"),
        ("brown", "brown saddlebrown sienna tan #795548"),
        ("grey", "grey silver lightgrey dimgrey darkslategrey slategrey #555555"),
        ("black", "black #111111"),
        ("white", "white whitesmoke snow ivory"),
    ],
)
def test_common_colours_get_their_everyday_name(name: str, texts: str) -> None:
    values = {text: page_colors.parse(text) for text in texts.split()}
    assert {text: page_colors.nearest_name(value or "") for text, value in values.items()} == dict.fromkeys(
        values, name
    )


@pytest.mark.parametrize("value", ["", "red", "#fff", "#FF0000", "#ff00000", "#ff0000\n"])
def test_nearest_name_rejects_other_formats(value: str) -> None:
    with pytest.raises(ValueError, match="#rrggbb"):
        page_colors.nearest_name(value)
