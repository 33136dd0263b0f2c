import os
from pathlib import Path

import pytest

from browser_host.config.secret_files import SIZE_LIMIT, read_api_key, read_watch_link


def secret(path: Path, content: bytes, mode: int = 0o600) -> Path:
    path.write_bytes(content)
    path.chmod(mode)
    return path


def test_the_first_line_is_the_secret(tmp_path: Path) -> None:
    path = secret(tmp_path / "key", b"  abc-123  \nmore\n")
    found = read_api_key(path)
    assert found.secret.reveal() == "abc-123"
    assert "abc" not in f"{found} {found!r}"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601, 0o644, 0o666])
def test_a_file_that_others_can_open_is_refused(tmp_path: Path, mode: int) -> None:
    path = secret(tmp_path / "key", b"abc", mode)
    with pytest.raises(ValueError, match=f"chmod 600.*{mode:04o}"):
        read_api_key(path)
    path.chmod(0o400)
    assert read_api_key(path).secret.reveal() == "abc"


@pytest.mark.parametrize(
    "content", [b"", b"\n\n", b"has blank canary", b"\xffcanary", b"x" * (SIZE_LIMIT + 1)]
)
def test_a_file_that_holds_no_key_is_refused_without_showing_it(tmp_path: Path, content: bytes) -> None:
    path = secret(tmp_path / "key", content)
    with pytest.raises(ValueError, match="expected") as caught:
        read_api_key(path)
    assert "canary" not in str(caught.value)


def test_special_file_is_refused_at_once(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe, 0o600)
    for path in (pipe, tmp_path):
        with pytest.raises(ValueError, match="regular file"):
            read_watch_link(path)
    with pytest.raises(ValueError, match="readable file"):
        read_watch_link(tmp_path / "missing")


def test_a_link_in_a_file_is_held_to_the_same_rules(tmp_path: Path) -> None:
    path = secret(tmp_path / "link", b"http://example.com/canary")
    with pytest.raises(ValueError, match="in its file: expected a watch link with https") as caught:
        read_watch_link(path)
    assert "canary" not in str(caught.value)
