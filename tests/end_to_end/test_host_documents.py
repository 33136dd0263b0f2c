"""What a session's document is, from the outside: pages that redirect, are replaced, or have no origin."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.conftest import Configure
from tests.support.host_socket import Events, listening
from tests.support.page_server import Page, PageServer, serving
from tests.support.programs import Home, running

TOLD_WITHIN_S = 10.0
GOES_AFTER_S = 1.5
SLACK_S = 20.0
"""For a machine that runs other tests: to start, to load, to be told."""

REPLACED = {
    "live-then-502": ("broken", "127.0.0.1", "http_status", "answered 502"),
    "live-then-login": ("login", "localhost", "page_replaced", "was replaced by one of localhost"),
    "live-then-same-login": ("login", "127.0.0.1", "page_replaced", "reported nothing for 7 s"),
    "live-then-404": ("nowhere", "localhost", "http_status", "the service at localhost answered 404"),
    "live-then-xfo": (
        "xfo",
        "localhost",
        "page_replaced",
        "the page of localhost may not be shown in a frame",
    ),
}
REDIRECTED = {
    "js-redirect-404": ("http_status", "the service at localhost answered 404"),
    "js-redirect-xfo": ("framing_blocked", "the page of localhost may not be shown in a frame"),
    "redir-xfo": ("framing_blocked", "the page of localhost may not be shown in a frame"),
}
SWITCHES = "addEventListener('message', (e) => { if (e.data.action === 'switchColor') color('#00ff00'); });"


@pytest.fixture(scope="module")
def pages() -> Iterator[PageServer]:
    made = {
        "broken": Page(status=502),
        "login": Page("document.title = 'please log in'"),
        "xfo": Page(headers={"X-Frame-Options": "DENY"}),
        "csp-sandbox": Page(
            "st('viewerReady')", headers={"Content-Security-Policy": "sandbox allow-scripts"}
        ),
        "nav-mailto": Page(
            f"st('viewerReady'); {SWITCHES}"
            "setTimeout(() => { location.href = 'mailto:help@shop.example'; }, 500);"
            "setTimeout(() => color('#0000ff'), 1000);"
        ),
        "toggle": Page("st('viewerReady'); setInterval(() => color('#ff0000'), 400)"),
        "nested": Page(
            "const f = document.createElement('iframe'); f.src = '/inner'; document.body.append(f);"
        ),
        "inner": Page("parent.parent.postMessage({type: 'currentColor', color: 'red'}, '*')"),
        "reloads": Page(
            "st('viewerReady'); addEventListener('message', (e) => {"
            " if (e.data.action === 'setMode' && !sessionStorage.done) {"
            "  sessionStorage.done = 1; setTimeout(() => location.reload(), 500); } });"
        ),
    }
    with serving(made) as server:
        for label, (name, host, *_) in REPLACED.items():
            there = server.address(name, host)
            made[label] = Page(
                f"st('viewerReady'); setTimeout(() => location.replace('{there}'), {GOES_AFTER_S * 1000});"
            )
        made["live-then-blank"] = Page(
            "st('viewerReady'); setTimeout(() => location.replace('about:blank'), 1500);"
        )
        made["js-redirect-404"] = Page(f"location.replace('{server.address('nowhere', 'localhost')}')")
        made["js-redirect-xfo"] = Page(f"location.replace('{server.address('xfo', 'localhost')}')")
        made["redir-xfo"] = Page(status=302, headers={"Location": server.address("xfo", "localhost")})
        yield server


LABELS = (
    *REPLACED,
    "live-then-blank",
    *REDIRECTED,
    "csp-sandbox",
    "nav-mailto",
    "toggle",
    "nested",
    "reloads",
)


@pytest.fixture(scope="module")
def events(home: Home, log: Path, pages: PageServer, configure: Configure) -> Iterator[Events]:
    configure({label: pages.address(label) for label in LABELS}, more='[end]\nundo = "0s"\n')
    with running(home, "host", log=log), listening(home.socket) as found:
        yield found


def until_told(events: Events, home: Home, label: str, text: str) -> list[dict[str, Any]]:
    """The events of a session up to a `session.document` with this text, at least."""
    session_id = home.look()[label]["id"]

    def its(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [event for event in found if event.get("id") == session_id]

    def is_told(found: list[dict[str, Any]]) -> bool:
        return any(text in event["document"]["text"] for event in its(found) if "document" in event)

    return its(events.until(is_told, TOLD_WITHIN_S + SLACK_S))


@pytest.mark.parametrize("label", [*REPLACED, "live-then-blank"])
def test_a_replaced_page_is_told_and_hosted_again(
    events: Events, home: Home, label: str, record_property: Callable[[str, object], None]
) -> None:
    (*_, code, text) = REPLACED.get(label, ("page_replaced", "reported nothing for 7 s"))
    history = until_told(events, home, label, text)
    live = next(event for event in history if event["type"] == "session.status")
    replaced = next(event for event in history if text in event.get("document", {}).get("text", ""))
    took = datetime.fromisoformat(replaced["at"]) - datetime.fromisoformat(live["at"])
    record_property("told_after_s", took.total_seconds() - GOES_AFTER_S)
    assert took.total_seconds() < GOES_AFTER_S + TOLD_WITHIN_S + SLACK_S

    def again(found: list[dict[str, Any]]) -> bool:
        after = [one for one in found if one.get("id") == replaced["id"] and one["seq"] > replaced["seq"]]
        return any(one.get("hosting") == "loading" for one in after)

    found = events.until(again, TOLD_WITHIN_S + SLACK_S)
    errors = [one["error"] for one in found if one.get("id") == replaced["id"] and one.get("error")]
    assert errors[0]["code"] == code
    assert text in errors[0]["text"]


@pytest.mark.parametrize("label", REDIRECTED)
def test_a_redirect_before_the_first_message_names_who_failed(events: Events, home: Home, label: str) -> None:
    code, text = REDIRECTED[label]
    assert events.so_far()
    home.until(lambda now: now[label]["hosting"] == "blocked", SLACK_S)
    assert home.sessions()[label]["error"] == {"code": code, "text": text}


@pytest.mark.usefixtures("events")
def test_opaque_origin_is_heard_and_gets_no_instruction(home: Home) -> None:
    session = home.until(lambda now: now["csp-sandbox"]["status"] == "viewerReady", SLACK_S)["csp-sandbox"]
    assert (session["hosting"], session["violations"]) == ("live", 0)
    home.run("mode", "draw", session["id"])
    instruction = home.sessions()["csp-sandbox"]["instruction"]
    assert instruction["state"] == "failed"
    assert "no origin of its own" in instruction["text"]


@pytest.mark.usefixtures("events")
def test_a_link_to_mail_loses_nothing(home: Home) -> None:
    session = home.until(lambda now: now["nav-mailto"]["color"] == "#0000ff", SLACK_S)["nav-mailto"]
    assert (session["hosting"], session["error"]) == ("live", None)
    (result,) = home.json("color", "--to", "#00ff00", session["id"])["results"]
    assert result["state"] == "confirmed"


@pytest.mark.usefixtures("events")
def test_a_repeated_colour_confirms_no_toggle(home: Home) -> None:
    session = home.until(lambda now: now["toggle"]["color"] == "#ff0000", SLACK_S)["toggle"]
    home.run("color", session["id"])
    assert home.sessions()["toggle"]["instruction"]["state"] == "unconfirmed"


@pytest.mark.usefixtures("events")
def test_a_page_heard_through_a_nested_frame_says_so(home: Home) -> None:
    session = home.until(lambda now: now["nested"]["error"] is not None, SLACK_S)["nested"]
    assert session["hosting"] == "loading"
    assert "a frame inside the page" in session["error"]["text"]


def test_a_mode_goes_with_its_document(events: Events, home: Home) -> None:
    session = home.until(lambda now: now["reloads"]["status"] == "viewerReady", SLACK_S)["reloads"]
    (result,) = home.json("mode", "draw", session["id"])["results"]
    assert result["state"] == "sent"
    assert until_told(events, home, "reloads", "another document of its origin")
    session = home.until(lambda now: now["reloads"]["mode"] is None, SLACK_S)["reloads"]
    assert (session["hosting"], session["error"]) == ("live", None)
