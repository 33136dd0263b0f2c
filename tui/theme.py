"""The dashboard's own themes: calm inks on a dark and a light ground, and Textual's own for 16 colours."""

import os
from collections.abc import Mapping
from typing import Any

from textual.app import App
from textual.theme import Theme

DARK = Theme(
    name="watchdeck",
    primary="#7aa7e8",
    secondary="#6cc5c1",
    accent="#e5b567",
    foreground="#d6dde8",
    background="#0e131a",
    surface="#151c26",
    panel="#1b2431",
    success="#86c98b",
    warning="#e5b567",
    error="#ec7a83",
    dark=True,
    variables={
        "row-cursor": "#26364d",
        "row-marked": "#241f33",
        "row-cursor-marked": "#3a3157",
        "mark": "#c6a0f6",
        "muted": "#8c99ab",
        "faint": "#64728a",
        "footer-key-foreground": "#7aa7e8",
        "block-cursor-background": "#7aa7e8",
        "block-cursor-foreground": "#0e131a",
        "input-selection-background": "#7aa7e8 35%",
    },
)

LIGHT = Theme(
    name="watchdeck-light",
    primary="#1f5fa8",
    secondary="#00706c",
    accent="#8a5a00",
    foreground="#1c2531",
    background="#fbfaf7",
    surface="#f1efe9",
    panel="#e7e4db",
    success="#2b6e33",
    warning="#8a5a00",
    error="#b3303d",
    dark=False,
    variables={
        "row-cursor": "#cfdff2",
        "row-marked": "#ece4f7",
        "row-cursor-marked": "#d8c8f0",
        "mark": "#6b3fa0",
        "muted": "#5b6675",
        "faint": "#7f8792",
        "footer-key-foreground": "#1f5fa8",
        "block-cursor-background": "#1f5fa8",
        "block-cursor-foreground": "#fbfaf7",
    },
)

THEMES = (DARK, LIGHT)

_RICH_COLORS = frozenset({"truecolor", "24bit"})
_POOR_TERMS = frozenset({"ansi", "dumb", "linux", "screen", "vt100", "vt220", "xterm"})


def dress(app: App[Any], name: str | None) -> None:
    """Gives an app our themes and puts one on.

    Args:
        name: the configured theme; None, or a name that no theme has, for what suits the terminal.
    """
    for theme in THEMES:
        app.register_theme(theme)
    if name is None or name not in app.available_themes:
        name = default_theme(os.environ, colorless=app.no_color)
    app.theme = name


def default_theme(environ: Mapping[str, str], *, colorless: bool) -> str:
    """The theme that suits the terminal: one of 16 colours, or without any, gets Textual's `ansi-dark`.

    Args:
        environ: the process's environment; `COLORTERM` and `TERM` are looked at.
        colorless: `NO_COLOR` was set (Textual takes it out of the environment).
    """
    term = environ.get("TERM", "")
    rich = environ.get("COLORTERM", "").lower() in _RICH_COLORS
    return "ansi-dark" if colorless or (term in _POOR_TERMS and not rich) else DARK.name
