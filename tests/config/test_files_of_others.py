"""Configurations, keys and links as other machines, editors and shells leave them."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from browser_host.config import ConfigurationError, load, loader, reading
from browser_host.config.secret_files import api_key, read_api_key, read_watch_link
from browser_host.errors import UsageError

LINK = "https://example.com/w/canary"
ENDPOINT = '[[browser.endpoints]]\nname = "a"\nkind = "cdp"\nurl = "wss://h/?t=1"\n'
CONFIG = f'[[sessions]]\nlabel = "a"\nwatch_url = "{LINK}"\n'


@pytest.mark.parametrize("begin", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_marks_and_line_ends_are_no_mistake(tmp_path: Path, begin: str, end: str) -> None:
    for name, text in (("config", CONFIG), ("key", "abc-123\n\n"), ("link", f"{LINK}\n")):
        path = tmp_path / name
        path.write_bytes((begin + text.replace("\n", end)).encode())
        path.chmod(0o600)
    (session,) = load(tmp_path / "config").settings.sessions
    assert session.watch_url is not None
    assert session.watch_url.reveal() == LINK
    assert read_api_key(tmp_path / "key").secret.reveal() == "abc-123"
    assert read_watch_link(tmp_path / "link").secret.reveal() == LINK


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32"])
def test_another_encoding_is_the_one_mistake(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "config"
    path.write_bytes(CONFIG.encode(encoding))
    with pytest.raises(ConfigurationError) as caught:
        load(path)
    (problem,) = caught.value.problems
    assert "UTF-" in problem.text
    key = tmp_path / "key"
    key.write_bytes("abc".encode(encoding))
    key.chmod(0o600)
    with pytest.raises(ValueError, match=r"expected UTF-8, got .*UTF-"):
        read_api_key(key)


def test_a_key_in_a_variable_is_trimmed() -> None:
    assert api_key("\ufeffabc-123\r\n").reveal() == "abc-123"
    with pytest.raises(ValueError, match="without spaces"):
        api_key("abc 123")


def test_variables_with_line_ends_name_their_files(
    written: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("WATCHDECK_CONFIG", f"{written('[end]')}\n")
    monkeypatch.setenv("WATCHDECK_SOCKET", f"{tmp_path}/s.sock\r\n")
    monkeypatch.setenv("XDG_STATE_HOME", f"{tmp_path}/state\n")
    configuration = load()
    assert configuration.found
    assert configuration.settings.host.socket == tmp_path / "s.sock"
    assert configuration.settings.journal.path.parent == tmp_path / "state" / "watchdeck"


def test_values_with_line_ends_are_taken(written: Callable[[str], Path]) -> None:
    service = '[upscope]\nbase_url = """https://h.example/v1.3\n"""\n'
    session = f'[[sessions]]\nlabel = "a"\nwatch_url = "{LINK}\\n"\n'
    settings = load(written(service + session)).settings
    assert settings.upscope.base_url == "https://h.example/v1.3"
    assert settings.sessions[0].link is not None
    assert settings.sessions[0].link.reveal() == LINK


@pytest.mark.parametrize(
    "label",
    [
        "Acme\u00a0GmbH",
        "\u682a\u5f0f\u3000\u4f1a\u793e",
        "\U0001f468\u200d\U0001f469\u200d\U0001f467 home",
        "\u06a9\u062a\u0627\u0628\u200c\u0647\u0627",
    ],
)
def test_labels_of_every_script_are_taken(written: Callable[[str], Path], label: str) -> None:
    settings = load(written(f'[[sessions]]\nlabel = "{label}"\nvisitor = "v"\n')).settings
    assert settings.sessions[0].label == label


@pytest.mark.parametrize("label", ["a\\u202eb", "a\\u0007", "a\\u200bb", "x\\u200dy", "a\\u2028b"])
def test_labels_that_hide_text_are_refused(written: Callable[[str], Path], label: str) -> None:
    with pytest.raises(ConfigurationError, match="without control and invisible characters"):
        load(written(f'[[sessions]]\nlabel = "{label}"\nvisitor = "v"\n'))


def test_a_pipe_as_configuration_times_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "READ_WITHIN_S", 0.05)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UsageError, match=r"cannot read .*pipe without a writer"):
        load(tmp_path / "pipe")


def test_a_dead_mount_times_out(written: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    import threading  # noqa: PLC0415 - for this test's stand-in alone

    release = threading.Event()
    monkeypatch.setattr(loader, "LOAD_WITHIN_S", 0.05)
    monkeypatch.setattr(loader, "read", lambda *_, **__: release.wait())  # as open() does there
    with pytest.raises(UsageError, match="a mount that does not answer"):
        load(written(""))
    monkeypatch.undo()
    release.set()


@pytest.mark.parametrize(
    ("text", "mode", "key"),
    [
        (CONFIG, 0o644, "sessions.watch_url"),
        (CONFIG, 0o640, "sessions.watch_url"),
        (ENDPOINT, 0o644, "browser.endpoints.url"),
        (CONFIG, 0o600, ""),
        ("[end]\n", 0o644, ""),
    ],
)
def test_a_file_with_secrets_that_others_read_is_warned_of(
    written: Callable[[str], Path], text: str, mode: int, key: str
) -> None:
    path = written(text)
    path.chmod(mode)
    warnings = load(path).warnings
    assert len(warnings) == bool(key)
    assert all(key in one and f"chmod 600 {path}" in one and "canary" not in one for one in warnings)


def test_a_home_that_is_nobodys_is_a_mistake(written: Callable[[str], Path]) -> None:
    with pytest.raises(ConfigurationError, match="its home folder belongs to no user"):
        load(written('[journal]\npath = "~nobody-of-that-name/j"\n'))
    with pytest.raises(UsageError, match="its home folder belongs to no user"):
        load(Path("~nobody-of-that-name/c"))
