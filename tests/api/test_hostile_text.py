"""What a page may say reaches no terminal: every field that is its own, in all that a client is given."""

import json
import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest

from browser_host.bridge import load_faults
from browser_host.bridge.events import MessageReceived, PageReplaced, SessionBlocked
from browser_host.cli.output import columns
from tests.api.conftest import Served

EVIL = "\x1b]52;c;cHduZWQ=\x07\x1b[2J\x9b31m\x00\r\n\u202egnp\u2066\u200b\ufeff\u2028\ud800\U000e0041"
FIELDS: tuple[dict[str, object], ...] = (
    {"type": "sessionStatusUpdate", "sessionStatus": EVIL},
    {"type": "currentColor", "color": EVIL},
    {"type": "currentColor", "color": {EVIL: EVIL}},
    {"type": EVIL, EVIL: EVIL},
    {"type": "customMessage", "message": EVIL},
    {"type": "error", "error": {"code": EVIL, "message": [EVIL]}},
    {"type": "sessionEnded", "reason": EVIL, EVIL: 1},
    {
        "type": "upscope.sessionState.update",
        "state": {"status": EVIL, "color": EVIL, "mode": EVIL, EVIL: EVIL},
    },
    {"type": "upscope.sessionState.update", "state": EVIL},
)
CONTROLS = {"Cc", "Cf", "Cs", "Zl", "Zp", "Cn", "Co"}


def texts(document: Any) -> Iterator[str]:
    match document:
        case str():
            yield document
        case dict():
            for key, value in document.items():
                yield from (*texts(key), *texts(value))
        case list():
            for one in document:
                yield from texts(one)


def harmful(document: Any) -> list[str]:
    return [text for text in texts(document) if any(unicodedata.category(one) in CONTROLS for one in text)]


@pytest.mark.parametrize(
    "said", FIELDS, ids=lambda said: str(said["type"])[:12].encode("ascii", "replace").hex()
)
async def test_nothing_that_a_page_says_reaches_a_client_as_it_is(
    served: Served, said: dict[str, object]
) -> None:
    (session_id,) = served.host.live(1)
    served.host.hosting.sink(MessageReceived(session_id, said, after=0, waited_ms=0.0))
    served.host.hosting.sink(PageReplaced(session_id, f"https://x{EVIL}", None))
    answers = [
        (await served.http.get(path)).json()
        for path in ("/v1/snapshot", f"/v1/sessions/{session_id}", "/v1/history", "/v1/health")
    ]
    events = [json.loads(line) for line in served.host.feed.after(0) or ()]
    assert harmful(answers) == []
    assert harmful(events) == []
    assert not harmful((await served.http.get("/metrics")).text.splitlines())
    # It was said, and is there to be read; only not to be acted upon. Of an end a known reason alone is told.
    told = [event for event in events if event["type"] != "session.document"]
    assert ("cHduZWQ=" in json.dumps([answers, told])) is (said["type"] != "sessionEnded")


async def test_nothing_that_a_client_or_a_browser_says_does_either(served: Served) -> None:
    added = await served.http.post(
        "/v1/sessions",
        json={"watch_url": "https://watch.example/x", "label": EVIL.replace("\ud800", "")},
        headers={"x-watchdeck-client": "a\x7fb", "x-watchdeck-ssh": "10.0.0.1\x7f"},
    )
    (session_id,) = served.host.live(1)
    fault = load_faults.net_error(f"https://x{EVIL}.example/", f"net::ERR_{EVIL}")
    served.host.hosting.sink(SessionBlocked(session_id, fault))
    snapshot = (await served.http.get("/v1/snapshot")).json()
    history = (await served.http.get("/v1/history")).json()
    assert harmful([snapshot, history, added.json()]) == []


def test_a_table_shows_what_another_host_sent_as_text_too() -> None:
    assert not harmful(columns(["label"], [[EVIL]]))
