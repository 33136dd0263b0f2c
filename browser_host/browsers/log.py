"""The logger that this package needs; structlog's bound loggers match it."""

from typing import Any, Protocol


class Log(Protocol):
    """Takes the name of an event and its facts."""

    def info(self, event: str, **facts: Any) -> Any:
        """Log an expected event."""

    def warning(self, event: str, **facts: Any) -> Any:
        """Log a problem."""
