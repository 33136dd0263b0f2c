"""When garbage is collected: between keys, for a full collection takes as long as a key may."""

import gc

EVERY_S, LONGEST_S = 30.0, 300.0
"""Seconds between two full collections: while nobody types, and at most."""

_NEVER = 1_000_000
"""Collections of the middle generation before the interpreter does a full one by itself."""


class QuietCollector:
    """Does the full collections of garbage while nobody types, in place of the interpreter.

    That did one every 2 s under 1,000 rows and 1,000 events a second, each 5 to 20 ms of CPU and some in the
    way of a key, and found nothing: what caches renew looks like growth to it. Younger garbage is still its.
    """

    def __init__(self) -> None:
        self._collected_at = float("-inf")

    def begin(self, now: float) -> None:
        """Take over, also where collection was off, and pass over from now on what start-up left.

        That is not looked through even now: it takes 25 ms, and frees 145 kB.

        Args:
            now: of a steady clock, in seconds.
        """
        young, middle, _ = gc.get_threshold()
        gc.set_threshold(young, middle, _NEVER)
        gc.freeze()
        gc.enable()
        self._collected_at = now

    def settle(self, now: float) -> None:
        """Have later collections pass over what is held now: over 10,500 sessions, each took 57 ms."""
        gc.collect()  # what is frozen with them would never be collected, however often a host comes back
        gc.freeze()
        self._collected_at = now

    def look(self, now: float, *, is_quiet: bool) -> None:
        """Collect if it is time.

        Args:
            is_quiet: nobody types.
        """
        if now - self._collected_at >= (EVERY_S if is_quiet else LONGEST_S):
            gc.collect()
            self._collected_at = now
