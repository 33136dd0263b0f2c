"""docs/man: generated from the commands, readable by man, and installed with the package."""

import os
import shutil
import subprocess
import tomllib
from importlib.metadata import distributions
from pathlib import Path

import pytest

from tests.conventions.man_pages import FOLDER, write
from tests.conventions.named import ROOT


def pages(folder: Path) -> dict[str, str]:
    return {page.name: page.read_text("utf-8") for page in sorted(folder.iterdir())}


def test_the_pages_are_what_the_commands_generate(tmp_path: Path) -> None:
    write(tmp_path)
    assert pages(FOLDER) == pages(tmp_path), "run: python -m tests.conventions.man_pages"
    assert not [name for name, text in pages(FOLDER).items() if "..." in text.split(".SH SYNOPSIS")[0]]


def test_man_reads_the_pages_without_a_warning() -> None:
    if shutil.which("groff") is None:
        pytest.skip("groff is not here")
    done = subprocess.run(
        ["groff", "-k", "-man", "-Tutf8", "-ww", *sorted(FOLDER.iterdir())],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_wheel_has_the_pages_where_man_looks() -> None:
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]
    assert tools["setuptools"]["data-files"] == {"share/man/man1": ["docs/man/*.1"]}
    records = [record for one in distributions(name="watchdeck") if (record := one.read_text("RECORD"))]
    installed = [line.split(",")[0] for record in records for line in record.splitlines()]
    if "tui/cli.py" not in installed:
        pytest.skip("an editable installation has no data files")
    assert {Path(file).name for file in installed if "share/man/man1/" in file} == set(pages(FOLDER))
