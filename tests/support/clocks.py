"""A host whose wall clock can be set while it runs, without setting everybody's."""

import struct
from collections.abc import Mapping
from pathlib import Path

PATCH = Path(__file__).with_name("wall_clock")


class WallClock:
    """By how much the wall clock of whoever runs with `environment` is off; right at first.

    Args:
        file: holds the seconds; not made anew while somebody runs with it, who has it mapped.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        file.write_bytes(struct.pack("<d", 0.0))

    @property
    def environment(self) -> Mapping[str, str]:
        return {"PYTHONPATH": str(PATCH), "WALL_CLOCK_OFF_BY": str(self._file)}

    def put(self, seconds: float) -> None:
        """Sets it so many seconds ahead of the true time."""
        with self._file.open("r+b") as file:
            file.write(struct.pack("<d", seconds))
