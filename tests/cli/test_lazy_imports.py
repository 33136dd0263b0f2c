"""What a command loads, told by a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("textual", "playwright", "structlog", "starlette", "uvicorn", "rich")

PROGRAM = """
import sys
from browser_host.cli.main import cli, run
try:
    run(cli, sys.argv[1:])
except SystemExit as end:
    loaded = [name for name in {heavy!r} if name in sys.modules]
    sys.stdout.flush()
    print("loaded:", *loaded, file=sys.stderr)
    raise
"""


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("list", "--help"), 0),
        (("list",), 3),
        (("watch", "--filter", "status:active"), 3),
        (("mode", "draw", "a1"), 3),
        (("end", "--all", "--yes"), 3),
        (("add", "--url", "https://h/x"), 3),
        (("config", "show"), 0),
        (("config", "example"), 0),
        (("stop",), 3),
    ],
)
def test_a_client_command_loads_nothing_heavy(tmp_path: Path, arguments: tuple[str, ...], code: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(heavy=HEAVY), *arguments],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
        env={"HOME": str(tmp_path)},
    )
    assert done.returncode == code, done.stderr
    assert done.stderr.splitlines()[-1] == "loaded:"


def test_help_loads_no_models_and_no_client(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(heavy=("pydantic", "httpx")), "list", "--help"],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
        env={"HOME": str(tmp_path)},
    )
    assert done.stderr.splitlines()[-1] == "loaded:"


def test_a_reader_that_has_enough_is_told_nothing(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as gone:
        done = subprocess.run(
            [sys.executable, "-m", "browser_host", "config", "show"],
            stdout=gone,
            stderr=subprocess.PIPE,
            text=True,
            timeout=30,
            check=False,
            env={"HOME": str(tmp_path)},
        )
    assert (done.returncode, done.stderr) == (1, "")
