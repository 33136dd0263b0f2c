import json
from collections.abc import Callable
from pathlib import Path

import pytest

from browser_host.config import ConfigurationError, Override, Settings, load, locate, paths
from browser_host.config.choices import GlyphChoice
from browser_host.config.models import EndSection, StaleSection
from browser_host.config.reading import SIZE_LIMIT
from browser_host.errors import Exit, UsageError
from browser_host.secrets import WatchLink

Written = Callable[[str], Path]


def test_without_any_file_the_defaults_hold(home: Path) -> None:
    configuration = load()
    assert not configuration.found
    assert configuration.path == home / ".config/watchdeck/config.toml"
    settings = configuration.settings
    assert settings == Settings()
    assert settings.host.socket == home / ".local/state/watchdeck/run/host.sock"
    assert settings.log.path == home / ".local/state/watchdeck/host.log"
    assert settings.stale == StaleSection(waiting=120, pending=300, mute=60, silent=None, age=None, lost=300)
    assert configuration.origin(("host", "socket")) == "default"


def test_the_xdg_variables_move_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/run/user/7")
    monkeypatch.setenv("XDG_STATE_HOME", "/state")
    monkeypatch.setenv("XDG_CONFIG_HOME", "/config")
    assert paths.socket() == Path("/run/user/7/watchdeck/host.sock")
    assert paths.journal_file().parent == paths.log_file().parent == Path("/state/watchdeck")
    assert locate() == Path("/config/watchdeck/config.toml")


def test_a_relative_xdg_variable_counts_for_nothing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("XDG_RUNTIME_DIR", "XDG_STATE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, "here")
    assert paths.socket() == home / ".local/state/watchdeck/run/host.sock"
    assert paths.state_dir() == home / ".local/state/watchdeck"
    assert paths.config_file() == home / ".config/watchdeck/config.toml"


def test_flags_beat_the_environment_which_beats_the_file(
    written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written('[host]\nread_only = false\nsocket = "file.sock"\n')
    configuration = load(path)
    assert configuration.settings.host.socket == path.parent / "file.sock"
    assert configuration.origin(("host", "socket")) == f"{path}:3"

    monkeypatch.setenv("WATCHDECK_SOCKET", "/env.sock")
    configuration = load(path)
    assert configuration.settings.host.socket == Path("/env.sock")
    assert configuration.origin(("host", "socket")) == "environment WATCHDECK_SOCKET"

    flags = [
        Override("host", "socket", "/flag.sock", "flag --socket"),
        Override("host", "read_only", value=True, origin="flag --read-only"),
    ]
    configuration = load(path, flags)
    assert configuration.settings.host.socket == Path("/flag.sock")
    assert configuration.settings.host.read_only
    assert configuration.origin(("host", "socket")) == "flag --socket"
    assert configuration.origin(("host", "read_only")) == "flag --read-only"


def test_the_flags_file_beats_the_environments(written: Written, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHDECK_CONFIG", "/nowhere.toml")
    assert load(written("")).found
    with pytest.raises(UsageError, match="/nowhere"):
        load()


def test_a_named_file_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no configuration at") as caught:
        load(tmp_path / "missing.toml")
    assert caught.value.exit_code is Exit.USAGE
    with pytest.raises(UsageError, match="cannot read"):
        load(tmp_path)


def test_durations_and_paths_become_what_the_code_uses(written: Written, home: Path) -> None:
    path = written(
        """
        [end]
        confirm_within = "1500ms"
        undo = "0s"
        [stale]
        waiting = "off"
        silent = "1h30m"
        [host]
        keep_ended = "off"
        [journal]
        path = "~/journal"
        [log]
        path = "logs/host.log"
        level = "debug"
        [tui]
        theme = "textual-light"
        refresh_hz = 4
        glyphs = "ascii"
        keymap = { end = "ctrl+e,E" }
        """
    )
    settings = load(path).settings
    assert (settings.end.confirm_within, settings.end.undo) == (1.5, 0.0)
    assert (settings.stale.waiting, settings.stale.silent) == (None, 5400.0)
    assert settings.host.keep_ended is None
    assert settings.journal.path == home / "journal"
    assert settings.log.path == path.parent / "logs/host.log"
    assert (settings.tui.theme, settings.tui.refresh_hz) == ("textual-light", 4.0)
    assert settings.tui.keymap == {"end": "ctrl+e,E"}
    assert settings.tui.glyphs is GlyphChoice.ASCII


def test_code_may_give_seconds_where_a_file_must_give_durations() -> None:
    assert EndSection(undo=0.2, confirm_within=1).undo == 0.2
    with pytest.raises(ValueError, match="undo"):
        EndSection(undo=-1)


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Settings().end.undo = 1.0


def test_sessions_by_link_file_and_visitor(written: Written, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.write_text("https://o.upscope.io/?two=2\n")
    link.chmod(0o600)
    path = written(
        """
        [[sessions]]
        label = "one"
        watch_url = "https://o.upscope.io/?one=1"
        [[sessions]]
        label = "two"
        watch_url_file = "link"
        [[sessions]]
        label = "three"
        visitor = "AB12CD"
        """
    )
    one, two, three = load(path).settings.sessions
    assert one.link == WatchLink("https://o.upscope.io/?one=1")
    assert two.link == WatchLink("https://o.upscope.io/?two=2")
    assert (three.link, three.visitor) == (None, "AB12CD")


def test_a_dump_shows_fingerprints_and_no_secret(written: Written, tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("canary-key")
    key.chmod(0o600)
    path = written(
        """
        upscope.api_key_file = "key"
        sessions = [{ label = "one", watch_url = "https://o.upscope.io/canary?canary=1" }]
        browser.endpoints = [{ name = "a", kind = "cdp", url = "wss://h/?token=canary" }]
        """
    )
    settings = load(path).settings
    shown = json.dumps(settings.model_dump(mode="json")) + repr(settings) + str(settings)
    assert "canary" not in shown.replace(str(tmp_path), "")
    assert settings.sessions[0].link is not None
    assert settings.sessions[0].link.fingerprint in shown
    assert key.name in shown


def test_endpoint_address_comes_from_its_private_file(written: Written, tmp_path: Path) -> None:
    address = tmp_path / "box"
    address.write_text("ws://10.0.0.5:8940/canary\n")
    address.chmod(0o600)
    text = '[[browser.endpoints]]\nname = "box"\nkind = "playwright"\nurl_file = "box"\n'
    settings = load(written(text)).settings
    (endpoint,) = settings.browser.endpoints
    assert endpoint.address is not None
    assert endpoint.address.reveal() == "ws://10.0.0.5:8940/canary"
    assert "canary" not in json.dumps(settings.model_dump(mode="json")) + repr(settings)
    assert not settings.browser.is_local
    address.chmod(0o644)
    with pytest.raises(ConfigurationError, match="only you can read"):
        load(written(text))


def test_the_key_comes_from_the_environment_else_from_its_file(written: Written, tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("from-file\n")
    key.chmod(0o600)
    upscope = load(written('[upscope]\napi_key_env = "MY_KEY"\napi_key_file = "key"')).settings.upscope
    from_file, from_environment = upscope.api_key({}), upscope.api_key({"MY_KEY": "from-env"})
    assert from_file is not None
    assert from_environment is not None
    assert (from_file.reveal(), from_environment.reveal()) == ("from-file", "from-env")
    assert Settings().upscope.api_key({}) is None
    with pytest.raises(ValueError, match="ASCII") as caught:
        upscope.api_key({"MY_KEY": "has a canary"})
    assert "canary" not in str(caught.value)


def test_a_socket_path_that_no_socket_can_have_is_told(written: Written, home: Path) -> None:
    long = "/" + "s" * 107
    with pytest.raises(ConfigurationError) as caught:
        load(written(f'[host]\nsocket = "{long}"'))
    (problem,) = caught.value.problems
    assert (problem.key, problem.place) == ("host.socket", f"{home}/watchdeck.toml:2")
    assert problem.text == "expected a path of at most 107 bytes, got 108 bytes"
    assert load(written(f'[host]\nsocket = "{long[:-1]}"')).settings.host.socket == Path(long[:-1])


def test_too_long_default_socket_names_its_origin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/" + "s" * 100)
    with pytest.raises(ConfigurationError, match=r"default: host\.socket: expected a path"):
        load()
    monkeypatch.setenv("WATCHDECK_SOCKET", "/" + "s" * 120)
    with pytest.raises(ConfigurationError, match=r"environment WATCHDECK_SOCKET: host\.socket"):
        load()


@pytest.mark.parametrize("endless", [True, False])
def test_a_file_is_read_so_far_and_no_further(tmp_path: Path, *, endless: bool) -> None:
    place = tmp_path / "config.toml"
    if endless:
        place.symlink_to("/dev/zero")
    else:
        place.write_bytes(b"#" * (SIZE_LIMIT + 1))
    with pytest.raises(UsageError, match="more than 1 MiB"):
        load(place)
    place.unlink()
    place.write_bytes(b"#" * SIZE_LIMIT)
    assert load(place).settings == Settings()
