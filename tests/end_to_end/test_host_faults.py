"""Every way in which pages misbehave without hanging or dying, and what `list` says of each."""

import json
import socket
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from browser_host.protocol.page_messages import Status
from browser_host.simulator.scenarios import Behaviour
from tests.end_to_end.conftest import Configure
from tests.support import host_socket
from tests.support.host_socket import Events, listening
from tests.support.programs import Home, running
from tests.support.upscope import Upscope, upscope

VIOLENT = {Behaviour.CRASH, Behaviour.CRASH_ONCE, Behaviour.LOOP, Behaviour.LOOP_ONCE}
"""They take their page with them, and have a module of their own."""

PLAIN = Behaviour.GEN2_PLAIN
"""Configured paths stand in the place of plain names, so it is tested where none are configured."""

PEACEFUL = [behaviour for behaviour in Behaviour if behaviour not in VIOLENT | {PLAIN}]
CLOSED = "closed-port"
LIVE_AT_LAST = 25.0
"""Seconds for a page to come to its own end state, on a machine that runs other tests."""

Sessions = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def service(home: Home, log: Path) -> Iterator[Upscope]:
    with upscope(home, log, sessions=len(PEACEFUL), scenario=",".join(PEACEFUL), takes_orders=True) as found:
        yield found


@pytest.fixture(scope="module")
def events(home: Home, log: Path, service: Upscope, configure: Configure) -> Iterator[Events]:
    links = {behaviour.value: url for behaviour, url in zip(PEACEFUL, service.urls, strict=True)}
    links[CLOSED] = f"http://127.0.0.1:{closed_port()}/w/nobody"
    more = """
[end]
undo = "0s"
[stale]
mute = "1s"
[protocol]
state_status = "session.phase.status"
state_color = "tools.pen.color"
state_mode = "tools.pen.mode"
"""
    configure(links, more=more, pages_of=6)
    with running(home, "host", log=log), listening(home.socket) as found:
        yield found


def closed_port() -> int:
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


def becomes(home: Home, label: str, **expected: object) -> dict[str, Any]:
    """The session once all of this is true of it."""

    def true(now: Sessions) -> bool:
        return label in now and all(now[label][key] == value for key, value in expected.items())

    return home.until(true, LIVE_AT_LAST)[label]


def ended(session: dict[str, Any]) -> str | None:
    return session["ended"]["reason"] if session["ended"] else None


@pytest.mark.usefixtures("events")
class TestWhatListSays:
    @pytest.mark.parametrize(
        ("behaviour", "status"),
        [
            (Behaviour.NORMAL, "viewerReady"),
            (Behaviour.SLOW, "viewerReady"),
            (Behaviour.REDIRECT, "viewerReady"),
            (Behaviour.DEAF, "viewerReady"),
            (Behaviour.LEAVES, "viewerReady"),
            (Behaviour.RESTARTS, "viewerReady"),
            (Behaviour.FLOOD, "viewerReady"),
            (Behaviour.HOSTILE, "viewerReady"),
            (Behaviour.GEN2_STATE, "viewerReady"),
            (Behaviour.AUTHORISATION, "pendingRequest"),
            (Behaviour.AUTHORISATION_DEAF, "pendingRequest"),
            (Behaviour.WAITING, "waiting"),
        ],
    )
    def test_live_at_its_own_last_word(self, home: Home, behaviour: Behaviour, status: str) -> None:
        session = becomes(home, behaviour, hosting="live", status=status)
        assert (session["error"], session["ended"]) == (None, None)

    @pytest.mark.parametrize(
        ("behaviour", "code", "words"),
        [
            (Behaviour.FRAMING_DENIED, "framing_blocked", "may not be shown in a frame"),
            (Behaviour.FRAMING_ANCESTORS, "framing_blocked", "may not be shown in a frame"),
            (Behaviour.HTTP_404, "http_status", "answered 404"),
            (Behaviour.HTTP_500, "http_status", "answered 500"),
            (CLOSED, "unreachable", "127.0.0.1 refused the connection"),
        ],
    )
    def test_blocked_and_why(self, home: Home, behaviour: str, code: str, words: str) -> None:
        session = becomes(home, behaviour, hosting="blocked")
        assert session["error"]["code"] == code
        assert words in session["error"]["text"]
        assert (session["status"], session["process"]) == (None, None)

    @pytest.mark.parametrize(
        ("behaviour", "reasons"),
        [
            (Behaviour.ENDS, {"terminated", "ended"}),
            (Behaviour.ERROR_END, {"error"}),
        ],
    )
    def test_ended_by_itself(self, home: Home, behaviour: Behaviour, reasons: set[str]) -> None:
        session = becomes(home, behaviour, hosting="ended")
        assert ended(session) in reasons
        assert session["instruction"] is None

    def test_a_mute_page_is_loading_and_says_nothing(self, home: Home) -> None:
        session = home.until(lambda now: now[Behaviour.MUTE]["stale"] is not None, LIVE_AT_LAST)[
            Behaviour.MUTE
        ]
        assert (session["hosting"], session["status"], session["events"]) == ("loading", None, 0)
        assert session["stale"]["rule"] == "mute"


def test_a_visitor_accepts(home: Home, events: Events, service: Upscope) -> None:
    assert events.so_far()
    asked = becomes(home, Behaviour.AUTHORISATION, status="pendingRequest")
    service.order(asked["link"], "accept")
    becomes(home, Behaviour.AUTHORISATION, status="viewerReady")


def test_a_deaf_page_is_never_said_to_have_ended(home: Home, events: Events, service: Upscope) -> None:
    assert events.so_far()
    deaf = becomes(home, Behaviour.DEAF, hosting="live", status="viewerReady")
    none = home.run("end", "--yes", "--timeout", "0.5", "--json", deaf["id"])
    assert none.returncode == 4
    (result,) = json.loads(none.stdout)["results"]
    assert result["state"] == "unconfirmed"
    assert "no answer" in result["text"]
    some = home.run(
        "end",
        "--yes",
        "--timeout",
        "3",
        "--json",
        deaf["id"],
        becomes(home, Behaviour.NORMAL, status="viewerReady")["id"],
    )
    assert some.returncode == 5
    assert json.loads(some.stdout)["counts"] == {"confirmed": 1, "unconfirmed": 1}
    now = home.look()[Behaviour.DEAF]
    assert (now["hosting"], now["status"], now["ended"]) == ("live", "viewerReady", None)
    assert now["instruction"]["state"] == "unconfirmed"
    told = [seen for seen in service.told() if seen["link"] == deaf["link"]]
    assert [seen["action"] for seen in told] == ["endSession"] * 2


def test_a_page_that_leaves_after_its_end_has_ended(home: Home, events: Events) -> None:
    leaves = becomes(home, Behaviour.LEAVES, hosting="live", status="viewerReady")
    assert home.run("end", "--yes", leaves["id"]).returncode == 0
    gone = becomes(home, Behaviour.LEAVES, hosting="ended", process=None)
    assert ended(gone) in {"terminated", "ended"}
    assert gone["instruction"]["state"] == "confirmed"
    assert not [e for e in events.so_far() if e.get("id") == leaves["id"] and e.get("hosting") == "lost"]


def test_a_page_that_begins_anew_is_live_again(home: Home, events: Events) -> None:
    restarts = becomes(home, Behaviour.RESTARTS, hosting="live", status="viewerReady")
    assert home.run("end", "--yes", restarts["id"]).returncode == 0
    again = becomes(home, Behaviour.RESTARTS, hosting="live", status="viewerReady", ended=None)
    assert again["instruction"]["state"] == "confirmed"
    of_it = [e["type"] for e in events.so_far() if e.get("id") == restarts["id"]]
    assert "session.ended" in of_it


def test_slow_to_end_is_confirmed_when_it_ends(home: Home, events: Events) -> None:
    assert events.so_far()
    slow = becomes(home, Behaviour.SLOW, hosting="live", status="viewerReady")
    (result,) = home.json("end", "--yes", slow["id"])["results"]
    assert result["state"] == "confirmed"
    assert result["took_ms"] >= 2900


def test_a_flood_costs_the_page_that_sends_it(home: Home, events: Events) -> None:
    flood = home.until(
        lambda now: now[Behaviour.FLOOD]["events"] > 500 and now[Behaviour.FLOOD]["dropped"] > 100,
        LIVE_AT_LAST,
    )
    assert (flood[Behaviour.FLOOD]["hosting"], flood[Behaviour.FLOOD]["status"]) == ("live", "viewerReady")
    neighbours = [s for s in flood.values() if s["process"] == flood[Behaviour.FLOOD]["process"]]
    assert len(neighbours) > 1
    assert not [e for e in events.so_far() if e.get("hosting") in {"lost", "unresponsive"}]
    assert all(
        s["dropped"] == 0 for s in neighbours if s["label"] not in {Behaviour.FLOOD, Behaviour.HOSTILE}
    )


def test_a_hostile_page_reaches_nobody_else(home: Home, events: Events, service: Upscope) -> None:
    home.until(lambda now: now[Behaviour.HOSTILE]["violations"] > 0, LIVE_AT_LAST)
    hostile = becomes(home, Behaviour.HOSTILE, hosting="live")
    assert (hostile["status"], hostile["ended"]) == ("viewerReady", None)
    tried = [lived["text"] for lived in service.record()["life"] if lived["text"].startswith("tried ")]
    assert any(text.startswith("tried orders to its neighbours") for text in tried)
    said = host_socket.get_text(home.socket, "/v1/snapshot") + json.dumps(events.so_far(), ensure_ascii=False)
    assert unprintable(said) == []
    shown = home.run("list")
    assert unprintable(shown.stdout.replace("\n", "")) == []
    detail = host_socket.get_text(home.socket, f"/v1/sessions/{hostile['id']}")
    assert unprintable(detail) == []
    # It found no neighbour to give orders to, and all say what they say of themselves.
    record = service.record()
    assert "tried orders to its neighbours: 0" in tried
    assert {"action": "endSession"} not in [stray["message"] for stray in record["strays"]]
    own = {lived["link"]: lived["text"] for lived in record["life"] if lived["text"] in set(Status)}
    live = {s["link"]: s["status"] for s in home.look().values() if s["hosting"] == "live" and s["status"]}
    assert live.keys() & own.keys()
    assert live == {link: own.get(link, status) for link, status in live.items()}


def unprintable(text: str) -> list[str]:
    """Characters that control a terminal or turn its text around."""
    return [c for c in text if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"}]


def test_generation_2_is_read_by_configured_paths(home: Home, events: Events) -> None:
    assert events.so_far()
    nested = becomes(home, Behaviour.GEN2_STATE, status="viewerReady")
    assert nested["color"].startswith("#")
    assert nested["mode"] == "cursor"
    assert home.run("end", "--yes", nested["id"]).returncode == 0
    assert ended(home.look()[Behaviour.GEN2_STATE]) == "ended"
