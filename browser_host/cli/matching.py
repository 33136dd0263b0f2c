"""The filter language for commands that look at the sessions themselves."""

from collections.abc import Callable
from typing import TypeAlias

from browser_host.errors import UsageError
from browser_host.sessions.filter import FilterError, parse
from browser_host.sessions.views import SessionView

Matches: TypeAlias = Callable[[SessionView, float], bool]
"""Whether a session matches at a moment in epoch seconds."""


def matcher(expression: str | None) -> Matches:
    """What an expression matches; None matches every session.

    Raises:
        UsageError: the expression is none; says what and where.
    """
    try:
        return parse(expression or "").matches
    except FilterError as error:
        raise UsageError(f"--filter: {error}") from None
