"""Validation errors as sentences: what was expected, what was found, and the nearest known key."""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from pydantic_core import ErrorDetails

from browser_host.config.known_keys import known_keys, model_at, names_of
from browser_host.config.positions import Key

ECHO_LIMIT = 40
"""Characters of a value that may be shown; a misplaced secret is usually longer."""

LONG = 10**15
"""Whole numbers from here on are not shown."""

UNSEEN = frozenset(
    {"watch_url", "watch_url_file", "api_key_file", "api_key_env", "api_key", "base_url", "url", "url_file"}
    | {"webhook_url", "webhook_url_file", "secret_file", "command"}
)
"""Keys whose values are secrets, or where secrets are put by mistake: never shown."""

_EXPECTED = {
    "string_type": "a text in quotes",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "float_type": "a number",
    "int_from_float": "a whole number",
    "finite_number": "a finite number",
    "model_type": "a table",
    "model_attributes_type": "a table",
    "dict_type": "a table",
    "tuple_type": "a list in brackets",
    "string_too_short": "a text that is not empty",
    "string_too_long": "a shorter text",
    "too_long": "fewer entries",
}


def key_of(error: ErrorDetails) -> Key:
    """The place in the document that an error is about."""
    return tuple(part for part in error["loc"] if part != "[key]")


def dotted(key: Key) -> str:
    """A place as people write it: `sessions[0].label`."""
    text = ""
    for part in key:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += f".{named(part)}" if text else named(part)
    return text


def named(name: str) -> str:
    """A key's name, bounded and printable."""
    shown = name if name.isprintable() and name else repr(name)
    return shown if len(shown) <= ECHO_LIMIT else f"{shown[:ECHO_LIMIT]}…"


def explain(error: ErrorDetails) -> str:
    """What was expected, what was found, and what to do.

    Args:
        error: of a `ValidationError` of `Settings`.
    """
    key = key_of(error)
    kind, context = error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        return _unknown(key)
    if kind == "missing":
        return "expected this key, and it is missing"
    if kind == "value_error":
        expected = str(context["error"])
    elif kind == "enum":
        return _one_of(key, error["input"], context)
    else:
        expected = f"expected {_EXPECTED.get(kind) or _bounded(kind, context)}"
    return expected if "got" in expected else f"{expected}, got {described(error['input'], key)}"


def described(value: object, key: Key) -> str:
    """A value for messages, shown only if it can't be a secret."""
    match value:
        case bool():
            text = "true" if value else "false"
        case float():
            text = f"the number {value}"
        case int():
            text = f"the number {value}" if abs(value) < LONG else "a long number"
        case str():
            text = f'"{value}"' if _may_be_shown(value, key) else f"a text of {len(value)} characters"
        case list() | tuple():
            text = "a list"
        case dict():
            text = "a table"
        case _:
            text = "a date or time"
    return text


def _may_be_shown(text: str, key: Key) -> bool:
    hidden = any(part in UNSEEN for part in key)
    return not hidden and len(text) <= ECHO_LIMIT and text.isprintable() and "://" not in text


def _bounded(kind: str, context: Mapping[str, Any]) -> str:
    match kind:
        case "greater_than_equal":
            return f"a number of at least {context['ge']:g}"
        case "greater_than":
            return f"a number above {context['gt']:g}"
        case "less_than_equal":
            return f"a number of at most {context['le']:g}"
        case "less_than":
            return f"a number below {context['lt']:g}"
        case _:
            return "another kind of value"


def _one_of(key: Key, value: object, context: Mapping[str, Any]) -> str:
    choices = re.findall(r"'([^']*)'", context["expected"])
    listed = " or ".join(f'"{choice}"' for choice in choices)
    text = f"expected {listed}, got {described(value, key)}"
    near = get_close_matches(value, choices, 1) if isinstance(value, str) else []
    return f'{text}; did you mean "{near[0]}"?' if near else text


def _unknown(key: Key) -> str:
    name = str(key[-1])
    if name == "api_key":
        return (
            "the key itself does not belong in this file: put it in the environment "
            "(upscope.api_key_env names the variable) or a file of its own (upscope.api_key_file, mode 0600)"
        )
    model = model_at(key[:-1])
    siblings = get_close_matches(name, names_of(model), 1) if model else []
    known = known_keys()
    table = "".join(f"{part}." for part in key[:-1] if isinstance(part, str))
    if siblings:
        return f"unknown key; did you mean {table}{siblings[0]}?"
    elsewhere = [place for place in known if place.rpartition(".")[2] == name]
    near = elsewhere or get_close_matches(f"{table}{name}", known, 1, 0.0)
    return f"unknown key; did you mean {near[0]}?" if near else "unknown key"
