"""What this room asks of a logger; structlog's bound loggers fit."""

from typing import Protocol


class Log(Protocol):
    """Takes an event's name and its facts."""

    def info(self, event: str, /, **facts: object) -> object:
        """Something that is as it should be."""

    def warning(self, event: str, /, **facts: object) -> object:
        """Something that should not be."""
