"""How the dashboard fails: in one sentence, with the traceback in its log."""

import logging
from pathlib import Path

from rich.text import Text
from textual.app import App
from textual.driver import Driver

log = logging.getLogger("tui")


class LoggedApp(App[None]):
    """An app whose failure is told in a sentence.

    Args:
        log_path: where the traceback is put.
        driver_class: Textual's.
        ansi_color: Textual's.
    """

    def __init__(self, log_path: Path, *, driver_class: type[Driver], ansi_color: bool | None) -> None:
        super().__init__(driver_class=driver_class, ansi_color=ansi_color)
        self._log_path = log_path

    def failed(self, error: BaseException) -> str:
        """Log an error that ends the dashboard, and put into a sentence that it did."""
        log.critical("the dashboard failed", exc_info=error)
        self._return_code = 1
        return f"the dashboard failed: {type(error).__name__} (details in {self._log_path})"

    def _handle_exception(self, error: Exception) -> None:
        sentence = Text(f"watchdeck: {self.failed(error)}")
        if not self._exit_renderables:  # one sentence is enough
            self._exit_renderables.append(sentence)
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        """Leave; Textual would print every frame with its locals, and a page's text is among them."""
        self._close_messages_no_wait()
