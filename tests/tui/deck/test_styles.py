"""Themes, sixteen colours and none: everything stays legible, and nothing goes without a style."""

import pytest
from rich.segment import Segment
from textual.color import Color
from textual.theme import Theme

from tests.tui.deck.screen_samples import NOW, Counting, SampleApp, busy_deck
from tui.host import deck
from tui.style import theme
from tui.style.roles import Ground, Role
from tui.style.styles import Styles

DRESSES = ("watchdeck", "watchdeck-light", "nord", "textual-light", "ansi-dark", "ansi-light")


@pytest.mark.parametrize("colorless", [False, True])
@pytest.mark.parametrize("dress", DRESSES)
async def test_every_theme_paints_with_and_without_colours(
    dress: str, monkeypatch: pytest.MonkeyPatch, *, colorless: bool
) -> None:
    if colorless:
        monkeypatch.setenv("NO_COLOR", "1")
    else:
        monkeypatch.delenv("NO_COLOR", raising=False)
    app = SampleApp(driver=Counting, dress=dress)
    async with app.run_test(headless=False, size=(120, 30)) as pilot:
        app.main.show(busy_deck(), NOW)
        await pilot.press("space", "v", "j", "P", "w", "slash", "x")
        app.main.show(deck.lost(busy_deck(), NOW - 9), NOW)
        await pilot.pause()
        for strip in app.main._compositor.render_strips(app.size):
            for segment in strip:
                assert isinstance(segment, Segment)
                assert segment.style is not None
        driver = app._driver
        assert isinstance(driver, Counting)
        sent = "".join(driver.sent)
        assert "38;2;" not in sent or not colorless or not dress.startswith("ansi")


async def test_the_theme_can_be_changed_while_it_runs() -> None:
    app = SampleApp()
    async with app.run_test(size=(120, 30)) as pilot:
        app.main.show(busy_deck(), NOW)
        await pilot.pause()
        app.theme = "watchdeck-light"
        await pilot.pause()
        styles = {seg.style for strip in app.main._compositor.render_strips(app.size) for seg in strip}
        grounds = {style.bgcolor for style in styles if style is not None}
        assert Color.parse("#fbfaf7").rich_color in grounds
        assert Color.parse(theme.DARK.background or "").rich_color not in grounds


@pytest.mark.parametrize("own", theme.THEMES.values(), ids=lambda own: own.name)
def test_our_own_inks_can_be_read_on_every_ground(own: Theme) -> None:
    variables = {**own.to_color_system().generate(), **own.variables}
    styles = Styles(variables, ansi=False, colorless=False)
    for ground in Ground:
        for role in Role:
            style = styles.style(role, ground)
            assert style.color is not None
            assert style.bgcolor is not None
            # WCAG's 4.5 for what must be read; its 3 for what is only decoration.
            least = 3 if role is Role.FAINT else 4.5
            fore, back = (Color.from_rich_color(color) for color in (style.color, style.bgcolor))
            assert _contrast(fore, back) >= least, (role, ground)


def _contrast(one: Color, other: Color) -> float:
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: Color) -> float:
    def linear(channel: float) -> float:
        return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(channel) for channel in color.normalized)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_poor_terminals_get_sixteen_colours() -> None:
    assert theme.default_theme({"TERM": "linux"}, colorless=False) == "ansi-dark"
    assert theme.default_theme({"TERM": "xterm-256color"}, colorless=False) == theme.DARK.name
    assert (
        theme.default_theme({"TERM": "xterm", "COLORTERM": "truecolor"}, colorless=False) == theme.DARK.name
    )
    assert theme.default_theme({"TERM": "xterm-256color"}, colorless=True) == "ansi-dark"
