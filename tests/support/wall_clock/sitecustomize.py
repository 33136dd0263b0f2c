"""On a host's PYTHONPATH: its wall clock is off by what a file says, as after somebody set the machine's.

The machine's own clock is everybody's, and a time namespace moves the steady clocks alone. Browser and
driver keep the true time, as programs do that look at it seldom.
"""

import mmap
import os
import struct
import time
from pathlib import Path

_true_time = time.time
_file = Path(os.environ["WALL_CLOCK_OFF_BY"])

with _file.open("rb") as _open:
    _seconds = mmap.mmap(_open.fileno(), 8, prot=mmap.PROT_READ)


def _time() -> float:
    off_by: float = struct.unpack("<d", _seconds[:8])[0]
    return _true_time() + off_by


time.time = _time
