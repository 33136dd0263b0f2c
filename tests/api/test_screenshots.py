"""Pictures by the API: journalled and published before they are given, bounded, refused."""

import pytest

from browser_host.api.peer import Peer
from browser_host.api.requests import ScreenshotRequest
from browser_host.errors import NoPicture
from browser_host.journal.errors import JournalUnavailable
from browser_host.journal.store import Store
from browser_host.supervisor.policy import Policy
from tests.api.conftest import Served
from tests.support.clocks import SettableClock
from tests.support.host import PEER, ScriptedHost, scripted_host


async def viewings(host: ScriptedHost) -> list[tuple[str | None, str | None]]:
    rows = await host.journal.history()
    return [(row["session"], row["by"]) for row in rows if row["action"] == "session.viewed"]


def published(host: ScriptedHost) -> list[dict[str, object]]:
    return [
        {key: event[key] for key in ("id", "viewed")}
        for event in host.events()
        if event["type"] == "session.viewed"
    ]


async def test_a_look_is_journalled_once_a_minute_and_viewer() -> None:
    clock = SettableClock()
    other = Peer(uid=1001, name="bob", client="tui")
    async with scripted_host(clock=clock) as host:
        first, second = host.live(2)

        async def look(session_id: str, peer: Peer = PEER) -> bytes:
            return await host.service.screenshot(session_id, ScreenshotRequest(), peer)

        assert await look(first) == host.hosting.picture
        await look(first)
        clock.forward(59)
        await look(first)
        assert await viewings(host) == [(first, "ada (1000)")]
        await look(first, other)
        await look(second)
        clock.forward(2)
        await look(first)
        seen = [(first, "ada (1000)"), (first, "bob (1001)"), (second, "ada (1000)"), (first, "ada (1000)")]
        assert await viewings(host) == seen
        assert [(one["id"], one["viewed"]["by"]) for one in published(host)] == seen  # type: ignore[index]


async def test_a_look_that_gave_no_picture_is_no_viewing() -> None:
    async with scripted_host() as host:
        (session_id,) = host.live(1)
        host.hosting.picture = NoPicture("the session has no page now")
        with pytest.raises(NoPicture):
            await host.service.screenshot(session_id, ScreenshotRequest(), PEER)
        assert (await viewings(host), published(host)) == ([], [])


async def test_no_picture_is_given_while_none_can_be_journalled(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = served.host.live(2)
    assert await served.client.screenshot(first) == served.host.hosting.picture

    def full(*_: object) -> None:
        raise JournalUnavailable("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(Store, "append", full)
        answer = await served.http.get(f"/v1/sessions/{second}/screenshot")
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "journal")
        with pytest.raises(JournalUnavailable):  # also within the minute of the entry that there is
            await served.host.service.screenshot(first, ScreenshotRequest(), PEER)
    assert [one["id"] for one in published(served.host)] == [first]


async def test_a_picture_is_a_png_of_a_bounded_width(served: Served) -> None:
    (session_id,) = served.host.live(1)
    path = f"/v1/sessions/{session_id}/screenshot"
    answer = await served.http.get(path, params={"width": "16"})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    assert answer.content == served.host.hosting.picture
    assert served.host.hosting.pictured == [(session_id, 16)]
    for width in ("15", "1281", "x", "1e9"):
        refused = await served.http.get(path, params={"width": width})
        assert (refused.status_code, refused.json()["error"]["code"]) == (400, "usage")
    unknown = await served.http.get("/v1/sessions/nosuch/screenshot")
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (404, "unknown_session")


class TestWithoutPreview:
    @pytest.fixture
    def rules(self) -> Policy:
        return Policy(preview=False)

    async def test_no_picture_is_taken(self, served: Served) -> None:
        (session_id,) = served.host.live(1)
        answer = await served.http.get(f"/v1/sessions/{session_id}/screenshot")
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "refused")
        assert "host.preview" in answer.json()["error"]["text"]
        assert (served.host.hosting.pictured, await viewings(served.host)) == ([], [])
