"""Which alerts the operator must hear of now, in words and as a terminal's own notification; pure."""

from collections.abc import Mapping

from browser_host.api.schema import AlertView
from browser_host.sessions.alerts.alert_state import AlertState
from tui.host.deck import Access, Deck
from tui.style.roles import printable

NAMED_AT_MOST = 3
"""Sessions named in a notice."""

_END = "\x1b\\"
_OSC_9, _OSC_777 = "\x1b]9;{title}: {text}" + _END, "\x1b]777;notify;{title};{text}" + _END
_OSC_99 = "\x1b]99;i=watchdeck:d=0;{title}" + _END + "\x1b]99;i=watchdeck:p=body;{text}" + _END
_TITLE = "Watchdeck"


def begun(before: Deck, after: Deck) -> tuple[AlertView, ...]:
    """The alerts that began to fire, or fire for more sessions; none at first sight, or in a recording."""
    if before.host is None or after.host is None or after.access is Access.REPLAY:
        return ()
    held = {one.name: frozenset(one.sessions) for one in before.host.alerts if one.state == AlertState.FIRING}
    firing = (one for one in after.host.alerts if one.state == AlertState.FIRING)
    return tuple(one for one in firing if not held.get(one.name, frozenset()).issuperset(one.sessions))


def words(alert: AlertView, deck: Deck) -> str:
    """The notice: what fires, and for whom."""
    count = len(alert.sessions)
    views = (deck.sessions.get(session_id) for session_id in alert.sessions[:NAMED_AT_MOST])
    named = ", ".join(printable(view.label or view.id) for view in views if view is not None)
    more = ", …" if count > NAMED_AT_MOST else ""
    sessions = f"{count} session{'' if count == 1 else 's'}"
    return f"ALERT {printable(alert.name)}: {sessions} ({named}{more}); A lists the alerts"


def desktop(text: str, environment: Mapping[str, str]) -> str:
    """The sequence with which a terminal shows a notification; empty for one that would print it.

    kitty has OSC 99, urxvt, foot and VTE have OSC 777; the others that know one have OSC 9. tmux passes it on
    if `allow-passthrough` is on.
    """
    term = environment.get("TERM", "")
    if term in {"", "dumb", "linux"}:
        return ""
    if "KITTY_WINDOW_ID" in environment or term == "xterm-kitty":
        form = _OSC_99
    elif term.startswith(("rxvt", "foot")) or "VTE_VERSION" in environment:
        form = _OSC_777
    else:
        form = _OSC_9
    sequence = form.format(title=_TITLE, text=printable(text).replace(";", ","))
    if "TMUX" in environment:
        return "\x1bPtmux;" + sequence.replace("\x1b", "\x1b\x1b") + _END
    return sequence
