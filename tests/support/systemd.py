"""What systemd itself says of a unit file, where there is one."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest


def verify(unit: Path, runtime: Path) -> tuple[int, list[str]]:
    """The exit code of `systemd-analyze verify`, and the lines that name the unit.

    A key or a value that it does not know is a warning only, and the exit code stays 0.

    Args:
        runtime: a folder in place of the user's own.
    """
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not here")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--user", unit],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
        env={**os.environ, "XDG_RUNTIME_DIR": str(runtime)},
    )
    return done.returncode, [line for line in done.stderr.splitlines() if unit.name in line]
