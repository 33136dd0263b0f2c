"""What this room asks of a logger; structlog's bound loggers fit."""

from typing import Any, Protocol


class Log(Protocol):
    """Takes an event's name and its facts."""

    def info(self, event: str, **facts: Any) -> Any:
        """Something that is as it should be."""

    def warning(self, event: str, **facts: Any) -> Any:
        """Something that should not be."""
