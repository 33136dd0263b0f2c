import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from browser_host.supervisor.session_ids import KEY_BYTES, LENGTH, SessionIds, load_key

LINK = "https://watch.example/session?token=very-secret-token"


@given(st.text())
def test_an_id_is_short_and_begins_with_a_letter(what: str) -> None:
    found = SessionIds(b"k" * KEY_BYTES).identify(what, ())
    assert len(found) == LENGTH
    assert found[0].isalpha()
    assert found.isascii()
    assert found.isalnum()


def test_the_same_link_has_the_same_id_with_the_same_key_alone() -> None:
    first, again, other = SessionIds(b"a" * 32), SessionIds(b"a" * 32), SessionIds(b"b" * 32)
    assert first.identify(LINK, ()) == again.identify(LINK, ())
    assert first.identify(LINK, ()) != other.identify(LINK, ())


def test_an_id_that_is_taken_is_not_given_again() -> None:
    ids = SessionIds(b"a" * 32)
    first = ids.identify(LINK, ())
    second = ids.identify(LINK, {first})
    assert second != first
    assert ids.identify(LINK, {first}) == second


def test_the_key_is_made_once_for_its_user_alone(tmp_path: Path) -> None:
    path = tmp_path / "state" / "ids.key"
    made = load_key(path)
    assert load_key(path) == made
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_a_key_that_was_cut_short_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "ids.key"
    path.write_bytes(b"short")
    assert len(load_key(path)) == KEY_BYTES


def test_a_symlink_in_the_place_of_the_key_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_bytes(b"x" * KEY_BYTES)
    (tmp_path / "ids.key").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="symbolic"):
        load_key(tmp_path / "ids.key")
