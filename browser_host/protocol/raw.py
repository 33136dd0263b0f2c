"""Keeps any posted value as bounded JSON text, at a cost that does not depend on its size."""

import json
from collections.abc import Iterator
from math import isfinite, isnan

from browser_host.protocol.text import printable

LIMIT = 2_000
"""Characters kept of a message of unknown type or value."""
_MAX_DEPTH = 16  # levels of arrays and objects; pages nest a handful, and the bridge lets no more through
_MAX_INTEGER_BITS = 1_024  # Python refuses to print more than 4,300 digits, and printing is quadratic
_QUOTE = '"'
_NOT_JSON = '"<not JSON>"'

_quoted = json.JSONEncoder(ensure_ascii=False).encode


def json_text(value: object, limit: int = LIMIT) -> str:
    """Return any object as printable JSON text, exact if it is JSON and fits.

    Args:
        value: usually JSON-shaped; any other object becomes a placeholder, and none of its methods is called.
        limit: the most characters to return; writing stops there, so a huge value costs no more.
    """
    pieces: list[str] = []
    length = 0
    for piece in _pieces(value, limit, _MAX_DEPTH):
        pieces.append(piece)
        length += len(piece)
        if length > limit:
            break
    return printable("".join(pieces), limit)


def _pieces(value: object, limit: int, depth: int) -> Iterator[str]:
    if type(value) is dict:
        yield from _object(value, limit, depth)
    elif type(value) is list or type(value) is tuple:
        yield from _array(value, limit, depth)
    else:
        yield _scalar(value, limit)


def _object(value: dict[object, object], limit: int, depth: int) -> Iterator[str]:
    if value and depth == 0:
        yield '{"…": "…"}'
        return
    before = "{"
    for key, member in value.items():
        name = _scalar(key, limit)
        yield f"{before}{name if name[0] == _QUOTE else _quoted(name)}: "
        yield from _pieces(member, limit, depth - 1)
        before = ", "
    yield "}" if value else "{}"


def _array(value: list[object] | tuple[object, ...], limit: int, depth: int) -> Iterator[str]:
    if value and depth == 0:
        yield '["…"]'
        return
    before = "["
    for member in value:
        yield before
        yield from _pieces(member, limit, depth - 1)
        before = ", "
    yield "]" if value else "[]"


def _scalar(value: object, limit: int) -> str:
    # Exact types only: a subclass could run code when converted to text.
    if type(value) is str:
        # JSON leaves DEL unescaped, and `printable` would replace it; escaped here, the text stays JSON.
        return _quoted(value[: limit + 1]).replace("\x7f", "\\u007f")
    if value is None:
        return "null"
    if type(value) is bool:
        return "true" if value else "false"
    if type(value) is int:
        bits = value.bit_length()
        return str(value) if bits <= _MAX_INTEGER_BITS else f'"<an integer of {bits} bits>"'
    if type(value) is float:
        return _float(value)
    return _NOT_JSON


def _float(value: float) -> str:
    if isfinite(value):
        return repr(value)
    return "NaN" if isnan(value) else "Infinity" if value > 0 else "-Infinity"
