"""The keys that the configuration knows, read off its models."""

from collections.abc import Iterator
from typing import get_args

from browser_host.config.models import Section, Settings
from browser_host.config.positions import Key


def known_keys() -> tuple[str, ...]:
    """Every key by its dotted name; one inside an array of tables goes without a number."""
    return tuple(_keys_of(Settings, ""))


def model_at(key: Key) -> type[Section] | None:
    """The model of the table that a place in the document is, or None where there is no such table."""
    model: type[Section] | None = Settings
    for part in key:
        if isinstance(part, str):
            model = sections_of(model).get(part) if model else None
    return model


def sections_of(model: type[Section]) -> dict[str, type[Section]]:
    """A table's tables and arrays of tables, by key."""
    found = ((name, _section(field.annotation)) for name, field in model.model_fields.items())
    return {name: section for name, section in found if section}


def _keys_of(model: type[Section], prefix: str) -> Iterator[str]:
    sections = sections_of(model)
    for name in model.model_fields:
        if name in sections:
            yield from _keys_of(sections[name], f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}"


def _section(annotation: object) -> type[Section] | None:
    """The section that a field's type is, or is a list of."""
    if isinstance(annotation, type) and issubclass(annotation, Section):
        return annotation
    return next((section for part in get_args(annotation) if (section := _section(part))), None)
