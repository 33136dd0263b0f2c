"""Make the three standard streams usable, whatever the caller left open."""

import os
import sys
from io import TextIOWrapper

_CLOSED_AS = (os.O_RDONLY, os.O_RDONLY, os.O_WRONLY)
"""How `/dev/null` replaces each; stdout is opened read-only, so that writing fails as on a closed one."""


def prepare() -> None:
    """Open closed streams, whose numbers a socket would get, and replace what the encoding lacks."""
    for number, flags in enumerate(_CLOSED_AS):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, flags)  # it is the lowest free number
    # Python sets a stream that was closed to None.
    if sys.stdin is None:
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - a descriptor, for good
    if sys.stdout is None:
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - as above
    if sys.stderr is None:
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - as above
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def discard(number: int) -> None:
    """Drop a stream's unwritten data; else Python reports an error at exit and ends with 120.

    Args:
        number: 1 for stdout, 2 for stderr.
    """
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, number)
    os.close(nowhere)
