import tomllib
from collections.abc import Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from browser_host.config.positions import Key, lines_of, nearest

TEXT = """\
# a comment = "no key"
top = 1
"quoted key" = 'x # no comment'

[table]   # says [something]
dotted.inner = 2
inline = { a = 1, b = { c = [1, 2] } }
text = \"\"\"
[not.a.table]
key = 1 \\\"\"\"
\"\"\"
list = [
  1,  # one
  "]", [2,
  3],
]

[[things]]
name = 'a'
[things.part]
x = 1
[[things]]
name = "b"
[[things.pieces]]
y = 2
"""


def test_every_kind_of_key_has_its_line() -> None:
    lines = lines_of(TEXT)
    assert lines["top",] == 2
    assert lines["quoted key",] == 3
    assert lines["table",] == 5
    assert lines["table", "dotted"] == lines["table", "dotted", "inner"] == 6
    assert lines["table", "inline", "b", "c", 1] == 7
    assert lines["table", "text"] == 8
    assert [lines["table", "list", number] for number in range(3)] == [13, 14, 14]
    assert lines["table", "list", 2, 1] == 15
    assert lines["things",] == lines["things", 0] == 18
    assert lines["things", 0, "part", "x"] == 21
    assert (lines["things", 1], lines["things", 1, "name"]) == (22, 23)
    assert lines["things", 1, "pieces", 0, "y"] == 25
    assert not any("not" in key for key in lines)


def test_the_nearest_line_is_the_tables_around() -> None:
    lines = lines_of(TEXT)
    assert nearest(lines, ("things", 1, "missing", "deeper")) == 22
    assert nearest(lines, ("nowhere",)) == 1


NAMES = st.text("abc_-1", min_size=1, max_size=4) | st.text(min_size=1, max_size=4).filter(
    lambda text: text.isprintable() and not set(text) & set("\"\\'")
)
LEAVES = (
    st.integers(-9, 9)
    | st.booleans()
    | st.text("ab=[]{}#,.'\"\n\\", max_size=8)
    | st.lists(st.text("]#,[\"'", max_size=3), max_size=3)
)
TABLES = st.recursive(
    st.dictionaries(NAMES, LEAVES, max_size=4),
    lambda inner: st.dictionaries(
        NAMES, LEAVES | inner | st.lists(inner, min_size=1, max_size=3), max_size=4
    ),
    max_leaves=12,
)


def _string(text: str) -> str:
    escapes = {'"': '\\"', "\\": "\\\\", "\n": "\\n"}
    return '"' + "".join(escapes.get(character, character) for character in text) + '"'


def _value(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case int():
            return str(value)
        case str() if "\n" in value and "'" not in value:
            return f"'''\n{value}'''"
        case str():
            return _string(value)
        case list():
            return "[" + ",\n  # a comment\n ".join(map(_value, value)) + "]"
        case dict():
            return "{" + ", ".join(f"{_string(name)} = {_value(item)}" for name, item in value.items()) + "}"
    raise AssertionError(value)


def _written(table: dict[str, Any], key: tuple[str, ...]) -> Iterator[str]:
    """The table in TOML: leaves first, then tables below headers of their own."""
    inner = {name: value for name, value in table.items() if _is_tables(value)}
    for name, value in table.items():
        if name not in inner:
            yield f"{_string(name)} = {_value(value)}"
    for name, value in inner.items():
        header = ".".join(map(_string, (*key, name)))
        for item in [value] if isinstance(value, dict) else value:
            yield f"[{header}] # so" if isinstance(value, dict) else f"[[ {header} ]]"
            yield from _written(item, (*key, name))


def _is_tables(value: object) -> bool:
    return isinstance(value, dict) or (
        isinstance(value, list) and bool(value) and all(isinstance(item, dict) for item in value)
    )


def _places(value: Any, key: Key) -> Iterator[Key]:
    if key:
        yield key
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _places(inner, (*key, name))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _places(inner, (*key, number))


@given(TABLES)
def test_every_place_that_tomllib_reads_has_a_line_and_no_other(document: dict[str, Any]) -> None:
    text = "\n".join(_written(document, ()))
    assert tomllib.loads(text) == document
    lines = lines_of(text)
    assert set(lines) == set(_places(document, ()))
    written = text.split("\n")
    for key, line in lines.items():
        if isinstance(key[-1], str):
            assert _string(key[-1]) in written[line - 1]


@given(st.text("ab=[]{}#,.'\"\n\\ 1", max_size=60))
def test_no_text_hangs_or_breaks_it(text: str) -> None:
    try:
        read = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        read = None
    try:
        lines = lines_of(text)
    except tomllib.TOMLDecodeError:
        assert read is None
    else:
        assert read is None or set(lines) == set(_places(read, ()))
