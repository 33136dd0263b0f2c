"""What clients remember of the configuration: never a secret, and never longer than it holds."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from browser_host.config import ConfigurationError, Override, paths
from browser_host.config.clients import client_settings as module
from browser_host.config.clients.client_settings import client_settings
from browser_host.config.clients.settings_cache import MOST_ENTRIES, SIZE_LIMIT

CANARY = "canary5tokencanary5token"
NAMED = """
[upscope]
api_key_file = "key"
[[sessions]]
label = "a"
watch_url = "https://watch.example/{canary}"
[host]
socket = "{folder}/here.sock"
[tui]
theme = "nord"
keymap = {{ end = "e" }}
"""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith(("XDG_", "WATCHDECK_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[Path | None]:
    """The validations, by the flag's path."""
    from browser_host.config import loader  # noqa: PLC0415 - its function is replaced

    seen: list[Path | None] = []
    load = loader.load

    def counted(path: Path | None = None, overrides: tuple[Override, ...] = ()) -> loader.Configuration:
        seen.append(path)
        return load(path, overrides)

    monkeypatch.setattr(loader, "load", counted)
    return seen


def written(folder: Path) -> Path:
    (folder / "key").write_text(CANARY)
    (folder / "key").chmod(0o600)
    file = folder / "watchdeck.toml"
    file.write_text(NAMED.format(canary=CANARY, folder=folder))
    return file


def test_unchanged_files_are_validated_once(home: Path, loads: list[Path | None]) -> None:
    file = written(home)
    first, second = client_settings(file), client_settings(file)
    assert first == second
    assert (first.socket, first.socket_is_default, first.tui.theme) == (home / "here.sock", False, "nord")
    assert first.tui.keymap == {"end": "e"}
    assert loads == [file]


def test_defaults_without_a_file_are_remembered(loads: list[Path | None]) -> None:
    assert client_settings() == client_settings()
    assert client_settings().socket_is_default
    assert loads == [None]


@pytest.mark.parametrize(
    "change",
    [
        lambda file: file.write_text(file.read_text() + "\n"),
        lambda file: file.with_name("key").chmod(0o644),
        lambda file: file.with_name("key").unlink(),
        os.utime,
    ],
)
def test_a_change_of_any_file_validates_again(
    home: Path, loads: list[Path | None], change: Callable[[Path], object]
) -> None:
    file = written(home)
    client_settings(file)
    change(file)
    try:
        client_settings(file)
    except ConfigurationError:
        assert not (home / "key").exists() or (home / "key").stat().st_mode & 0o077
    assert loads == [file, file]


def test_the_cache_is_private_and_holds_no_secret(home: Path) -> None:
    client_settings(written(home))
    content = paths.cache_file().read_text()
    assert str(home / "here.sock") in content
    assert CANARY not in content
    assert paths.cache_file().stat().st_mode & 0o777 == 0o600
    assert paths.cache_file().parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    "damage",
    [
        lambda cache: cache.write_text("{"),
        lambda cache: cache.write_text("[]"),
        lambda cache: cache.write_text("x" * (SIZE_LIMIT + 2)),
        lambda cache: cache.write_text(json.dumps(dict.fromkeys(json.loads(cache.read_text()), 5))),
        lambda cache: cache.write_text(json.dumps({key: {} for key in json.loads(cache.read_text())})),
        lambda cache: cache.write_text(cache.read_text().replace('"socket"', '"sockets"')),
        lambda cache: cache.chmod(0o644),
    ],
)
def test_a_damaged_cache_is_ignored(
    home: Path, loads: list[Path | None], damage: Callable[[Path], object]
) -> None:
    file = written(home)
    first = client_settings(file)
    damage(paths.cache_file())
    assert client_settings(file) == first
    assert loads == [file, file]


def test_a_folder_that_takes_no_cache_costs_time_only(home: Path) -> None:
    (home / ".cache").write_text("a file")
    file = written(home)
    assert client_settings(file) == client_settings(file)


def test_each_override_and_home_is_remembered_apart(
    home: Path, loads: list[Path | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = written(home)
    flag = [Override("host", "socket", str(home / "other.sock"), "flag --socket")]
    assert client_settings(file).socket != client_settings(file, flag).socket
    monkeypatch.setenv("WATCHDECK_SOCKET", str(home / "third.sock"))
    assert client_settings(file).socket == home / "third.sock"
    assert len(loads) == 3


def test_the_oldest_configuration_is_forgotten_first(home: Path) -> None:
    for number in range(MOST_ENTRIES + 2):
        client_settings(None, [Override("host", "socket", str(home / f"{number}.sock"), "flag --socket")])
    kept = json.loads(paths.cache_file().read_text())
    assert len(kept) == MOST_ENTRIES
    assert not any("/0.sock" in asked for asked in kept)


def test_a_file_that_can_not_be_looked_at_is_left_to_load(
    home: Path, loads: list[Path | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def hang(*_: object) -> None:
        raise TimeoutError

    file = written(home)
    client_settings(file)
    monkeypatch.setattr(module, "run_within", hang)
    client_settings(file)
    assert loads == [file, file]
