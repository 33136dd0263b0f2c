"""A long answer is encoded in pieces, between which others get their turn."""

import json

import pytest

from browser_host.api.schema import Outcome, PlanEntry, Result
from browser_host.sessions.json_codec import json_pieces, to_json


def outcome(count: int) -> Outcome:
    results = tuple(Result(f"s{n}", "sent", "page", n, 'says "é\n"', f"i{n}") for n in range(count))
    return Outcome(
        results, {"sent": count}, tuple(PlanEntry(f"s{n}", "", None, "", None) for n in range(count))
    )


@pytest.mark.parametrize(("count", "pieces"), [(0, 1), (1, 1), (100, 1), (101, 5), (250, 7)])
def test_pieces_are_the_json_of_the_whole(count: int, pieces: int) -> None:
    answer = outcome(count)
    texts = list(json_pieces(answer, rows=100))
    assert len(texts) == pieces
    whole = "{" + "".join(texts).removeprefix(",") + "}"
    assert whole == json.dumps(to_json(answer), ensure_ascii=False, separators=(",", ":"))
