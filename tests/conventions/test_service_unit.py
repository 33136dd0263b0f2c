"""The unit file of the documentation, read by systemd itself where there is one."""

import re
from pathlib import Path

from tests.support import systemd
from tests.support.programs import WATCHDECK

UNIT = Path(__file__).parents[2] / "docs" / "watchdeck.service"


def test_systemd_understands_the_unit(tmp_path: Path) -> None:
    here = tmp_path / UNIT.name
    text, changed = re.subn(r"^ExecStart=\S+", f"ExecStart={WATCHDECK}", UNIT.read_text(), flags=re.MULTILINE)
    assert changed == 1
    here.write_text(text)
    assert systemd.verify(here, tmp_path) == (0, [])
