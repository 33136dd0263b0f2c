import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from browser_host.bridge.batches import MAX_CHARS, BadBatch, Batch, MessageCounts, PostedMessage, read

COUNT = st.integers(0, 2**53 - 1)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(st.lists(st.tuples(COUNT, COUNT, st.floats(0, 1e6), st.text(), JSON)))
def test_what_the_script_sends_is_read_as_it_is(lines: list[tuple[int, int, float, str, object]]) -> None:
    payload = json.dumps({"at": 9.0, "messages": lines, "counts": [[3, 2, 1, 4]]})
    said = tuple(PostedMessage(*line, at_ms=9.0 - line[2]) for line in lines)
    assert read(payload) == Batch(9.0, said, (MessageCounts(3, 2, 1, 4),))


@given(st.text() | JSON.map(json.dumps))
def test_anything_else_is_a_bad_batch(payload: str) -> None:
    with pytest.raises(BadBatch):
        read(payload)


@pytest.mark.parametrize(
    "batch",
    [
        {"at": 9.0, "messages": [[1, 0, 0, ""]], "counts": []},
        {"at": 9.0, "messages": [[True, 0, 0, "", {}]], "counts": []},
        {"at": 9.0, "messages": [["1", 0, 0, "", {}]], "counts": []},
        {"at": 9.0, "messages": [[1, 0, None, "", {}]], "counts": []},
        {"at": 9.0, "messages": [[1, 0, 0, None, {}]], "counts": []},
        {"at": 9.0, "messages": [], "counts": [[1, -1, 0, 0]]},
        {"at": 9.0, "messages": [], "counts": [[1, 1, 1]]},
        {"at": 9.0, "messages": []},
    ],
)
def test_near_misses_are_bad_batches(batch: object) -> None:
    with pytest.raises(BadBatch):
        read(json.dumps(batch))


def test_a_batch_too_long_or_too_deep_is_bad() -> None:
    with pytest.raises(BadBatch):
        read(" " * (MAX_CHARS + 1))
    with pytest.raises(BadBatch):
        read('{"at": 9.0, "messages": ' + "[" * 400_000)
