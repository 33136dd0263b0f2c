"""Brings alerts that begin to the operator, as each of them asks for: by notice, bell or notification."""

import os
from collections.abc import Callable

from browser_host.config.choices import Channel
from browser_host.sessions.alerts.alert_state import Severity
from tui.alerts import announcing
from tui.host.commands import Weight
from tui.host.deck import Deck

_WEIGHTS = {
    Severity.INFO: Weight.INFORMATION,
    Severity.WARNING: Weight.WARNING,
    Severity.CRITICAL: Weight.ERROR,
}


class Announcer:
    """Announces alerts.

    Args:
        say: shows a notice.
        bell: rings the terminal's bell.
        write: writes a sequence to the terminal.
    """

    def __init__(
        self, say: Callable[[str, Weight], None], bell: Callable[[], None], write: Callable[[str], None]
    ) -> None:
        self._say = say
        self._bell = bell
        self._write = write

    def announce(self, before: Deck, after: Deck) -> None:
        """Announce the alerts that began to fire between two decks."""
        for alert in announcing.begun(before, after):
            text = announcing.words(alert, after)
            if Channel.TOAST in alert.notify:
                self._say(text, _WEIGHTS.get(alert.severity, Weight.WARNING))
            if Channel.BELL in alert.notify:
                self._bell()
            if Channel.DESKTOP in alert.notify:
                self._write(announcing.desktop(text, os.environ))
