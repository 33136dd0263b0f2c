"""The list of alerts; `x` acknowledges the one under the cursor."""

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import BindingType

from browser_host.sessions.alerts.alert_state import AlertState
from tui.alerts import alert_text
from tui.host.deck import refusal
from tui.list_screen import ListScreen, keys
from tui.style.cells import Cell
from tui.style.glyphs import Glyphs
from tui.widgets.listing import ListRow


class AlertsScreen(ListScreen, inherit_bindings=False):
    """The alerts as they stand."""

    HEADING = "Alerts"
    NOTHING = ("No alert is about any session", "[[alerts]] in the configuration adds one")
    BINDINGS: ClassVar[list[BindingType]] = [
        *keys(
            "alerts",
            ("x", "acknowledge", "acknowledge", "Acknowledge the alert for all sessions that it fires for"),
        )
    ]

    def rows(self, width: int, glyphs: Glyphs) -> Sequence[ListRow]:
        """The alerts, the worst first."""
        return alert_text.rows(self._deck, self._now, width, glyphs)

    def titles(self, width: int, glyphs: Glyphs) -> Cell:
        """The names of the columns."""
        return alert_text.titles(width, glyphs)

    def action_acknowledge(self) -> None:
        """Acknowledge the alert under the cursor, as it was when the key was pressed."""
        chosen = next((one for one in alert_text.ordered(self._deck) if one.name == self._cursor), None)
        if (why := refusal(self._deck)) is not None:
            self.say(why)
        elif chosen is None or chosen.state != AlertState.FIRING:
            self.say("Nothing to acknowledge: the alert does not fire")
        else:
            name, sessions = chosen.name, chosen.sessions
            asked = self._client.acknowledge(name, sessions, skip_unknown=True)
            words = f"Acknowledged {name} for {len(sessions)}"
            self._start(self.report(asked, lambda _: words, failed="Not acknowledged"))
