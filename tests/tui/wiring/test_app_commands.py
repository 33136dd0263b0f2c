"""The dashboard's commands from outside, where no dashboard can open."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from browser_host.cli.invocation import Invocation
from tests.tui.wiring.fake_host import FakeHost
from tui import cli, dashboard


def watchdeck(tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from tui.cli import main; main()", *arguments],
        env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


@pytest.mark.parametrize("arguments", [(), ("demo",)])
def test_without_a_terminal_it_says_what_to_use_instead(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    ended = watchdeck(tmp_path, *arguments)
    assert ended.returncode == 2
    assert "watchdeck list" in ended.stderr
    assert ended.stdout == ""


def test_attach_without_host_exits_3_with_advice(tmp_path: Path) -> None:
    ended = watchdeck(tmp_path, "attach")
    assert ended.returncode == 3
    assert "watchdeck host" in ended.stderr


def test_commands_load_neither_textual_nor_playwright() -> None:
    code = (
        "import sys, tui.cli; loaded = {name.partition('.')[0] for name in sys.modules};"
        "sys.exit(bool(loaded & {'textual', 'rich', 'playwright'}))"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=30, check=False).returncode == 0


async def test_a_socket_is_served_where_somebody_listens(host: FakeHost, tmp_path: Path) -> None:
    assert dashboard.is_served(host.path)
    assert not dashboard.is_served(tmp_path / "nobody.sock")
    (tmp_path / "stale.sock").touch()
    assert not dashboard.is_served(tmp_path / "stale.sock")


def test_own_host_gets_lifeline_and_options() -> None:
    socket = Path("/run/demo.sock")
    with_config = Invocation(config=Path("/etc/w.toml"), socket=None, json=False)
    assert dashboard.arguments(with_config, socket, "--simulate", "3") == (
        *("host", "--config", "/etc/w.toml", "--socket", "/run/demo.sock", "--lifeline", "--simulate", "3"),
    )
    bare = Invocation(config=None, socket=None, json=False)
    assert dashboard.arguments(bare, socket) == ("host", "--socket", "/run/demo.sock", "--lifeline")


def test_read_only_stands_behind_the_command_that_it_is_for(tmp_path: Path) -> None:
    ended = watchdeck(tmp_path, "--read-only", "end", "--all", "--yes")
    assert ended.returncode == 2
    assert "end --read-only" in ended.stderr


@pytest.mark.parametrize("arguments", [("--read-only",), ("attach", "--read-only"), ("demo", "--read-only")])
def test_every_dashboard_can_be_read_only(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    ended = watchdeck(tmp_path, *arguments)
    assert "needs a terminal" in ended.stderr or "no host" in ended.stderr, "the flag was understood"


@pytest.mark.parametrize("flags", [(), ("--read-only",)])
def test_read_only_dashboard_starts_a_read_only_host(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, flags: tuple[str, ...]
) -> None:
    started: list[tuple[str, ...]] = []
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setattr(cli, "_need_terminal", lambda: None)

    def own(_settings: object, host_arguments: tuple[str, ...], **_further: object) -> int:
        started.append(host_arguments)
        return 0

    monkeypatch.setattr(dashboard, "own", own)
    assert cli.demo.main([*flags], standalone_mode=False) == 0
    assert cli.alone.main([*flags], standalone_mode=False) == 0
    assert [("--read-only" in arguments) for arguments in started] == [bool(flags)] * 2
