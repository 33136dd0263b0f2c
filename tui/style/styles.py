"""Turns meanings into styles of the theme in force: truecolor, 16 colours, or none at all."""

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from rich.segment import Segment
from rich.style import Style
from textual.color import Color

from tui.style.cells import Cell
from tui.style.roles import Ground, Role, Span

if TYPE_CHECKING:
    from textual.app import App

_FOREGROUNDS = {
    Role.PLAIN: "foreground",
    Role.STRONG: "foreground",
    Role.MUTED: "muted",
    Role.FAINT: "faint",
    Role.GOOD: "success",
    Role.INFO: "primary",
    Role.FRESH: "secondary",
    Role.WARN: "warning",
    Role.BAD: "error",
    Role.ACCENT: "mark",
}
_GROUNDS = {
    Ground.TABLE: "background",
    Ground.CURSOR: "row-cursor",
    Ground.MARKED: "row-marked",
    Ground.CURSOR_MARKED: "row-cursor-marked",
    Ground.BAR: "panel",
    Ground.TITLES: "surface",
}
_BADGES = {Role.BADGE: "primary", Role.BADGE_WARN: "warning", Role.BADGE_BAD: "error"}
_SWATCHES = 1024


class Styles:
    """The styles of one theme; every one has both colours, so that no segment goes without a style.

    Args:
        variables: the app's theme variables; what our own themes add has a fallback in every other.
        ansi: the theme's colours are the terminal's own sixteen.
        colorless: `NO_COLOR`: colours will be taken away, so attributes must carry what they can.
    """

    def __init__(self, variables: Mapping[str, str], *, ansi: bool, colorless: bool) -> None:
        self._variables = variables
        self._ansi = ansi
        self._colorless = colorless
        self._styles = {(role, ground): self._made(role, ground) for role in Role for ground in Ground}
        self._swatch = lru_cache(maxsize=_SWATCHES)(self._made_swatch)

    def style(self, role: Role, ground: Ground) -> Style:
        """The style of a meaning on a ground."""
        return self._styles[role, ground]

    def segments(self, spans: Cell, ground: Ground, *, greyed: bool = False) -> list[Segment]:
        """The spans as segments.

        Args:
            greyed: all in one quiet color, swatches too: what is shown is no longer known to hold.
        """
        if greyed:
            return [Segment(span.text, self._styles[Role.MUTED, ground]) for span in spans]
        return [Segment(span.text, self._of(span, ground)) for span in spans]

    def _of(self, span: Span, ground: Ground) -> Style:
        return self._styles[span.role, ground] if span.swatch is None else self._swatch(span.swatch, ground)

    def _made_swatch(self, swatch: str, ground: Ground) -> Style:
        return Style(color=Color.parse(swatch).rich_color, bgcolor=self._ground(ground).rich_color)

    def _made(self, role: Role, ground: Ground) -> Style:
        if role in _BADGES:
            fore = Color.parse("ansi_black") if self._ansi else self._color("background")
            back = self._color(_BADGES[role])
            reverse = True if self._colorless else None
            return Style(color=fore.rich_color, bgcolor=back.rich_color, bold=True, reverse=reverse)
        back = self._ground(ground)
        cursor = ground in {Ground.CURSOR, Ground.CURSOR_MARKED}
        # Sixteen colours have none for a ground: the cursor's row is reversed, in one legible color.
        reverse = self._ansi and cursor
        quiet = self._ansi and role in {Role.MUTED, Role.FAINT} and not reverse
        fore = self._color("foreground" if quiet or reverse else _FOREGROUNDS[role])
        return Style(
            color=fore.rich_color,
            bgcolor=back.rich_color,
            bold=role is Role.ACCENT or (role is Role.STRONG and cursor) or None,
            dim=True if quiet else None,
            reverse=True if reverse else None,
        )

    def _ground(self, ground: Ground) -> Color:
        return self._color("background" if self._ansi else _GROUNDS[ground])

    def _color(self, name: str) -> Color:
        found = self._variables.get(name)
        if found is not None:
            return Color.parse(found)
        return self._fallback(name)

    def _fallback(self, name: str) -> Color:
        """What a theme that is not ours lacks, made from what every theme has."""
        fore, back = Color.parse(self._variables["foreground"]), Color.parse(self._variables["background"])
        if self._ansi:
            return Color.parse(self._variables["accent"]) if name == "mark" else fore
        primary, accent = Color.parse(self._variables["primary"]), Color.parse(self._variables["accent"])
        return {
            "muted": back.blend(fore, 0.62),
            "faint": back.blend(fore, 0.4),
            "mark": accent,
            "row-cursor": back.blend(primary, 0.28),
            "row-marked": back.blend(accent, 0.12),
            "row-cursor-marked": back.blend(accent, 0.32),
        }[name]


def styles_of(app: "App[Any]") -> Styles:
    """The styles of the theme that an app has on."""
    return Styles(app.theme_variables, ansi=app.native_ansi_color, colorless=app.no_color)
