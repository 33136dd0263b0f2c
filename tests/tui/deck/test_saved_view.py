"""A view is kept and comes back, said aloud; whatever stands in the file costs no more than a word."""

import contextlib
import json
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tui.deck.screen_samples import NOW, deck, session
from tui.style.roles import Role
from tui.view import saved_view, status_line, view_state
from tui.view.saved_view import SavedView, UnreadableViewError, ViewFile, ViewKeeper
from tui.view.sorting import Sort, SortKey
from tui.view.view_state import Switch, ViewState

KEPT = st.builds(
    SavedView,
    st.text(st.characters(categories=["L", "N", "P", "S"]), max_size=saved_view.FILTER_AT_MOST),
    st.builds(Sort, st.sampled_from(SortKey), st.booleans()),
    st.booleans(),
)
NAMES = st.text(max_size=60)


@given(views=st.dictionaries(NAMES, KEPT, max_size=50), name=NAMES, kept=KEPT)
def test_what_is_written_is_read_again(views: dict[str, SavedView], name: str, kept: SavedView) -> None:
    text = saved_view.written(views, name, kept)
    found = saved_view.read(text)
    assert found[name] == kept
    assert list(found)[-1] == name
    assert len(found) <= saved_view.ENVIRONMENTS_AT_MOST
    assert all(found[held] == views[held] for held in found if held != name)
    assert text.isascii()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(("views", "filter", "sort", "reverse", "wide", "")), inner, max_size=5
        )
    ),
    max_leaves=12,
)


@given(text=st.text(max_size=200) | JSON.map(json.dumps) | st.just("[" * 100_000))
def test_whatever_stands_in_the_file_is_read_or_not_understood(text: str) -> None:
    with contextlib.suppress(UnreadableViewError):  # the one way to fail
        assert all(isinstance(kept, SavedView) for kept in saved_view.read(text).values())


@given(kept=KEPT)
def test_a_filter_is_applied_only_where_it_can_be_read(kept: SavedView) -> None:
    view = saved_view.applied(ViewState(switches=Switch.WIDE), kept)
    assert view.query.problem is None
    assert view.sort == kept.sort
    assert (Switch.WIDE in view.switches) is kept.wide
    assert view.query.recalled is bool(view.query.text.strip())


def test_a_filter_from_last_time_is_said_until_it_is_cleared() -> None:
    def line(view: ViewState) -> str:
        return "".join(span.text for span in status_line.words_line(view, "", Role.INFO, NOW))

    view = saved_view.applied(ViewState(), SavedView("label:acme"))
    assert line(view).strip() == "saved filter: label:acme   esc clears it"
    laid = view_state.laid_out(view, deck(session("a", label="acme"), session("b", label="other")), NOW)
    assert laid.rows == ("a",)
    assert "last time" not in line(view_state.typed(view, "label:other"))


def test_last_good_filter_is_kept_for_an_invalid_one() -> None:
    view = view_state.typed(view_state.typed(ViewState(), "label:acme"), "label:acme hosting:nonsense")
    assert saved_view.of_view(view).filter == "label:acme"


def test_views_are_kept_by_environment_in_a_private_file(tmp_path: Path) -> None:
    path = tmp_path / "state" / "view.json"
    production, staging = ViewFile(path, "production"), ViewFile(path, "staging")
    wide, faulty = SavedView(wide=True), SavedView("hosting:lost", Sort(SortKey.STALE, reverse=True))
    production.save(wide)
    staging.save(faulty)
    assert (production.load(), staging.load()) == (wide, faulty)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_what_has_not_changed_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "view.json"
    file = ViewFile(path, "")
    file.save(file.load())
    assert not path.exists()


@pytest.mark.parametrize("text", [b"{", b"\xff\xfe", b'{"views": {"": {}}}', b" " * 70_000])
def test_a_broken_file_is_ignored_with_a_word_and_replaced(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "view.json"
    path.write_bytes(text)
    said: list[str] = []
    recall = ViewKeeper(ViewFile(path, ""), said.append)
    view = recall.begin(ViewState())
    assert view == ViewState()
    assert "Can't read the saved view" in said[0]
    kept = replace(view, sort=Sort(SortKey.LABEL))
    recall.keep(kept)
    assert ViewKeeper(ViewFile(path, ""), said.append).begin(ViewState()).sort == kept.sort
    assert len(said) == 1


def test_a_folder_that_cannot_be_written_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    said: list[str] = []
    recall = ViewKeeper(ViewFile(tmp_path / "file" / "view.json", ""), said.append)
    for key in (SortKey.LABEL, SortKey.MODE, SortKey.COLOR):
        recall.keep(ViewState(sort=Sort(key)))
    assert len([word for word in said if "Can't save the view" in word]) == 1


def test_a_link_in_the_files_place_is_replaced_and_not_followed(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_text("mine")
    (tmp_path / "view.json").symlink_to(other)
    ViewFile(tmp_path / "view.json", "").save(SavedView(wide=True))
    assert other.read_text() == "mine"
