"""The unit file of the documentation, read by systemd itself where there is one."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.programs import WATCHDECK

UNIT = Path(__file__).parents[2] / "docs" / "watchdeck.service"


def test_systemd_understands_the_unit(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not here")
    here = tmp_path / UNIT.name
    text, changed = re.subn(r"^ExecStart=\S+", f"ExecStart={WATCHDECK}", UNIT.read_text(), flags=re.MULTILINE)
    assert changed == 1
    here.write_text(text)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--user", here],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
        env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)},
    )
    # A key or a value that it does not know is a warning only, and the exit code stays 0.
    assert (done.returncode, [line for line in done.stderr.splitlines() if UNIT.name in line]) == (0, [])
