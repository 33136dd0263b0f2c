"""The filter language for commands that filter sessions themselves."""

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from browser_host.errors import UsageError

if TYPE_CHECKING:
    from browser_host.sessions.views import SessionView

Matches: TypeAlias = Callable[["SessionView", float], bool]
"""Whether a session matches at a moment in epoch seconds."""


def matcher(expression: str | None) -> Matches:
    """The predicate of an expression; None matches every session.

    Raises:
        UsageError: the expression is invalid; the message says where.
    """
    if expression is None:
        return lambda *_: True
    from browser_host.sessions.filter import FilterError, parse  # noqa: PLC0415 - most calls filter nothing

    try:
        return parse(expression).matches
    except FilterError as error:
        raise UsageError(f"--filter: {error}") from None
