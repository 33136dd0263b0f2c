"""The dashboard's own themes: calm inks on a dark and a light ground, and Textual's own for 16 colours."""

from collections.abc import Mapping

from textual.theme import Theme

DARK = Theme(
    name="watchdeck",
    primary="#83aeec",
    secondary="#6cc5c1",
    accent="#e5b567",
    foreground="#d6dde8",
    background="#0e131a",
    surface="#151c26",
    panel="#1b2431",
    success="#90d395",
    warning="#f7da8a",
    error="#ef8089",
    dark=True,
    variables={
        "row-cursor": "#223247",
        "row-marked": "#241f33",
        "row-cursor-marked": "#352c50",
        "mark": "#c6a0f6",
        "muted": "#9ba8ba",
        "faint": "#76859e",
        "footer-key-foreground": "#83aeec",
        "block-cursor-background": "#83aeec",
        "block-cursor-foreground": "#0e131a",
        "input-selection-background": "#83aeec 35%",
    },
)

LIGHT = Theme(
    name="watchdeck-light",
    primary="#1c599f",
    secondary="#00645f",
    accent="#7a4f00",
    foreground="#1c2531",
    background="#fbfaf7",
    surface="#f1efe9",
    panel="#e7e4db",
    success="#2a6a31",
    warning="#5f3d00",
    error="#5c0d19",
    dark=False,
    variables={
        "row-cursor": "#d8e5f5",
        "row-marked": "#f0eaf9",
        "row-cursor-marked": "#e0d5f4",
        "mark": "#6b3fa0",
        "muted": "#505a68",
        "faint": "#69717c",
        "footer-key-foreground": "#1c599f",
        "block-cursor-background": "#1c599f",
        "block-cursor-foreground": "#fbfaf7",
    },
)

THEMES = {own.name: own for own in (DARK, LIGHT)}

_RICH_COLORS = frozenset({"truecolor", "24bit"})
_POOR_TERMS = frozenset({"ansi", "dumb", "linux", "screen", "vt100", "vt220", "xterm"})


def default_theme(environ: Mapping[str, str], *, colorless: bool) -> str:
    """The theme that suits the terminal: one of 16 colours, or without any, gets Textual's `ansi-dark`.

    Args:
        environ: the process's environment; `COLORTERM` and `TERM` are looked at.
        colorless: `NO_COLOR` was set (Textual takes it out of the environment).
    """
    term = environ.get("TERM", "")
    rich = environ.get("COLORTERM", "").lower() in _RICH_COLORS
    return "ansi-dark" if colorless or (term in _POOR_TERMS and not rich) else DARK.name
