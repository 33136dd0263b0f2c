"""Finding and getting a browser, with programs on a PATH of the test's own."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from browser_host.browsers.install.download import Machine, ensure_browser
from browser_host.browsers.install.locate import Found, Origin, find, playwrights_own
from browser_host.errors import BrowserUnavailable

Program = Callable[..., Path]


@pytest.fixture(autouse=True)
def nothing_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with no browser."""
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("PLAYWRIGHT_BROWSERS_PATH", raising=False)


@pytest.fixture
def program(tmp_path: Path) -> Program:
    def made(name: str, script: str = "exit 0") -> Path:
        path = tmp_path / "bin" / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return path

    return made


async def test_what_is_configured_wins_and_must_run(program: Program, tmp_path: Path) -> None:
    mine = program("my-browser")
    program("chromium")
    assert await find(mine) == Found(mine, Origin.CONFIGURED)
    with pytest.raises(BrowserUnavailable, match=r"browser\.executable"):
        await find(tmp_path / "absent")


async def test_then_playwrights_own_then_the_path(program: Program, tmp_path: Path) -> None:
    assert await find(None) is None
    chrome = program("google-chrome")
    assert await find(None) == Found(chrome, Origin.PATH)
    shell = program("chromium-headless-shell")
    assert await find(None) == Found(shell, Origin.PATH)
    own = program("headless_shell")
    assert await find(None, own=own) == Found(own, Origin.PLAYWRIGHT)
    assert await find(None, own=tmp_path / "absent") == Found(shell, Origin.PATH)
    assert not Found(shell, Origin.PATH).full_chrome
    assert not Found(own, Origin.PATH).full_chrome
    assert Found(chrome, Origin.PATH).full_chrome


async def test_playwrights_own_is_the_downloaded_headless_shell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "browsers"))
    named = await playwrights_own()
    assert named is not None
    folder = next(part.name for part in named.parents if part.name.startswith("chromium-"))
    shells = tmp_path / "browsers" / folder.replace("chromium-", "chromium_headless_shell-")
    shell = shells / "chrome-headless-shell-linux64" / "chrome-headless-shell"
    shell.parent.mkdir(parents=True)
    shell.touch(0o755)
    assert await playwrights_own() == shell
    assert await find(None) == Found(shell, Origin.PLAYWRIGHT)


def debian(uid: int, python: Path | str = sys.executable) -> Machine:
    return Machine(uid, frozenset({"debian"}), str(python))


def test_blocked_download_uses_package_for_root_on_debian(program: Program, tmp_path: Path) -> None:
    python = program("python", 'echo "Downloading: getaddrinfo ENOTFOUND"; exit 1')
    browser = tmp_path / "bin" / "chromium"
    program(
        "apt-get",
        f'echo "apt $*"; [ "$1" = update ] && exit 0\n'
        f'case "$*" in *shell*) exit 100;; esac\n'
        f'printf "#!/bin/sh\\n" > {browser}; /bin/chmod 755 {browser}',
    )
    said: list[str] = []
    found = ensure_browser(None, said.append, debian(0, python))
    assert found == Found(browser, Origin.PATH)
    assert [line for line in said if line.startswith("apt")] == [
        "apt update",
        "apt install -y --no-install-recommends chromium-headless-shell",
        "apt install -y --no-install-recommends chromium",
    ]
    assert "Downloading: getaddrinfo ENOTFOUND" in said


def test_where_nothing_helps_the_exact_commands_are_said(program: Program) -> None:
    python = program("python", "exit 1")
    program("apt-get", "exit 0")
    with pytest.raises(BrowserUnavailable) as caught:
        ensure_browser(None, lambda _: None, debian(1000, python))
    text = str(caught.value)
    assert f"{python} -m playwright install chromium-headless-shell" in text
    assert "sudo apt-get update && sudo apt-get install -y chromium-headless-shell" in text
    with pytest.raises(BrowserUnavailable) as elsewhere:
        ensure_browser(None, lambda _: None, Machine(0, frozenset({"fedora"}), str(python)))
    assert "apt-get" not in str(elsewhere.value)


def test_a_download_that_hangs_is_stopped(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("browser_host.browsers.install.download.DOWNLOAD_WITHIN_S", 0.3)
    python = program("python", "exec /bin/sleep 60")
    said: list[str] = []
    with pytest.raises(BrowserUnavailable):
        ensure_browser(None, said.append, Machine(1000, frozenset(), str(python)))
    assert any("longer than" in line for line in said)


def test_a_browser_that_is_there_costs_nothing(program: Program) -> None:
    shell = program("chromium-headless-shell")
    said: list[str] = []
    assert ensure_browser(None, said.append) == Found(shell, Origin.PATH)
    assert said == []
