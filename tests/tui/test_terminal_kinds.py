"""Terminals that no dashboard can be drawn on are told apart before anything is started."""

import os
import pty
import subprocess
from pathlib import Path

import pytest

from browser_host.errors import Exit
from tests.support.programs import WATCHDECK, Home


@pytest.mark.parametrize("command", [(), ("demo",)])
@pytest.mark.parametrize("term", ["dumb", ""])
def test_a_dumb_terminal_gets_no_dashboard(tmp_path: Path, command: tuple[str, ...], term: str) -> None:
    master, slave = pty.openpty()
    done = subprocess.run(
        [WATCHDECK, *command],
        stdin=slave,
        stdout=slave,
        stderr=subprocess.PIPE,
        text=True,
        timeout=30,
        check=False,
        env=Home(tmp_path).environment(TERM=term),
    )
    os.close(slave)
    os.close(master)
    assert done.returncode == Exit.USAGE
    assert f"TERM is {term or 'not set'}" in done.stderr
    assert "watchdeck list" in done.stderr
