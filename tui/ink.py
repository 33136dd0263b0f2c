"""Turns meanings into styles of the theme in force: truecolor, 16 colours, or none at all."""

from collections.abc import Mapping
from functools import lru_cache

from rich.segment import Segment
from rich.style import Style
from textual.color import Color

from tui.cells import Cell
from tui.tones import Ground, Span, Tone

_INKS = {
    Tone.PLAIN: "foreground",
    Tone.STRONG: "foreground",
    Tone.MUTED: "muted",
    Tone.FAINT: "faint",
    Tone.GOOD: "success",
    Tone.INFO: "primary",
    Tone.FRESH: "secondary",
    Tone.WARN: "warning",
    Tone.BAD: "error",
    Tone.ACCENT: "mark",
}
_GROUNDS = {
    Ground.TABLE: "background",
    Ground.CURSOR: "row-cursor",
    Ground.MARKED: "row-marked",
    Ground.CURSOR_MARKED: "row-cursor-marked",
    Ground.BAR: "panel",
    Ground.TITLES: "surface",
}
_BADGES = {Tone.BADGE: "primary", Tone.BADGE_WARN: "warning", Tone.BADGE_BAD: "error"}
_SWATCHES = 1024


class Ink:
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
        self._styles = {(tone, ground): self._made(tone, ground) for tone in Tone for ground in Ground}
        self._swatch = lru_cache(maxsize=_SWATCHES)(self._made_swatch)

    def style(self, tone: Tone, ground: Ground) -> Style:
        """The style of a meaning on a ground."""
        return self._styles[tone, ground]

    def segments(self, spans: Cell, ground: Ground, *, greyed: bool = False) -> list[Segment]:
        """The spans as segments.

        Args:
            greyed: all in one quiet ink, swatches too: what is shown is no longer known to hold.
        """
        if greyed:
            return [Segment(span.text, self._styles[Tone.MUTED, ground]) for span in spans]
        return [Segment(span.text, self._of(span, ground)) for span in spans]

    def _of(self, span: Span, ground: Ground) -> Style:
        return self._styles[span.tone, ground] if span.swatch is None else self._swatch(span.swatch, ground)

    def _made_swatch(self, swatch: str, ground: Ground) -> Style:
        return Style(color=Color.parse(swatch).rich_color, bgcolor=self._ground(ground).rich_color)

    def _made(self, tone: Tone, ground: Ground) -> Style:
        if tone in _BADGES:
            fore = Color.parse("ansi_black") if self._ansi else self._color("background")
            back = self._color(_BADGES[tone])
            reverse = True if self._colorless else None
            return Style(color=fore.rich_color, bgcolor=back.rich_color, bold=True, reverse=reverse)
        back = self._ground(ground)
        cursor = ground in {Ground.CURSOR, Ground.CURSOR_MARKED}
        # Sixteen colours have none for a ground: the cursor's row is reversed, and in one ink to be legible.
        reverse = self._ansi and cursor
        quiet = self._ansi and tone in {Tone.MUTED, Tone.FAINT} and not reverse
        fore = self._color("foreground" if quiet or reverse else _INKS[tone])
        return Style(
            color=fore.rich_color,
            bgcolor=back.rich_color,
            bold=tone is Tone.ACCENT or (tone is Tone.STRONG and cursor) or None,
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
