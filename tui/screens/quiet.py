"""Quiet time at the keyboard: what tells a hand that answers a question from one that types elsewhere.

All is judged by when the terminal was read, which the reader's thread stamps on each event: a loop that
stalls hears keys late, and a question must not take their delay for a pause.
"""

import time

from textual import events
from textual.app import App

from tui.terminal import TerminalDriver
from tui.terminal_reader import typed_after

QUIET_S = 0.5
"""Seconds without keys before an answer counts: hands that type leave at most some 0.4 s between keys."""

ALONE_S = 0.15
"""Seconds without keys after an answer before it counts: less passes between the keys of a paste without
brackets, also over a slow line, and more before a key that is held down repeats."""

Input = events.InputEvent | events.Paste


def now() -> float:
    """The moment, in seconds of the clock that events carry."""
    return time.monotonic()


def is_half_read(app: App[object]) -> bool:
    """A key may have been pressed that nobody has heard of: an ESC is held for what it may begin."""
    driver = app._driver  # noqa: SLF001 - Textual has no other way to it
    return isinstance(driver, TerminalDriver) and driver.is_half_read


class Quiet:
    """Remembers the last key, whether or not it was heard.

    Args:
        since: the moment of the last key so far, in seconds of the clock that events carry.
    """

    def __init__(self, since: float) -> None:
        self._last = since

    def broke(self, event: events.Event) -> bool:
        """Take in a key, paste or click, and tell whether it may have come too soon after the one before."""
        too_soon = self.is_near(event)
        self.begin(event.time)
        return too_soon

    def is_near(self, event: events.Event) -> bool:
        """An event may have come too soon after the last key."""
        return typed_after(event) - self._last < QUIET_S

    def lasts(self, at: float) -> bool:
        """No key came shortly before `at`."""
        return at - self._last >= QUIET_S

    def begin(self, at: float) -> None:
        """Count from `at`, unless a key came later."""
        self._last = max(self._last, at)


class InputGuard:
    """Decides which input reaches the screens at all; what is typed for what is not there is dropped."""

    def __init__(self) -> None:
        self._quiet = Quiet(float("-inf"))
        self._stands_since = float("inf")
        self._is_hushed = False

    def stand(self) -> None:
        """There is something to see from now on, and keys that are typed from now on are meant for it."""
        self._stands_since = min(self._stands_since, now())

    def hush(self) -> None:
        """Let nothing through until the keys have paused, counted from now at the earliest."""
        self._is_hushed = True
        self._quiet.begin(now())

    @property
    def is_quiet(self) -> bool:
        """Nobody types."""
        return self._quiet.lasts(now())

    def passes(self, event: Input) -> bool:
        """Take in what was typed or done with the mouse, and tell whether it is meant for what is shown."""
        self._is_hushed = self._is_hushed and self._quiet.is_near(event)
        if isinstance(event, events.Key | events.Paste | events.MouseDown):
            self._quiet.begin(event.time)
        # Not `typed_after`: the reader looks every 50 ms, and the first key after the first picture counts.
        return not self._is_hushed and event.time >= self._stands_since
