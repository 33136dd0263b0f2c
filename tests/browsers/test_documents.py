"""What a session's document is: first loads that redirect, live pages that are replaced, odd links."""

import json

import pytest

from browser_host.bridge.events import (
    InstructionNotPosted,
    InstructionPosted,
    MessagesRefused,
    NestedFrameHeard,
    PageReplaced,
    SessionBlocked,
)
from browser_host.sessions.session import ErrorCode, Fault
from tests.browsers.conftest import Opened
from tests.browsers.stage import Record, Stage

TOLD_WITHIN_S = 10.0
"""The contract's; counted from the page's instruction to navigate."""

GOES = """
parent.postMessage({type: 'sessionStatusUpdate', sessionStatus: 'active'}, '*');
addEventListener('message', (e) => {
  if (e.data.go) location.replace(e.data.go);
  else parent.postMessage({heard: e.data}, '*');
});
"""
"""A page that is live, navigates where it is told, and repeats everything else."""


@pytest.fixture
def served(stage: Stage, refused_port: int) -> dict[str, str]:
    """Addresses by name of what a page may navigate to."""
    stage.scripts["goes"] = GOES
    stage.statuses |= {"gone": "404 Not Found", "broken": "502 Bad Gateway", "empty": "204 No Content"}
    stage.headers |= {
        "xfo": "X-Frame-Options: DENY\r\n",
        "opaque": "Content-Security-Policy: sandbox allow-scripts\r\n",
        "file": "Content-Disposition: attachment; filename=a.bin\r\n",
    }
    return {
        "gone": stage.address("gone"),
        "gone elsewhere": stage.address("gone", host="localhost"),
        "broken": stage.address("broken"),
        "login": stage.address("login"),
        "login elsewhere": stage.address("login", host="localhost"),
        "blank": "about:blank",
        "data": "data:text/html,bye",
        "xfo": stage.address("xfo", host="localhost"),
        "refused": f"http://127.0.0.1:{refused_port}/",
        "tls": f"https://127.0.0.1:{stage.port}/",
        "name": "https://nowhere.invalid/",
        "itself": stage.address("goes"),
        "opaque": stage.address("opaque"),
        "empty": stage.address("empty"),
        "file": stage.address("file"),
        "mailto": "mailto:help@shop.example",
        "tel": "tel:+1555",
        "app": "zoommtg://join",
    }


LATER = {
    "gone": (ErrorCode.HTTP_STATUS, "the service at 127.0.0.1 answered 404"),
    "gone elsewhere": (ErrorCode.HTTP_STATUS, "the service at localhost answered 404"),
    "broken": (ErrorCode.HTTP_STATUS, "the service at 127.0.0.1 answered 502"),
    "login": (ErrorCode.PAGE_REPLACED, "another of 127.0.0.1, which reported nothing for 7 s"),
    "login elsewhere": (ErrorCode.PAGE_REPLACED, "the page was replaced by one of localhost"),
    "blank": (ErrorCode.PAGE_REPLACED, "which reported nothing for 7 s"),
    "data": (ErrorCode.PAGE_REPLACED, "the page was replaced by one"),
    "xfo": (ErrorCode.PAGE_REPLACED, "the page of localhost may not be shown in a frame"),
    "refused": (ErrorCode.PAGE_REPLACED, "127.0.0.1 "),
    "tls": (ErrorCode.PAGE_REPLACED, "127.0.0.1"),
    "name": (ErrorCode.PAGE_REPLACED, "nowhere.invalid could not be "),
    "opaque": (ErrorCode.PAGE_REPLACED, "the page was replaced by one of 127.0.0.1"),
}


async def test_a_live_page_that_is_replaced_is_told(
    open_pool: Opened, stage: Stage, record: Record, served: dict[str, str]
) -> None:
    pool = await open_pool(sessions_per_process=6)
    for name in LATER:
        pool.open(name, stage.link("goes"))
    await record.until(lambda: all(record.said(name) for name in LATER))
    for number, name in enumerate(LATER, start=1):
        pool.post(name, number, {"go": served[name]})

    def told() -> dict[str, Fault]:
        return {r.session_id: r.fault for r in record.of(PageReplaced) if r.fault is not None}

    await record.until(lambda: len(told()) == len(LATER), within=TOLD_WITHIN_S)
    for name, (code, text) in LATER.items():
        assert told()[name].code is code, name
        assert text in told()[name].text, name
    pool.post("gone", 99, {"action": "setMode"})
    assert record.of(InstructionNotPosted)[-1].text == "the page was replaced by another document"


async def test_a_page_that_reloads_itself_stays(
    open_pool: Opened, stage: Stage, record: Record, served: dict[str, str]
) -> None:
    pool = await open_pool()
    pool.open("s", stage.link("goes"))
    await record.until(lambda: record.said("s"))
    pool.post("s", 1, {"go": served["itself"]})
    assert await record.first(PageReplaced) == PageReplaced("s", f"http://127.0.0.1:{stage.port}", None)
    await record.until(lambda: len(record.said("s")) == 2)
    pool.post("s", 2, {"action": "setMode"})
    await record.until(lambda: {"heard": {"action": "setMode"}} in record.said("s"))
    assert len(record.of(PageReplaced)) == 1


async def test_a_link_that_shows_no_document_loses_nothing(
    open_pool: Opened, stage: Stage, record: Record, served: dict[str, str]
) -> None:
    pool = await open_pool()
    names = ("mailto", "tel", "app", "empty", "file")
    for name in names:
        pool.open(name, stage.link("goes"))
    await record.until(lambda: all(record.said(name) for name in names))
    for number, name in enumerate(names, start=1):
        pool.post(name, number, {"go": served[name]})
    await record.until(lambda: len(record.of(InstructionPosted)) == len(names))
    for number, name in enumerate(names, start=1):
        pool.post(name, 10 + number, {"action": "setMode"})
    await record.until(lambda: all({"heard": {"action": "setMode"}} in record.said(name) for name in names))
    assert not record.of(PageReplaced)
    assert not record.of(SessionBlocked)


async def test_redirect_before_first_message_is_of_the_first_load(
    open_pool: Opened, stage: Stage, record: Record, served: dict[str, str]
) -> None:
    expected = {
        "gone elsewhere": (ErrorCode.HTTP_STATUS, "the service at localhost answered 404"),
        "xfo": (ErrorCode.FRAMING_BLOCKED, "the page of localhost may not be shown in a frame"),
        "refused": (ErrorCode.UNREACHABLE, "127.0.0.1 refused the connection"),
        "name": (ErrorCode.UNREACHABLE, "the host name nowhere.invalid could not be resolved"),
    }
    pool = await open_pool()
    for name in expected:
        key = name.replace(" ", "-")
        stage.scripts[f"js-{key}"] = f"location.replace({json.dumps(served[name])})"
        stage.statuses[f"http-{key}"] = "302 Found"
        stage.headers[f"http-{key}"] = f"Location: {served[name]}\r\n"
        pool.open(f"js {name}", stage.link(f"js-{key}"))
        pool.open(f"http {name}", stage.link(f"http-{key}"))
    await record.until(lambda: len(record.of(SessionBlocked)) == 2 * len(expected))
    told = {blocked.session_id: blocked.fault for blocked in record.of(SessionBlocked)}
    for name, (code, text) in expected.items():
        for way in ("js", "http"):
            assert (told[f"{way} {name}"].code, told[f"{way} {name}"].text) == (code, text)


async def test_a_page_on_an_opaque_origin_is_heard(
    open_pool: Opened, stage: Stage, record: Record, served: dict[str, str]
) -> None:
    stage.scripts["opaque"] = GOES
    pool = await open_pool()
    pool.open("s", stage.link("opaque"))
    await record.until(lambda: record.said("s"))
    pool.post("s", 1, {"action": "setMode"})
    not_posted = InstructionNotPosted("s", 1, "the page has no origin of its own to post to")
    assert record.of(InstructionNotPosted) == [not_posted]
    assert not record.of(MessagesRefused)
    assert served


async def test_a_page_heard_only_through_a_nested_frame_is_told(
    open_pool: Opened, stage: Stage, record: Record
) -> None:
    stage.scripts["inner"] = "parent.parent.postMessage({type: 'currentColor', color: 'red'}, '*')"
    stage.scripts["outer"] = (
        "const f = document.createElement('iframe'); f.src = '/inner'; document.body.append(f);"
    )
    pool = await open_pool()
    pool.open("s", stage.link("outer"))
    assert await record.first(NestedFrameHeard) == NestedFrameHeard("s", 1)
    assert not record.said("s")
