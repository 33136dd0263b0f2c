"""The target of a command: ids, a filter or all sessions, and exactly one of these."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, TypeVar

import click

from browser_host.api.schema import Target

R = TypeVar("R")


def target(
    ids: Sequence[str], expression: str | None, *, everyone: bool = False, stale: bool = False
) -> Target:
    """The target, if it is given in exactly one way.

    Raises:
        UsageError: no target was given, or several.
    """
    given = [bool(ids), expression is not None, everyone, stale]
    if sum(given) != 1:
        came = "nothing" if not any(given) else "more than one"
        raise click.UsageError(f"name sessions in one way: by ID…, --filter or another option; got {came}")
    return Target(ids=tuple(dict.fromkeys(ids)), filter=expression, all=everyone, stale=stale)


def with_target(command: Callable[..., R]) -> Callable[..., R]:
    """Add `ID…`, `--filter` and `--all`, and pass the target as the command's first argument."""

    @click.argument("ids", nargs=-1, metavar="[ID]...")
    @click.option(
        "--filter", "expression", metavar="EXPR", help="Sessions that match EXPR, such as 'status:active'."
    )
    @click.option("--all", "everyone", is_flag=True, help="All sessions.")
    @wraps(command)
    def call(ids: tuple[str, ...], expression: str | None, *args: Any, everyone: bool, **kwargs: Any) -> R:
        return command(target(ids, expression, everyone=everyone), *args, **kwargs)

    return call
