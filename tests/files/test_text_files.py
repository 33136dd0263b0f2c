import os
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from browser_host import text_files
from browser_host.daemon_threads import run_within


def read(path: Path, limit: int = 100, within_s: float = 5.0) -> bytes:
    with text_files.opened(path) as descriptor:
        return text_files.content_of(descriptor, limit, within_s)


def test_a_plain_file_is_read_to_its_end(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x" * 100)
    assert read(tmp_path / "file") == b"x" * 100


def test_no_more_is_read_than_one_byte_over() -> None:
    assert len(read(Path("/dev/zero"))) == 101


def test_the_null_device_is_empty() -> None:
    assert read(Path(os.devnull)) == b""


def test_a_pipe_is_read_until_its_writer_ends() -> None:
    reader, writer = os.pipe()
    os.write(writer, b"first ")

    def finish() -> None:
        os.write(writer, b"last")
        os.close(writer)

    thread = threading.Timer(0.01, finish)
    thread.start()
    assert read(Path(f"/dev/fd/{reader}")) == b"first last"
    thread.join(5)
    os.close(reader)


def test_a_pipe_without_a_writer_times_out(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(TimeoutError) as caught:
        read(tmp_path / "pipe", within_s=0.05)
    assert "without a writer" in (caught.value.strerror or "")


@given(st.text())
def test_utf8_is_decoded_with_or_without_a_mark(text: str) -> None:
    text = text.replace("\0", "").lstrip("\ufeff")
    assert text_files.decoded(text.encode()) == text
    assert text_files.decoded(text.encode("utf-8-sig")) == text


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("x = 1".encode("utf-16"), "UTF-16"),
        ("x = 1".encode("utf-16-le"), "UTF-16"),
        ("x = 1".encode("utf-16-be"), "UTF-16"),
        ("x = 1".encode("utf-32"), "UTF-32"),
        (b"caf\xe9 canary", "the byte E9"),
    ],
)
def test_other_encodings_are_named(content: bytes, named: str) -> None:
    with pytest.raises(text_files.EncodingError, match=f"expected UTF-8, got.*{named}") as caught:
        text_files.decoded(content)
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize("text", ["\ufeffkey", "key\r\n", "\ufeff key \n\n", "key"])
def test_what_editors_add_is_trimmed(text: str) -> None:
    assert text_files.trimmed(text) == "key"


def test_work_within_its_deadline_gives_its_result() -> None:
    assert run_within(lambda: 7, 5) == 7
    with pytest.raises(ZeroDivisionError):
        run_within(lambda: 1 / 0, 5)


def test_work_that_hangs_is_left_to_itself() -> None:
    release = threading.Event()
    with pytest.raises(TimeoutError):
        run_within(release.wait, 0.01)
    (left,) = [one for one in threading.enumerate() if one.name == "watchdeck-within"]
    assert left.daemon
    release.set()
    left.join(5)
