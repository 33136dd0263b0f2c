"""Our themes for an eye without green receptors: states still differ in lightness, and always in sign."""

from itertools import combinations

import pytest
from textual.color import Color
from textual.theme import Theme

from tui.style import theme
from tui.style.glyphs import ASCII, UNICODE, Glyphs
from tui.style.roles import Ground, Role
from tui.style.styles import Styles
from tui.view.rows import HOSTING_ROLES

DEUTERANOPIA = (
    (0.367322, 0.860646, -0.227968),
    (0.280085, 0.672501, 0.047413),
    (-0.011820, 0.042940, 0.968881),
)
"""Machado, Oliveira and Fernandes (2009), severity 1.0, on linear RGB."""

LEAST_DIFFERENCE = 8.0
"""Of CIELAB's lightness, 0 to 100; some 2 are noticed side by side."""

SEVERITIES = (Role.GOOD, Role.WARN, Role.BAD)


@pytest.mark.parametrize("own", theme.THEMES.values(), ids=lambda own: own.name)
@pytest.mark.parametrize("ground", Ground)
def test_good_warning_and_bad_differ_in_lightness(own: Theme, ground: Ground) -> None:
    styles = Styles({**own.to_color_system().generate(), **own.variables}, ansi=False, colorless=False)
    seen = {}
    for role in SEVERITIES:
        color = styles.style(role, ground).color
        assert color is not None
        seen[role] = _lightness_seen(Color.from_rich_color(color))
    for one, other in combinations(SEVERITIES, 2):
        assert abs(seen[one] - seen[other]) >= LEAST_DIFFERENCE, seen


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII], ids=["unicode", "ascii"])
def test_every_state_of_hosting_has_a_sign_of_its_own(glyphs: Glyphs) -> None:
    assert set(glyphs.hosting) == set(HOSTING_ROLES)
    assert len(set(glyphs.hosting.values())) == len(HOSTING_ROLES)


def _lightness_seen(color: Color) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in color.normalized]
    seen = [sum(part * c for part, c in zip(row, linear, strict=True)) for row in DEUTERANOPIA]
    luminance = sum(w * min(max(c, 0.0), 1.0) for w, c in zip((0.2126, 0.7152, 0.0722), seen, strict=True))
    return float(116 * luminance ** (1 / 3) - 16)
