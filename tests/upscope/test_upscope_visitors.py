"""Visitors from whatever the service may send."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from browser_host.sessions.clock import iso
from browser_host.sessions.session import LABEL_LIMIT, VISITOR_LIMIT
from browser_host.upscope.exchange import retry_after
from browser_host.upscope.shapes import (
    ErrorAnswer,
    LinkAnswer,
    UsageAnswer,
    VisitorAnswer,
    VisitorsAnswer,
    parsed,
)
from browser_host.upscope.visitor import SessionAgent, Usage, Visitor, label_of

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
NOW = 1_792_567_690.0
"""Wed, 21 Oct 2026 07:28:10 GMT"""

KEYS = st.sampled_from([*Visitor.__slots__, "last_url", "sessions", "more"])
VISITORS = st.dictionaries(KEYS, ANYTHING) | ANYTHING


def found(*visitors: Any) -> tuple[Visitor, ...]:
    answer = parsed(VisitorsAnswer, json.dumps({"visitors": visitors}).encode())
    assert answer is not None
    return answer.found()


@given(st.lists(VISITORS, max_size=5))
def test_whatever_comes_is_text_bounded_and_printable(visitors: list[Any]) -> None:
    for one in found(*visitors):
        assert 0 < len(one.short_id) <= VISITOR_LIMIT
        for text in (one.email, one.last_page, one.unique_id, *one.identities, *one.tags, label_of(one)):
            assert text is None or (text.isprintable() and 0 < len(text) <= 300)
        for told in (text for agent in one.agents for text in (agent.id, agent.name)):
            assert told is None or (told.isprintable() and 0 < len(told) <= 120)
        assert one.last_seen_at is None or iso(one.last_seen_at)
        assert 0 < len(label_of(one)) <= LABEL_LIMIT


@given(st.binary() | ANYTHING.map(lambda value: json.dumps(value).encode("utf-8", "replace")))
def test_no_body_raises(body: bytes) -> None:
    for shape in (VisitorsAnswer, VisitorAnswer, UsageAnswer, LinkAnswer, ErrorAnswer):
        parsed(shape, body)


def test_depth_without_end_is_no_answer() -> None:
    assert parsed(VisitorsAnswer, b'{"visitors": ' + b"[" * 200_000) is None


def test_missing_null_wrong_and_unknown_keys_are_borne() -> None:
    [bare, odd] = found(
        {"short_id": "A1"},
        {
            "short_id": 12,
            "tags": "vip",
            "email": None,
            "is_online": "yes",
            "identities": [None, 7],
            "new": {},
        },
    )
    assert bare == Visitor("A1")
    assert odd == Visitor("12", identities=("7",))
    assert found({"short_id": None}, {"short_id": ".."}, {"email": "a@b"}, None, 7) == ()
    assert len(found({"short_id": "A"}, {"short_id": "A"})) == 1
    none = parsed(VisitorsAnswer, b'{"status": "ok", "visitors": null}')
    assert none is not None
    assert none.found() == ()
    assert parsed(VisitorsAnswer, b'{"status": "ok"}') is None


def test_a_page_is_kept_without_what_may_be_a_secret() -> None:
    [one] = found({"short_id": "A", "last_url": "https://me:pw@shop.example:8/reset/a?token=canary#canary"})
    assert one.last_page == "https://shop.example/reset/a"


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/reset/9f86d081884c7d659a2f", "/reset/…"),
        ("/verify/eyJhbGciOi1.eyJzdWIiOi2.SflKxwRJSM3e", "/verify/…"),
        ("/o/3f2504e0-4f89-11d3-9a0c-0305e82c3301/pay", "/o/…/pay"),
        ("/cart;jsessionid=AB12CD34EF56", "/cart"),
        ("/" + "x" * 60, "/…"),
        ("/how-to-renew-a-policy-in-2026/", "/how-to-renew-a-policy-in-2026/"),
        ("/orders/100000000000001", "/orders/100000000000001"),
    ],
)
def test_what_looks_like_a_token_in_a_path_is_masked(path: str, kept: str) -> None:
    [one] = found({"short_id": "A", "last_url": f"https://shop.example{path}"})
    assert one.last_page == f"https://shop.example{kept}"


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("2026-11-14T22:13:20.5Z", 1_794_694_400.5),
        ("2026-11-14T23:13:20+01:00", 1_794_694_400.0),
        ("2026-11-14T22:13:20", 1_794_694_400.0),
        (1_794_694_400, 1_794_694_400.0),
        (1_794_694_400_500, 1_794_694_400.5),
        ("yesterday", None),
        (True, None),
        (-1, None),
    ],
)
def test_last_seen_is_read_in_every_usual_form(told: object, seconds: float | None) -> None:
    [one] = found({"short_id": "A", "last_seen_at": told})
    assert one.last_seen_at == seconds


def test_agents_are_those_of_sessions_that_run() -> None:
    dana = {"id": 7, "name": "Dana"}
    ended = {"ended_at": "2026-01-01T12:00:00Z", "agents": [{"id": "8", "name": "Lee"}]}
    running = {"ended_at": None, "agents": [dana, None, {"id": None}]}
    [one] = found({"short_id": "A", "sessions": [ended, running, 4, {"agents": "none"}]})
    assert one.agents == (SessionAgent("7", "Dana"),)


def test_labels() -> None:
    page = "https://shop.example/loan-form/"
    ada = Visitor("A", identities=("Ada Park",), email="ada@x", tags=("vip", "new", "old"), last_page=page)
    assert label_of(ada) == "Ada Park · /loan-form #vip #new"
    assert label_of(Visitor("A", email="ada@x", last_page="https://shop.example")) == "ada@x"
    assert label_of(Visitor("A", unique_id="customer-4")) == "customer-4"
    assert label_of(Visitor("A")) == "A"


def test_usage_of_any_shape() -> None:
    bodies = {
        b'{"usage": {"agents": 2, "session_counts": {"now": 3}, "visitors": {"online_now": 9}}}': Usage(
            2, 3, 9
        ),
        b'{"usage": {"agents": "many", "session_counts": 4, "visitors": null, "more": 1}}': Usage(),
        b'{"usage": {"agents": -1, "session_counts": {"now": 1e400}}}': Usage(),
        b'{"usage": {}}': Usage(),
        b'\xef\xbb\xbf{"usage": {"agents": 4}}': Usage(4),
    }
    for body, usage in bodies.items():
        answer = parsed(UsageAnswer, body)
        assert answer is not None, body
        assert answer.told() == usage


def test_retry_after_as_seconds_and_as_a_moment() -> None:
    date = "Wed, 21 Oct 2026 07:28:00 GMT"
    assert retry_after("120", None, NOW) == 120
    assert retry_after("Wed, 21 Oct 2026 07:28:30 GMT", date, NOW) == 30
    assert retry_after("Wed, 21 Oct 2026 07:00:00 GMT", date, NOW) == 0
    assert retry_after("9" * 30, None, NOW) == 86_400
    for odd in ("", "-5", "soon", "1.5", "٣", "Wed, 99 Oct"):
        assert retry_after(odd, date, NOW) is None, odd
    for none in (None, "", "yesterday"):
        assert retry_after("Wed, 21 Oct 2026 07:28:30 GMT", none, NOW) == 20
    assert retry_after(None, date, NOW) is None


@pytest.mark.parametrize(
    "moment",
    ["Wed, 21 Oct 2026 07:28:30 GMT", "Wednesday, 21-Oct-26 07:28:30 GMT", "Wed Oct 21 07:28:30 2026"],
)
@pytest.mark.parametrize("date", ["Wed, 21 Oct 2026 07:28:10 GMT", "Wed Oct 21 07:28:10 2026", None])
def test_retry_after_takes_every_date_of_http(moment: str, date: str | None) -> None:
    assert retry_after(moment, date, NOW) == 20
