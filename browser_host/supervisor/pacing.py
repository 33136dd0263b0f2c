"""How long pages' messages are collected before they are read: as long as whoever waits for them allows."""

import contextlib
from collections import Counter
from collections.abc import Callable, Hashable, Iterator

LONGEST_S = 0.2
"""Seconds while nobody is in a hurry. In windows of 20 ms the host wakes for nearly every event, and most of
what an event costs is the wake."""

AT_ONCE = 0.0
"""For whoever waits for single events, a confirmation or a page's first message."""


class Pacing:
    """Keeps the window of the most impatient one.

    Args:
        set_window: told the window in seconds, at the beginning and whenever it changes.
    """

    def __init__(self, set_window: Callable[[float], None]) -> None:
        self._set_window = set_window
        self._held: dict[Hashable, float] = {}
        self._windows: Counter[float] = Counter()  # a thousand instructions may be open
        self._window_s = LONGEST_S
        set_window(LONGEST_S)

    def hold(self, who: Hashable, window_s: float = AT_ONCE) -> None:
        """Allow no longer window until `release`."""
        self._forget(who)
        self._held[who] = window_s
        self._windows[window_s] += 1
        self._follow()

    def release(self, who: Hashable) -> None:
        """Wait no more; whoever does not wait may be released too."""
        self._forget(who)
        self._follow()

    @contextlib.contextmanager
    def held(self, window_s: float = AT_ONCE) -> Iterator[None]:
        """Allow no longer window within the block."""
        who = object()
        self.hold(who, window_s)
        try:
            yield
        finally:
            self.release(who)

    def _forget(self, who: Hashable) -> None:
        if (window_s := self._held.pop(who, None)) is not None:
            self._windows -= Counter((window_s,))

    def _follow(self) -> None:
        window_s = min(LONGEST_S, *self._windows) if self._windows else LONGEST_S
        if window_s != self._window_s:
            self._window_s = window_s
            self._set_window(window_s)
