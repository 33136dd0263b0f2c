"""Mouse input by the API: off by default, bounded, journalled before it is sent, refused."""

from typing import Any

import pytest

from browser_host.api.requests import InputRequest
from browser_host.bridge import events
from browser_host.errors import InputFailed, Refused
from browser_host.journal.errors import JournalUnavailable
from browser_host.journal.store import Store
from browser_host.protocol.pointer_input import MOST_POINTS, Place, PointerInput, PointerKind
from browser_host.sessions.session import ErrorCode, Fault
from browser_host.supervisor.policy import Policy
from tests.api.conftest import Served
from tests.support.host import PEER, ScriptedHost

CLICK = PointerInput(PointerKind.CLICK, (Place(0.25, 0.5),))
DRAG = PointerInput(PointerKind.DRAG, (Place(0.0, 0.0), Place(0.5, 0.25), Place(1.0, 1.0)))


async def rows(host: ScriptedHost) -> list[tuple[Any, ...]]:
    kept = [row for row in await host.journal.history() if row["action"] == "session.input"]
    return [(row["session"], row["by"], row["client"], row["outcome"], row["text"]) for row in kept]


class TestAllowed:
    @pytest.fixture
    def rules(self) -> Policy:
        return Policy(input=True)

    async def test_input_is_journalled_and_sent_to_its_session(self, served: Served) -> None:
        first, second = served.host.live(2)
        await served.client.send_input(first, CLICK)
        await served.client.send_input(second, DRAG)
        assert served.host.hosting.inputs == [(first, CLICK), (second, DRAG)]
        kept = await rows(served.host)
        assert [(row[0], *row[2:]) for row in kept] == [
            (first, "test", "intended", "click at 25.0 % 50.0 %"),
            (second, "test", "intended", "drag from 0.0 % 0.0 % to 100.0 % 100.0 %, 3 points"),
        ]

    async def test_nothing_is_sent_that_cannot_be_journalled(
        self, served: Served, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (session_id,) = served.host.live(1)

        def full(*_: object) -> None:
            raise JournalUnavailable("the disk is full")

        with monkeypatch.context() as patch:
            patch.setattr(Store, "append", full)
            with pytest.raises(Refused, match="disk is full"):
                await served.client.send_input(session_id, CLICK)
        assert served.host.hosting.inputs == []

    async def test_a_page_that_is_not_live_takes_no_input(self, served: Served) -> None:
        (session_id,) = served.host.live(1)
        served.host.hosting.sink(events.SessionsUnresponsive((session_id,)))
        request = InputRequest(kind=PointerKind.CLICK, x=0, y=0)
        with pytest.raises(InputFailed, match="unresponsive"):
            await served.host.service.send_input(session_id, request, PEER)
        assert (served.host.hosting.inputs, await rows(served.host)) == ([], [])

    async def test_a_page_that_was_lost_while_it_was_journalled_takes_none(
        self, served: Served, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (session_id,) = served.host.live(1)
        write = served.host.journal.write

        async def loses(*given: Any, **how: Any) -> None:
            await write(*given, **how)
            fault = Fault(ErrorCode.PAGE_CRASHED, "its process died")
            served.host.hosting.sink(events.SessionsLost((session_id,), fault, events.LossCause.CRASH))

        monkeypatch.setattr(served.host.journal, "write", loses)
        request = InputRequest(kind=PointerKind.CLICK, x=0, y=0)
        with pytest.raises(InputFailed):
            await served.host.service.send_input(session_id, request, PEER)
        assert served.host.hosting.inputs == []

    @pytest.mark.parametrize(
        "body",
        [
            {"kind": "click", "x": 1.01, "y": 0},
            {"kind": "click", "x": -0.01, "y": 0},
            {"kind": "click", "x": "nan", "y": 0},
            {"kind": "click", "x": 0},
            {"kind": "wheel", "x": 0, "y": 0},
            {"kind": "click", "x": 0, "y": 0, "path": [{"x": 0, "y": 0}]},
            {"kind": "drag", "x": 0, "y": 0},
            {"kind": "drag", "x": 0, "y": 0, "path": [{"x": 0, "y": 0}] * (MOST_POINTS + 1)},
            {"kind": "move", "x": 0, "y": 0, "button": "right"},
        ],
    )
    async def test_what_is_out_of_bounds_is_refused(self, served: Served, body: dict[str, Any]) -> None:
        (session_id,) = served.host.live(1)
        answer = await served.http.post(f"/v1/sessions/{session_id}/input", json=body)
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "usage")
        assert (served.host.hosting.inputs, await rows(served.host)) == ([], [])


@pytest.mark.parametrize(
    ("rules", "key"),
    [(Policy(), "host.input"), (Policy(input=True, read_only=True), "host.read_only")],
    ids=["off", "read-only"],
)
async def test_a_host_that_does_not_allow_it_sends_no_input(served: Served, key: str) -> None:
    (session_id,) = served.host.live(1)
    body = {"kind": "click", "x": 0.5, "y": 0.5}
    answer = await served.http.post(f"/v1/sessions/{session_id}/input", json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "refused")
    assert key in answer.json()["error"]["text"]
    assert (served.host.hosting.inputs, await rows(served.host)) == ([], [])
