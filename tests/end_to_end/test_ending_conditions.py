"""Ends that still hold when they are posted: by rule, on a host that became read-only, and by the service."""

import json
import signal
import time
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.end_to_end.conftest import Configure
from tests.support import ends, host_socket
from tests.support.programs import Home, running
from tests.support.upscope import Upscope, upscope

UNDO_S = 3.0
ACCEPT_AFTER_S = (0.8, 1.6, 2.0, 2.3, 2.6)
"""Seconds after its end was queued at which each visitor accepts; the page asks within half a second."""

BY_RULE = f"""
[stale]
pending = "1s"
[end]
automatic = ["pending"]
undo = "{UNDO_S:g}s"
"""
FALLBACK = """
[upscope]
base_url = "{base_url}"
[end]
undo = "0s"
confirm_within = "1s"
rest_fallback = true
"""
AT_ONCE = 4
"""Requests to the service that the host has under way together."""

SLOW_S = 7.0
"""Seconds that the service takes for each of them: the host waits ten."""


def ask(service: Upscope, address: str, body: Mapping[str, Any] | None = None) -> Any:
    request = urllib.request.Request(  # noqa: S310 - ours
        address,
        None if body is None else json.dumps(body).encode(),
        {"X-Api-Key": service.program.ready["api_key"]},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - ours
        return json.load(answer)


def control(service: Upscope, path: str, body: Mapping[str, Any]) -> None:
    ask(service, f"{service.origin}/control/{path}", body)


def in_session(service: Upscope) -> list[str]:
    listed = ask(service, f"{service.base_url}/list?max_results=50")["visitors"]
    return [one["short_id"] for one in listed if one["is_in_session"]]


def deletes(service: Upscope, visitors: Sequence[str]) -> list[int]:
    """How often the service was asked to end each visitor's session."""
    calls = [call for call in service.record()["calls"] if call.startswith("DELETE")]
    return [sum(visitor in call for call in calls) for visitor in visitors]


def test_no_rule_end_is_sent_once_the_page_reports_active(
    home: Home, log: Path, configure: Configure
) -> None:
    labels = [f"s{number}" for number in range(len(ACCEPT_AFTER_S))]
    with upscope(home, log, sessions=len(labels), scenario="authorisation", takes_orders=True) as service:
        configure(dict(zip(labels, service.urls, strict=True)), more=BY_RULE)
        with running(home, "host", log=log), host_socket.listening(home.socket) as events:
            now = home.until(
                lambda now: len(now) == len(labels) and all(one["instruction"] for one in now.values()), 30
            )
            began = time.monotonic()
            for label, after_s in zip(labels, ACCEPT_AFTER_S, strict=True):
                time.sleep(max(0.0, began + after_s - time.monotonic()))
                service.order(now[label]["link"], "accept")
            home.until(
                lambda now: all(
                    one["instruction"]["state"] not in {"queued", "sent"} for one in now.values()
                ),
                UNDO_S + 15,
            )
            seen = events.so_far()
            cancelled = []
            for label in labels:
                own = [event for event in seen if event.get("id") == now[label]["id"]]
                kinds = ["active" if event.get("status") == "active" else event["type"] for event in own]
                accepted = kinds.index("active") if "active" in kinds else len(kinds)
                assert "instruction.sent" not in kinds[accepted:], own
                if "instruction.cancelled" in kinds:
                    cancelled.append(label)
                    assert "instruction.sent" not in kinds
            assert labels[0] in cancelled
            told = ends.ends_told(service)
            assert not any(told[now[label]["link"]] for label in cancelled)


def test_host_that_becomes_read_only_sends_no_pending_end(
    home: Home, log: Path, configure: Configure
) -> None:
    with upscope(home, log, sessions=2) as service:
        sessions = dict(zip(("s0", "s1"), service.urls, strict=True))
        end = f'[end]\nundo = "{UNDO_S:g}s"\n'
        configure(sessions, more=end)
        with running(home, "host", log=log) as host:
            home.until(lambda now: [one["status"] for one in now.values()] == ["viewerReady"] * 2, 30)
            begun = ends.give_ends(home, all=True, wait=False)
            assert begun["counts"] == {"queued": 2}
            configure(sessions, more=f"{end}[host]\nread_only = true\n")
            host.process.send_signal(signal.SIGHUP)
            now = home.until(
                lambda now: all(one["instruction"]["state"] == "cancelled" for one in now.values()), UNDO_S
            )
            assert all("read-only" in one["instruction"]["text"] for one in now.values())
            time.sleep(UNDO_S)
            assert service.told() == []
            assert all(one["ended"] is None for one in home.look().values())


def test_service_is_not_asked_to_end_what_began_again(home: Home, log: Path, configure: Configure) -> None:
    count = 6
    with upscope(home, log, sessions=count, scenario="deaf") as service:
        visitors = in_session(service)
        entries = "".join(
            f'[[sessions]]\nlabel = "s{n}"\nvisitor = "{one}"\n' for n, one in enumerate(visitors)
        )
        configure({}, more=FALLBACK.format(base_url=service.base_url) + entries)
        control(service, "rest", {"fault": "slow", "call": "session", "times": AT_ONCE, "seconds": SLOW_S})
        with running(home, "host", log=log, UPSCOPE_API_KEY=service.program.ready["api_key"]):
            home.until(lambda now: [one["status"] for one in now.values()] == ["viewerReady"] * count, 40)
            begun = ends.give_ends(home, all=True, wait=False)
            numbers = [one["instruction"] for one in begun["results"]]
            home.until(lambda _: sum(deletes(service, visitors)) == AT_ONCE, 15)
            for status in ("terminated", "active"):
                message = {"type": "sessionStatusUpdate", "sessionStatus": status}
                control(service, visitors[5], {"do": "say", "message": message})
            home.until(lambda now: now["s5"]["status"] == "active" and now["s5"]["ended"] is None, 10)
            home.until(
                lambda now: all(one["instruction"]["state"] in ends.CLOSED for one in now.values()), 60
            )
            settled = host_socket.post(home.socket, "/v1/settle", {"instructions": numbers})
            by_id = {one["id"]: one for one in settled["results"]}
            now = home.look()
            assert (by_id[now["s5"]["id"]]["state"], by_id[now["s5"]["id"]]["via"]) == ("confirmed", "page")
            assert {by_id[now[f"s{n}"]["id"]]["via"] for n in range(5)} == {"rest"}
            assert deletes(service, visitors) == [1, 1, 1, 1, 1, 0]
            assert (now["s5"]["ended"], now["s5"]["status"]) == (None, "active")
