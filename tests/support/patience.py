"""How long a test waits for what must come: longer on a busy machine, where a deadline says nothing."""

import os

_PATIENCE = 2.0
"""The load average lags behind a load that has just begun."""

_MOST = 8.0
"""Beyond it pytest's own time-out would come first."""


def patient(seconds: float) -> float:
    """Seconds to wait for what takes at most so long on an idle machine."""
    busy = os.getloadavg()[0] / (os.cpu_count() or 1)
    return seconds * min(max(1.0, _PATIENCE * busy), _MOST)
