"""A live page that another document has replaced: told, and hosted again by the usual retries."""

import pytest

from browser_host.bridge.events import NestedFrameHeard, PageReplaced
from browser_host.protocol.page_instructions import EndSession
from browser_host.sessions.session import ErrorCode, Fault, Hosting
from browser_host.supervisor.hosting import lifecycle
from tests.support.host import ScriptedHost, scripted_host

LOGIN = "https://login.example"
REPLACED = Fault(ErrorCode.PAGE_REPLACED, "the page was replaced by one of login.example")
REFUSED = Fault(ErrorCode.HTTP_STATUS, "the service at watch.example answered 502")


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lifecycle, "LAST_WORDS_S", 0.05)


async def told(host: ScriptedHost, kind: str, session_id: str) -> dict[str, object]:
    while not (found := [e for e in host.events() if (e["type"], e.get("id")) == (kind, session_id)]):
        assert await host.feed.news(host.feed.seq, within=5)
    return found[-1]


async def test_a_replaced_page_is_lost_and_hosted_again() -> None:
    async with scripted_host() as host:
        (session_id,) = host.live(1)
        host.hosting.sink(PageReplaced(session_id, LOGIN, REPLACED))
        event = await told(host, "session.document", session_id)
        assert event["document"] == {"origin": LOGIN, "text": REPLACED.text}
        assert host.hosting.released == [session_id]
        while len(host.hosting.opened) < 2:
            assert await host.feed.news(host.feed.seq, within=5)
        lost = [e for e in host.events() if e.get("hosting") == "lost"]
        assert [e["error"] for e in lost] == [{"code": "page_replaced", "text": REPLACED.text}]


async def test_a_page_replaced_by_an_http_error_is_blocked() -> None:
    async with scripted_host() as host:
        (session_id,) = host.live(1)
        host.hosting.sink(PageReplaced(session_id, LOGIN, REFUSED))
        await told(host, "session.document", session_id)
        session = host.session(session_id)
        assert (session.hosting, session.error) == (Hosting.BLOCKED, REFUSED)


async def test_the_end_that_arrives_late_lets_the_page_go() -> None:
    async with scripted_host() as host:
        (session_id,) = host.live(1)
        host.hosting.sink(PageReplaced(session_id, LOGIN, REPLACED))
        host.hosting.says_status(session_id, "terminated")
        while host.hosting.released != [session_id]:
            assert await host.feed.news(host.feed.seq, within=5)
        assert host.session(session_id).hosting is Hosting.ENDED
        assert not [e for e in host.events() if e["type"] == "session.document"]


async def test_a_page_that_leaves_on_its_end_has_time_to_confirm_it() -> None:
    async with scripted_host() as host:
        (session_id,) = host.live(1)
        host.give(session_id, EndSession(), confirm_within_s=0.2)
        host.hosting.sink(PageReplaced(session_id, LOGIN, REPLACED))
        event = await told(host, "session.document", session_id)
        (unconfirmed,) = [e for e in host.events() if e["type"] == "instruction.unconfirmed"]
        assert unconfirmed["seq"] < event["seq"]


async def test_a_page_that_reloads_itself_stays_live() -> None:
    async with scripted_host() as host:
        (session_id,) = host.live(1)
        host.hosting.sink(PageReplaced(session_id, LOGIN, None))
        await told(host, "session.document", session_id)
        assert host.session(session_id).hosting is Hosting.LIVE
        assert host.hosting.released == []


async def test_nested_messages_are_told_as_the_sessions_trouble() -> None:
    async with scripted_host() as host:
        session_id = host.add()
        host.hosting.sink(NestedFrameHeard(session_id, 1))
        error = host.session(session_id).error
        assert error is not None
        assert error.code is ErrorCode.VIOLATION
