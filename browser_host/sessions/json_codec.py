"""The contract's JSON of frozen dataclasses, both ways, made from their fields.

Clients parse the host's answers with this module only, which saves commands the import of pydantic;
pydantic makes `/v1/openapi.json` from the same classes.
"""

import json
import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import StrEnum
from functools import cache, partial
from pathlib import Path
from typing import Annotated, Any, TypeAlias, TypeVar, Union, get_args, get_origin

from browser_host.sessions.clock import from_iso, iso

SCHEMA = 1
"""The version of the contract's JSON."""

Conversion: TypeAlias = Callable[[Any], Any]
T = TypeVar("T")


class _IsoMoment:
    """Marks a number of epoch seconds that JSON spells as ISO 8601."""

    def __get_pydantic_json_schema__(self, _schema: object, _handler: object) -> dict[str, Any]:
        return {"type": "string", "format": "date-time"}


Timestamp: TypeAlias = Annotated[float, _IsoMoment()]
"""Epoch seconds, to the millisecond; ISO 8601 in JSON."""


def to_json(value: Any) -> dict[str, Any]:
    """The JSON object of a dataclass, with keys in the order of the fields."""
    kind: Any = type(value)
    return {
        key: known if (known := getattr(value, key)) is None or change is None else change(known)
        for key, change in _encoded_keys(kind)
    }


def json_pieces(value: Any, rows: int) -> Iterator[str]:
    """The JSON text of a dataclass's keys, each after a comma, in pieces of at most so many rows."""
    kind: Any = type(value)
    text = ""
    for key, change in _encoded_keys(kind):
        known = getattr(value, key)
        text += f',"{key}":'
        if not isinstance(known, tuple) or len(known) <= rows:
            text += _compact(known if known is None or change is None else change(known))
            continue
        for start in range(0, len(known), rows):
            part = known[start : start + rows]
            yield text + ("," if start else "[") + _compact(part if change is None else change(part))[1:-1]
            text = ""
        text = "]"
    yield text


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def from_json(kind: Callable[..., T], body: Mapping[str, Any]) -> T:
    """The dataclass of a JSON object; unknown keys of a newer host are ignored.

    Raises:
        TypeError, ValueError: the object does not fit.
    """
    values = {}
    for key, change in _decoded_keys(kind):
        if key in body:
            known = body[key]
            values[key] = known if known is None or change is None else change(known)
    return kind(**values)


def converted(table: Mapping[str, Conversion], key: str, value: Any) -> Any:
    """The value of a key by its conversion in the table, where it has one and is not null."""
    if value is None or (change := table.get(key)) is None:
        return value
    return change(value)


@cache
def encoders(kind: Any) -> Mapping[str, Conversion]:
    """Conversions to JSON of the keys of a dataclass that need one."""
    return _table(kind, _Way(moment=iso, path=str, word=lambda _: None, nested=lambda _: to_json))


@cache
def decoders(kind: Any) -> Mapping[str, Conversion]:
    """The inverse of `encoders`."""
    nested = partial(partial, from_json)
    return _table(kind, _Way(moment=from_iso, path=Path, word=_word, nested=nested))


@dataclass(frozen=True, slots=True)
class _Way:
    """How moments, paths, words of an enum and dataclasses within another one are converted."""

    moment: Conversion
    path: Conversion
    word: Callable[[type[StrEnum]], Conversion | None]
    nested: Callable[[Any], Conversion]


def _word(kind: type[StrEnum]) -> Conversion:
    """Convert to the enum's member; an unknown value of a newer host stays text."""
    members = {one.value: one for one in kind}
    return lambda text: members.get(text, text)


@cache
def _encoded_keys(kind: Any) -> tuple[tuple[str, Conversion | None], ...]:
    encode = encoders(kind)
    return tuple((field.name, encode.get(field.name)) for field in fields(kind))


@cache
def _decoded_keys(kind: Any) -> tuple[tuple[str, Conversion | None], ...]:
    decode = decoders(kind)
    return tuple((field.name, decode.get(field.name)) for field in fields(kind))


def _table(kind: Any, way: _Way) -> Mapping[str, Conversion]:
    found = {field.name: _conversion(field.type, way) for field in fields(kind)}
    return {key: conversion for key, conversion in found.items() if conversion is not None}


def _conversion(annotation: Any, way: _Way) -> Conversion | None:
    if is_dataclass(annotation):
        return way.nested(annotation)
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return way.word(annotation)
    match get_origin(annotation), get_args(annotation):
        case (origin, (_, _IsoMoment())) if origin is Annotated:
            return way.moment
        case (origin, inner) if origin in {Union, types.UnionType}:
            (kind,) = (one for one in inner if one is not type(None))
            return _conversion(kind, way)
        case (origin, (kind, *_)) if origin is tuple:
            each = _conversion(kind, way)
            return tuple if each is None else lambda values: tuple(each(value) for value in values)
        case _:
            return way.path if annotation is Path else None
