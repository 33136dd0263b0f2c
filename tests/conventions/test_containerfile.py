"""docs/deploy/Containerfile, which no test can build: what it names exists, and it runs as it should."""

import json
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from browser_host.browsers.install.download import PACKAGES
from browser_host.cli.commands.doctor import doctor
from browser_host.cli.commands.host_commands import host
from browser_host.config import paths
from tests.conventions.named import ROOT
from tui.cli import attach

TEXT = (ROOT / "docs" / "deploy" / "Containerfile").read_text("utf-8")
HOME = "/home/watchdeck"


def steps() -> list[tuple[str, str]]:
    """Each instruction and its arguments, in their order."""
    lines = [line for line in TEXT.replace("\\\n", " ").splitlines() if line and not line.startswith("#")]
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in lines)]


def of(instruction: str) -> list[str]:
    return [rest for word, rest in steps() if word == instruction]


def installed() -> list[str]:
    (step,) = (rest for rest in of("RUN") if "apt-get install" in rest)
    command = next(part for part in step.split("&&") if "apt-get install" in part)
    return [word for word in command.split()[2:] if not word.startswith("-")]


def test_it_has_the_instructions_of_a_container_file() -> None:
    assert [word for word, _ in steps()] == (
        ["FROM", "RUN", "COPY", "RUN", "RUN", "USER", "RUN", "VOLUME", "ENTRYPOINT", "CMD"]
    )
    assert not re.search(r"https?://", TEXT)


def test_an_init_runs_the_host_as_an_ordinary_user() -> None:
    (entry,), (command,), (user,) = of("ENTRYPOINT"), of("CMD"), of("USER")
    init, *rest = json.loads(entry)
    assert init in installed()
    assert rest == ["--", "watchdeck"]
    assert any(f"useradd --create-home --uid 1000 {user}" in rest for rest in of("RUN"))
    assert json.loads(command) == [host.name]


def test_its_packages_are_those_of_the_distribution() -> None:
    names = installed()
    assert PACKAGES[0] in names
    if shutil.which("apt-cache") is None:
        pytest.skip("apt-cache is not here")
    listed = subprocess.run(["apt-cache", "pkgnames"], capture_output=True, text=True, check=True)
    known = listed.stdout.split()
    if len(known) < 10_000:
        pytest.skip("apt has no lists here")
    assert set(names) <= set(known)


def test_its_python_is_one_that_the_package_takes() -> None:
    (base,) = of("FROM")
    version = re.fullmatch(r"python:3\.(\d+)-slim-bookworm", base)
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["requires-python"]
    assert wanted.startswith(">=3.")
    assert version is not None
    assert int(version[1]) >= int(wanted.removeprefix(">=3."))


def test_its_folders_are_where_the_host_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", HOME)
    state, config = str(paths.state_dir()), paths.config_file()
    assert of("VOLUME") == [state]
    assert any(f"mkdir -p -m 700 {state} {config.parent}" in rest for rest in of("RUN"))
    assert f"-v watchdeck:{state} " in TEXT
    assert f":{config}:ro" in TEXT
    assert paths.socket().is_relative_to(state), "exec finds the socket without XDG_RUNTIME_DIR"


def test_the_commands_of_its_comment_exist() -> None:
    named = re.findall(r"^#   podman exec (?:-it )?watchdeck watchdeck (\w+)$", TEXT, re.MULTILINE)
    assert named == [attach.name, doctor.name]
    assert "build -f docs/deploy/Containerfile" in TEXT
    assert all((ROOT / Path(rest.split()[0])).exists() for rest in of("COPY"))
