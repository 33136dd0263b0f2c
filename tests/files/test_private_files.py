import os
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from browser_host import private_files

WRITE = os.O_WRONLY | os.O_CREAT | os.O_APPEND


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def pipe(path: Path) -> Path:
    os.mkfifo(path)
    path.chmod(0o666)
    return path


@pytest.mark.parametrize("opens", [private_files.open_plain, private_files.open_output])
def test_a_file_to_write_becomes_private(tmp_path: Path, opens: Callable[[Path, int], int]) -> None:
    (tmp_path / "old").touch(0o644)
    for name in ("old", "new"):
        os.close(opens(tmp_path / name, WRITE))
        assert mode(tmp_path / name) == 0o600


def test_a_file_to_read_keeps_its_mode(tmp_path: Path) -> None:
    (tmp_path / "file").touch(0o644)
    os.close(private_files.open_plain(tmp_path / "file", os.O_RDONLY))
    assert mode(tmp_path / "file") == 0o644


def test_output_to_a_device_leaves_its_mode(tmp_path: Path) -> None:
    path = pipe(tmp_path / "pipe")
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    os.close(private_files.open_output(path, WRITE))
    os.close(reader)
    assert mode(path) == 0o666


def test_a_pipe_without_a_reader_holds_nobody(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such device"):
        private_files.open_output(pipe(tmp_path / "pipe"), WRITE)


@pytest.mark.parametrize("what", ["pipe", "link", "folder"])
def test_what_is_not_plain_is_refused(tmp_path: Path, what: str) -> None:
    path = tmp_path / "named"
    match what:
        case "pipe":
            pipe(path)
        case "link":
            path.symlink_to(tmp_path / "elsewhere")
        case _:
            path.mkdir()
    before = sorted(tmp_path.iterdir())
    for flags in (os.O_RDONLY, WRITE):
        if what == "pipe" and flags == WRITE:
            continue  # nobody reads it, so the system refuses first
        if what == "folder" and flags != WRITE:
            continue
        with pytest.raises(OSError):  # noqa: PT011 - each in the system's own words
            private_files.open_plain(path, flags)
    assert sorted(tmp_path.iterdir()) == before


def test_a_replaced_file_is_whole_and_private(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.touch(0o644)
    contents = [bytes([65 + number]) * 200_000 for number in range(8)]
    writers = [threading.Thread(target=private_files.replace, args=(path, content)) for content in contents]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(30)
    assert path.read_bytes() in contents
    assert mode(path) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_failed_replacement_leaves_what_was(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(OSError, match="directory"):
        private_files.replace(tmp_path / "taken", b"content")
    assert list(tmp_path.iterdir()) == [tmp_path / "taken"]


def test_creating_takes_no_other_file(tmp_path: Path) -> None:
    private_files.create(tmp_path / "file")
    with pytest.raises(FileExistsError):
        private_files.create(tmp_path / "file")
    assert mode(tmp_path / "file") == 0o600


def test_only_a_plain_file_counts_as_exposed(tmp_path: Path) -> None:
    (tmp_path / "file").touch(0o644)
    assert private_files.exposed_mode((tmp_path / "file").stat().st_mode) == "0644"
    assert not private_files.exposed_mode(pipe(tmp_path / "pipe").stat().st_mode)
    assert private_files.is_plain_or_absent(tmp_path / "nothing")
    assert not private_files.is_plain_or_absent(tmp_path / "pipe")
