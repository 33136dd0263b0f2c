"""The known keys, read from the models."""

from collections.abc import Iterator
from typing import get_args

from browser_host.config.models import Section, Settings
from browser_host.config.positions import Key


def known_keys() -> tuple[str, ...]:
    """Every key by its dotted name; keys in an array of tables have no index."""
    return tuple(_keys_of(Settings, ""))


def model_at(key: Key) -> type[Section] | None:
    """The model of the table at a place in the document, or None if there is no such table."""
    model: type[Section] | None = Settings
    for part in key:
        if isinstance(part, str):
            model = sections_of(model).get(part) if model else None
    return model


def sections_of(model: type[Section]) -> dict[str, type[Section]]:
    """A table's tables and arrays of tables, by key."""
    found = ((name, _section(field.annotation)) for name, field in model.model_fields.items())
    return {name: section for name, section in found if section}


def names_of(model: type[Section]) -> tuple[str, ...]:
    """A table's keys as they are written in the file."""
    return tuple(field.alias or name for name, field in model.model_fields.items())


def _keys_of(model: type[Section], prefix: str) -> Iterator[str]:
    sections = sections_of(model)
    for name in names_of(model):
        if name in sections:
            yield from _keys_of(sections[name], f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}"


def _section(annotation: object) -> type[Section] | None:
    """The section class of a field, or of its items."""
    if isinstance(annotation, type) and issubclass(annotation, Section):
        return annotation
    return next((section for part in get_args(annotation) if (section := _section(part))), None)
