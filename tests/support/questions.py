"""The dashboard's question, as a test waits for it."""

from textual.app import App

from tui.screens.confirm import ConfirmScreen


def is_asked(app: App[None]) -> bool:
    """A question is up and painted: what is typed now is for it."""
    return isinstance(app.screen, ConfirmScreen) and app.screen.is_listening
