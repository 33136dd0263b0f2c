"""Brings back the view of the last time, and keeps the present one for the next."""

from collections.abc import Callable

from tui import memory
from tui.memory import NotUnderstood
from tui.view_file import ViewFile
from tui.view_state import ViewState


class Recall:
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
            return memory.applied(view, self._file.load())
        except NotUnderstood as error:
            self._say(f"the view of last time can't be read, so this is the usual one ({error})")
            return view

    def keep(self, view: ViewState) -> None:
        """Keeps the view where it has changed."""
        if self._file is None:
            return
        try:
            self._file.save(memory.of_view(view))
        except OSError as error:
            if not self._told:
                self._say(f"the view can't be kept for the next time ({error.strerror or error})")
            self._told = True
