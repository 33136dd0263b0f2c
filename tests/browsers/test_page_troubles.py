"""Pages that cannot be shown: the contract's codes, clear messages, and no part of a link."""

import asyncio

from browser_host.bridge.events import SessionBlocked, SessionOpened
from browser_host.secrets import WatchLink
from browser_host.sessions.session import ErrorCode
from tests.browsers.conftest import Opened
from tests.browsers.stage import Quiet, Record, Stage
from tests.support.patience import patient

CANARY = "canary5ecret"


async def test_what_cannot_be_shown_is_said_in_plain_words(
    open_pool: Opened, stage: Stage, record: Record, log: Quiet, refused_port: int
) -> None:
    stage.statuses |= {"gone": "404 Not Found", "broken": "503 Unavailable", "empty": "204 No Content"}
    stage.headers |= {
        "xfo": "X-Frame-Options: DENY\r\n",
        "same": "X-Frame-Options: SAMEORIGIN\r\n",
        "ancestors": "Content-Security-Policy: frame-ancestors https://app.example\r\n",
        "file": "Content-Disposition: attachment; filename=a.bin\r\n",
    }
    framing = (ErrorCode.FRAMING_BLOCKED, "the page of 127.0.0.1 may not be shown in a frame")
    nothing = (ErrorCode.UNREACHABLE, "127.0.0.1 sent no page to show")
    expected = {
        "gone": (ErrorCode.HTTP_STATUS, "the service at 127.0.0.1 answered 404"),
        "broken": (ErrorCode.HTTP_STATUS, "the service at 127.0.0.1 answered 503"),
        "xfo": framing,
        "same": framing,
        "ancestors": framing,
        "file": nothing,
        "empty": nothing,
        "refused": (ErrorCode.UNREACHABLE, "127.0.0.1 refused the connection"),
        "tls": (ErrorCode.UNREACHABLE, "could not connect securely to 127.0.0.1 (ERR_SSL_PROTOCOL_ERROR)"),
        "name": (ErrorCode.UNREACHABLE, "the host name nowhere.invalid could not be resolved"),
    }
    pool = await open_pool(sessions_per_process=6)
    elsewhere = {
        "refused": f"http://127.0.0.1:{refused_port}/{CANARY}",
        "tls": f"https://127.0.0.1:{stage.port}/{CANARY}",
        "name": f"https://nowhere.invalid/{CANARY}",
    }
    for session in expected:
        link = elsewhere.get(session) or stage.address(session, CANARY)
        pool.open(session, WatchLink(link))
    pool.open("fine", stage.link("echo", CANARY))
    await record.until(lambda: len(record.of(SessionBlocked)) == len(expected) and record.said("fine"))
    said = {report.session_id: report.fault for report in record.of(SessionBlocked)}
    tls = said.pop("tls")
    expected.pop("tls")
    assert tls.code is ErrorCode.UNREACHABLE
    assert "127.0.0.1" in tls.text
    assert {session: (fault.code, fault.text) for session, fault in said.items()} == expected
    assert sum(d.sessions for d in pool.describe()) == 1
    assert CANARY not in repr([r for r in record.reports if isinstance(r, SessionBlocked | SessionOpened)])
    assert CANARY not in repr(log.events)


async def test_a_private_network_is_framed_only_where_that_is_allowed(
    open_pool: Opened, stage: Stage, record: Record
) -> None:
    pool = await open_pool(allow_private_network=False)
    pool.open("s", stage.link("echo"))
    blocked = await record.first(SessionBlocked)
    assert blocked.fault.code is ErrorCode.PRIVATE_NETWORK
    assert "browser.allow_private_network" in blocked.fault.text
    assert not stage.asked


async def test_a_frame_that_shows_nothing_in_time_is_unreachable(
    open_pool: Opened, stage: Stage, record: Record
) -> None:
    stage.silent.add("slow")
    pool = await open_pool(load_within=1.0)
    pool.open("s", stage.link("slow"))
    blocked = await record.first(SessionBlocked)
    assert blocked.fault.code is ErrorCode.UNREACHABLE
    assert "no page within" in blocked.fault.text


async def test_an_iframe_can_open_nothing_and_go_nowhere_above_itself(
    open_pool: Opened, stage: Stage, record: Record
) -> None:
    stage.scripts["reaching"] = """
      const tried = {};
      try { tried.popup = window.open('/echo') === null; } catch (e) { tried.popup = true; }
      try { top.location.href = '/echo'; tried.top = 'no error'; } catch (e) { tried.top = e.name; }
      tried.dialog = confirm('really?');
      tried.binding = typeof watchdeckOut + typeof parent.length;
      tried.above = (() => { try { return String(parent.document); } catch (e) { return e.name; } })();
      parent.postMessage(tried, '*');
    """
    pool = await open_pool()
    pool.open("s", stage.link("reaching"))
    tried = (await record.until(lambda: record.said("s")))[0]
    assert tried == {
        "popup": True,
        "top": "SecurityError",
        "dialog": False,
        "binding": "undefinednumber",
        "above": "SecurityError",
    }
    async with asyncio.timeout(patient(5)):
        pool.open("other", stage.link("echo"))
        await record.until(lambda: record.said("other"))
