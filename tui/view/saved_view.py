"""The view kept between runs, for each environment (filter, order, width), and the file it is kept in."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from browser_host import private_files
from tui.view import view_state
from tui.view.sorting import Sort, SortKey
from tui.view.view_state import Switch, ViewState

ENVIRONMENTS_AT_MOST = 32
"""Environments remembered; the one that was used longest ago is forgotten first."""

FILTER_AT_MOST = 256
NAME_AT_MOST = 128
"""Characters that are kept of what a user typed."""

READ_AT_MOST = 64 * 1024
"""Bytes that are read; the longest file that is written is shorter."""


@dataclass(frozen=True, slots=True)
class SavedView:
    """What of a view is worth keeping: nothing of it names a session.

    Args:
        filter: as it was typed; empty if none was kept.
        wide: more columns.
    """

    filter: str = ""
    sort: Sort = field(default_factory=Sort)
    wide: bool = False


class UnreadableViewError(ValueError):
    """The file is none of ours, or was damaged."""


def of_view(view: ViewState) -> SavedView:
    """What to keep of a view; of a filter that can't be read, the last one that could."""
    query = view.query
    text = query.text if query.problem is None else (query.last_good.text if query.last_good else "")
    return SavedView(text.strip()[:FILTER_AT_MOST], view.sort, Switch.WIDE in view.switches)


def applied(view: ViewState, kept: SavedView) -> ViewState:
    """The view as it was kept, and its filter marked as one from last time."""
    view = view_state.typed(replace(view, sort=kept.sort), kept.filter)
    switches = (view.switches & ~Switch.WIDE) | (Switch.WIDE if kept.wide else Switch.NONE)
    if view.query.problem is not None:
        return replace(view_state.typed(view, ""), switches=switches)
    return replace(view, switches=switches, query=replace(view.query, recalled=bool(kept.filter)))


def read(text: str) -> dict[str, SavedView]:
    """What is kept, by environment, the one used last at the end.

    Raises:
        UnreadableViewError: with what is wrong.
    """
    try:
        body = json.loads(text)
        return {
            str(name)[:NAME_AT_MOST]: _remembered(one)
            for name, one in list(body["views"].items())[-ENVIRONMENTS_AT_MOST:]
        }
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UnreadableViewError(f"{type(error).__name__}: {error}"[:80]) from error


def written(views: Mapping[str, SavedView], name: str, kept: SavedView) -> str:
    """The file's text with an environment's view, which becomes the one used last."""
    others = [(held, one) for held, one in views.items() if held != name]
    every = [*others[-(ENVIRONMENTS_AT_MOST - 1) :], (name[:NAME_AT_MOST], kept)]
    body = {
        "schema": 1,
        "views": {
            held: {
                "filter": one.filter,
                "sort": one.sort.key.value,
                "reverse": one.sort.reverse,
                "wide": one.wide,
            }
            for held, one in every
        },
    }
    return json.dumps(body, ensure_ascii=True, indent=1)


def _remembered(body: Mapping[str, Any]) -> SavedView:
    text, reverse, wide = body["filter"], body["reverse"], body["wide"]
    if not (isinstance(text, str) and isinstance(reverse, bool) and isinstance(wide, bool)):
        raise TypeError("filter is text, reverse and wide are true or false")
    if not text.isprintable() or len(text) > FILTER_AT_MOST:
        raise ValueError("the filter is not one line of text")
    return SavedView(text, Sort(SortKey(body["sort"]), reverse), wide)


class ViewFile:
    """Reads and writes the view of one environment.

    Args:
        path: the file, shared by all environments.
        environment: whose view it is.
    """

    def __init__(self, path: Path, environment: str) -> None:
        self._path = path
        self._environment = environment
        self._held: SavedView | None = None

    def load(self) -> SavedView:
        """What was kept, or the usual view.

        Raises:
            UnreadableViewError: the file can't be read; it is replaced at the next `save`.
        """
        kept = self._read().get(self._environment[:NAME_AT_MOST], SavedView())
        self._held = kept
        return kept

    def save(self, kept: SavedView) -> None:
        """Keep a view, where it differs from the one kept, by putting a whole new file in place.

        Raises:
            OSError: it can't be written; it is tried again when the view changes.
        """
        if kept == self._held:
            return
        self._held = kept
        try:
            views = self._read()
        except UnreadableViewError:
            views = {}
        private_files.make_folder(self._path.parent)
        text = written(views, self._environment, kept)
        private_files.replace(self._path, text.encode("ascii"), durable=False)

    def _read(self) -> dict[str, SavedView]:
        try:
            with self._path.open("rb") as file:
                data = file.read(READ_AT_MOST + 1)
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise UnreadableViewError(error.strerror or str(error)) from error
        if len(data) > READ_AT_MOST:
            raise UnreadableViewError(f"it has more than {READ_AT_MOST} bytes")
        try:
            return read(data.decode())
        except UnicodeDecodeError as error:
            raise UnreadableViewError("it is not text") from error


class ViewKeeper:
    """Reads once and writes when what is kept has changed; what goes wrong is told once and costs no more.

    Args:
        file: where views are kept, or None to keep none.
        say: called with a word for the operator.
    """

    def __init__(self, file: ViewFile | None, say: Callable[[str], None]) -> None:
        self._file = file
        self._say = say
        self._told = False

    def begin(self, view: ViewState) -> ViewState:
        """The view as it was left."""
        if self._file is None:
            return view
        try:
            return applied(view, self._file.load())
        except UnreadableViewError as error:
            self._say(f"Can't read the saved view, using the default ({error})")
            return view

    def keep(self, view: ViewState) -> None:
        """Keep the view where it has changed."""
        if self._file is None:
            return
        try:
            self._file.save(of_view(view))
        except OSError as error:
            if not self._told:
                self._say(f"Can't save the view ({error.strerror or error})")
            self._told = True
