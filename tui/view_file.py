"""The file that keeps views from one run to the next; what is wrong with it costs a word, never a start."""

import contextlib
import os
import tempfile
from pathlib import Path

from tui import memory
from tui.memory import NotUnderstood, Remembered

READ_AT_MOST = 64 * 1024
"""Bytes that are read; the longest file that is written is shorter."""


class ViewFile:
    """Reads and writes the view of one environment.

    Args:
        path: the file, shared by all environments.
        environment: whose view it is.
    """

    def __init__(self, path: Path, environment: str) -> None:
        self._path = path
        self._environment = environment
        self._held: Remembered | None = None

    def load(self) -> Remembered:
        """What was kept, or the usual view.

        Raises:
            NotUnderstood: the file can't be read; it is replaced at the next `save`.
        """
        kept = self._read().get(self._environment[: memory.NAME_AT_MOST], Remembered())
        self._held = kept
        return kept

    def save(self, kept: Remembered) -> None:
        """Keeps a view, where it differs from the one kept, by putting a whole new file in place.

        Raises:
            OSError: it can't be written; it is tried again when the view changes.
        """
        if kept == self._held:
            return
        self._held = kept
        try:
            views = self._read()
        except NotUnderstood:
            views = {}
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # The name is new and the mode 0600 from the beginning; a link that stands there is not followed.
        number, name = tempfile.mkstemp(prefix=f"{self._path.name}.", dir=self._path.parent)
        try:
            with os.fdopen(number, "w", encoding="utf-8") as file:
                file.write(memory.written(views, self._environment, kept))
            Path(name).replace(self._path)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                Path(name).unlink()
            raise

    def _read(self) -> dict[str, Remembered]:
        try:
            with self._path.open("rb") as file:
                data = file.read(READ_AT_MOST + 1)
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise NotUnderstood(error.strerror or str(error)) from error
        if len(data) > READ_AT_MOST:
            raise NotUnderstood(f"it has more than {READ_AT_MOST} bytes")
        try:
            return memory.read(data.decode())
        except UnicodeDecodeError as error:
            raise NotUnderstood("it is no text") from error
