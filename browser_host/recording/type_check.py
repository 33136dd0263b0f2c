"""Whether a value read from a file fits its declared type: a recording may come from anybody. Pure."""

import math
import types
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, TypeAlias, Union, get_args, get_origin

LARGEST = 1e12
"""Of a number: seconds of 30,000 years, and more than anything here counts."""

Check: TypeAlias = Callable[[Any], bool]


@cache
def check_of(kind: Any, *, endless: bool = False) -> Check:
    """A check whether a value is of a type that a dataclass of the API declares, down to its parts.

    Args:
        endless: infinity is a number, as in limits that are off.

    Raises:
        TypeError: nothing in the API has such a type so far.
    """
    match get_origin(kind), get_args(kind):
        case (None, _):
            return _fields(kind, endless) if is_dataclass(kind) else _plain(kind, endless)
        case (origin, (inner, *_)) if origin is Annotated:
            return check_of(inner, endless=endless)
        case (origin, choices) if origin in {Union, types.UnionType}:
            checks = tuple(check_of(choice, endless=endless) for choice in choices)
            return lambda value: any(check(value) for check in checks)
        case (origin, (inner, *_)) if origin is tuple:
            each = check_of(inner, endless=endless)
            return lambda value: isinstance(value, tuple) and all(map(each, value))
    raise TypeError(f"no check for {kind}")


def checks_of(kind: Any, *, endless: bool = False) -> Mapping[str, Check]:
    """The check of each field of a dataclass."""
    declared: dict[str, Any] = {field.name: field.type for field in fields(kind)}
    return {name: check_of(each, endless=endless) for name, each in declared.items()}


def _fields(kind: Any, endless: bool) -> Check:  # noqa: FBT001 - passed on
    checks = tuple(checks_of(kind, endless=endless).items())
    return lambda value: (
        isinstance(value, kind) and all(check(getattr(value, name)) for name, check in checks)
    )


def _plain(kind: Any, endless: bool) -> Check:  # noqa: FBT001 - passed on
    if kind in (int, float):
        return lambda value: (
            isinstance(value, int | kind)
            and not isinstance(value, bool)
            and (abs(value) <= LARGEST or (endless and value == math.inf))
        )
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return lambda value: isinstance(value, str)  # an unknown word of a newer host stays text
    return lambda value: isinstance(value, kind)
