import json
import logging
import os
import stat
import sys
import threading
import warnings
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from browser_host import log_lines, logs
from browser_host.errors import WatchdeckError
from browser_host.scrubbing import scrubbed
from browser_host.secrets import ApiKey, WatchLink


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "host.log"


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_lines_are_json_in_a_private_file(path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with logs.configure(path, "info") as log:
        log.info("session.added", id="a1", process=3, nothing=None)
        log.debug("too.fine")
    (line,) = lines(path)
    assert list(line)[:3] == ["at", "level", "event"]
    assert (line["level"], line["event"], line["id"], line["process"]) == ("info", "session.added", "a1", 3)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    said = capfd.readouterr()
    assert said.out + said.err == ""


def test_a_long_value_is_cut(path: Path) -> None:
    with logs.configure(path, "info") as log:
        log.info("said", text="x" * (2 * log_lines.TEXT_LIMIT), inner=["y" * (2 * log_lines.TEXT_LIMIT)])
    (line,) = lines(path)
    assert (len(line["text"]), len(line["inner"][0])) == (log_lines.TEXT_LIMIT, log_lines.TEXT_LIMIT)


def test_no_more_files_are_kept_than_so_many(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "FILE_BYTES", 1_000)
    with logs.configure(path, "info") as log:
        for number in range(200):
            log.info("said", number=number, text="x" * 200)
    files = list(path.parent.iterdir())
    assert len(files) == logs.FILES_KEPT + 1
    assert all(file.stat().st_size <= logs.FILE_BYTES for file in files)


def test_rotated_files_are_private_too(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "FILE_BYTES", 300)
    with logs.configure(path, "info") as log:
        for number in range(40):
            log.info("event", number=number)
    files = sorted(path.parent.iterdir())
    assert len(files) == logs.FILES_KEPT + 1
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


@pytest.mark.parametrize(
    "values",
    [
        {"link": WatchLink("https://h/canary")},
        {"key": [{"deep": (ApiKey("canary"),)}]},
        {"text": "went to https://o.upscope.io/canary?x=canary."},
        {"text": "https://user:canary@h/"},
        {"text": "wss://h:9222/canary"},
        {"headers": {"X-Api-Key": "canary"}},
        {"headers": "{'x-api-key': 'canary', 'a': 1}"},
        {"headers": "[(b'Authorization', b'Bearer canary')]"},
        {"text": "GET /v1/x?token=canary&a=canary HTTP/1.1"},
        {"api_key": "canary", "watch_url": "canary", "Token": ["canary"]},
        {"https://h/canary": 1},
        {"raw": {"https://h/canary": 1}},
        {"body": b"https://h/canary"},
        {"error": ValueError("at https://h/canary")},
    ],
)
def test_no_secret_is_written_whatever_it_comes_in(path: Path, values: dict[str, Any]) -> None:
    with logs.configure(path, "info") as log:
        log.info("event", **{key: value for key, value in values.items() if "://" not in key})
        log.info("event", extra={key: value for key, value in values.items() if "://" in key})
        log.bind(**{key: value for key, value in values.items() if "://" not in key}).warning("bound")
    assert len(lines(path)) == 3
    assert "canary" not in path.read_text()


def test_exceptions_are_written_without_locals_and_secrets(path: Path) -> None:
    def fails() -> None:
        hidden = "hidden" + "-local"
        raise ValueError("at https://h/canary" + hidden[:0])

    with logs.configure(path, "info") as log:
        try:
            fails()
        except ValueError:
            log.exception("failed")
    (line,) = lines(path)
    assert "in fails" in line["exception"]
    assert "hidden-local" not in path.read_text()
    assert "h/canary" not in line["exception"].rpartition("ValueError")[2]


def test_libraries_log_to_the_file_and_httpx_only_warnings(path: Path) -> None:
    with logs.configure(path, "debug"):
        for name in ("httpx", "httpcore.http11", "uvicorn.error", "asyncio"):
            logging.getLogger(name).info("GET %s", "https://h/canary")
            logging.getLogger(name).warning("GET %s", "https://h/canary")
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            logging.captureWarnings(capture=True)
            warnings.warn("old https://h/canary", UserWarning, stacklevel=1)
    found = lines(path)
    assert [line["logger"] for line in found[:4]] == ["httpx", "httpcore.http11", "uvicorn.error", "asyncio"]
    assert {line["level"] for line in found} == {"warning"}
    assert "canary" not in path.read_text()


def test_uncaught_exceptions_are_written_and_not_printed(
    path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise RuntimeError("in a thread")

    with logs.configure(path, "info"):
        sys.excepthook(ValueError, ValueError("outside"), None)
        thread = threading.Thread(target=fail)
        thread.start()
        thread.join(5)
    assert [line["event"] for line in lines(path)] == ["uncaught", "uncaught.thread"]
    assert capfd.readouterr().err == ""


def test_a_line_that_cannot_be_made_is_dropped_in_silence(
    path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    others = list(logging.getLogger().handlers)
    with logs.configure(path, "info", quiet=False) as log:
        broken = logging.LogRecord("x", logging.ERROR, "x.py", 1, "%d", ("canary",), None)
        for handler in [handler for handler in logging.getLogger().handlers if handler not in others]:
            handler.handle(broken)
        log.info("still.here")
    assert [line["event"] for line in lines(path)] == ["still.here"]
    assert capfd.readouterr().err == ""


def test_a_command_that_is_not_quiet_says_warnings_in_words(
    path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with logs.configure(path, "info", quiet=False) as log:
        log.info("fine")
        log.warning("session.failed", id="a1", link=WatchLink("https://h/canary"))
    err = capfd.readouterr().err
    assert err.startswith("watchdeck: session.failed id=a1 link=WatchLink(")
    assert "canary" not in err


def test_what_was_changed_is_put_back(path: Path) -> None:
    root = logging.getLogger()
    before = (root.level, list(root.handlers), sys.excepthook, logging.getLogger("httpx").level)
    with logs.configure(path, "debug"):
        assert root.level == logging.DEBUG
    assert (root.level, list(root.handlers), sys.excepthook, logging.getLogger("httpx").level) == before


def test_a_log_that_cannot_be_written_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(WatchdeckError, match=r"cannot write the log .*log\.path"),
        logs.configure(tmp_path / "file" / "x.log", "info"),
    ):
        raise AssertionError("it was opened")


@given(st.text(max_size=20), st.text("abc/?&=#.:%", max_size=20), st.text(max_size=20))
def test_addresses_are_cut_to_their_origins(before: str, path: str, after: str) -> None:
    cut = scrubbed(f"{before} https://host/canary{path} {after}")
    assert "canary" not in cut
    assert "https://host/…" in cut


def test_plain_text_stays_as_it_is() -> None:
    for text in ("nothing here", "https://host", "https://host/", "http://127.0.0.1:8080", "a=b & c"):
        assert scrubbed(text) == text


def test_a_log_into_a_pipe_leaves_it_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "FILE_BYTES", 100)
    path = tmp_path / "pipe"
    os.mkfifo(path)
    path.chmod(0o666)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    with logs.configure(path, "info") as log:
        for number in range(5):
            log.info("event", number=number)
    assert os.read(reader, 100_000).count(b"\n") == 5
    os.close(reader)
    assert stat.S_IMODE(path.stat().st_mode) == 0o666
    assert list(tmp_path.iterdir()) == [path]
