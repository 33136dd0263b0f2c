"""Any value is kept as JSON text, bounded and printable."""

import json
import timeit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from browser_host.protocol.raw import LIMIT, json_text
from browser_host.protocol.text import printable

SCALARS = st.none() | st.booleans() | st.integers(-(2**64), 2**64) | st.floats() | st.text(max_size=8)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(JSON)
@settings(deadline=None)
def test_a_value_that_fits_is_exact_json(value: object) -> None:
    whole = json.dumps(value, ensure_ascii=False)
    shown = json_text(value, 10_000)
    assert shown == printable(whole.replace("\x7f", "\\u007f"), 10_000)
    assert repr(json.loads(shown)) == repr(value)  # by repr, because NaN is not equal to itself


@given(JSON, st.integers(1, 60))
@settings(deadline=None)
def test_a_value_that_does_not_fit_is_cut(value: object, limit: int) -> None:
    whole = json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    assert json_text(value, limit) == printable(whole, limit)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (float("nan"), "NaN"),
        (float("-inf"), "-Infinity"),
        (10**400, '"<an integer of 1329 bits>"'),
        (object(), '"<not JSON>"'),
        ({1: b"", None: (), False: {}}, '{"1": "<not JSON>", "null": [], "false": {}}'),
        ({object(): 1}, '{"<not JSON>": 1}'),
        ("\x1b\u202e", '"\\u001b\\u202e"'),
    ],
)
def test_values_that_are_not_json_get_a_placeholder(value: object, shown: str) -> None:
    assert json_text(value) == shown


def test_depth_is_bounded() -> None:
    nest: list[object] = []
    for _ in range(100_000):
        nest = [nest]
    assert json_text(nest) == "[" * 16 + '["…"]' + "]" * 16
    ring: dict[str, object] = {}
    ring["a"] = ring
    assert json_text(ring).count('"a"') == 16
    while nest:  # Python frees a deep nest by recursion
        nest = nest[0]  # type: ignore[assignment]


def test_cost_does_not_depend_on_the_values_size() -> None:
    huge = {
        "text": "x" * 10_000_000,
        "list": [{"n": n} for n in range(100_000)],
        "k" * 5_000_000: 10**100_000,
    }
    wide: list[object] = []
    for _ in range(16):
        wide = [wide] * 1_000  # 1,000 to the 16th leaves if written out
    for value in (huge, huge["list"], wide, {"k" * 5_000_000: 1}):
        assert len(json_text(value)) == LIMIT
        assert min(timeit.repeat(lambda value=value: json_text(value), number=1, repeat=10)) < 0.01  # type: ignore[misc]
