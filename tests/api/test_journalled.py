"""What changes a session is written down before it is done, or it is not done."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from browser_host.api.schema import Target
from browser_host.errors import Refused, UsageError
from browser_host.journal.journal import Journal
from browser_host.supervisor.audit.recorder import AuditRecorder
from tests.api.conftest import Served
from tests.support.patience import patient

DRAW = {"action": "setMode", "mode": "draw"}


async def outcomes(served: Served, session: str) -> list[tuple[str, str]]:
    entries = (await served.http.get("/v1/history", params={"session": session, "reported": True})).json()[
        "entries"
    ]
    return [(entry["action"], entry["outcome"]) for entry in entries]


async def test_every_step_of_an_instruction_is_in_the_history(served: Served) -> None:
    (session_id,) = served.host.live(1)
    waiting = asyncio.ensure_future(served.client.end(Target(ids=(session_id,))))
    async with asyncio.timeout(patient(5)):
        while not served.host.hosting.posted:
            await served.host.feed.news(served.host.feed.seq, within=1)
    served.host.hosting.says_status(session_id, "terminated", after=served.host.hosting.posted[0].number)
    await waiting
    steps = await outcomes(served, session_id)
    ends = [outcome for action, outcome in steps if action == "endSession"]
    assert ends == ["intended", "sent", "confirmed"]
    assert steps[0] == ("session.added", "noted")
    assert ("session.status", "said") in steps


async def test_draining_is_journalled_and_refused_if_read_only(served: Served) -> None:
    await served.client.drain("local")
    await served.client.undrain("local")
    entries = (await served.http.get("/v1/history")).json()["entries"]
    assert [(one["action"], one["text"]) for one in entries if one["action"].startswith("browser.")] == [
        ("browser.drain", "endpoint local"),
        ("browser.undrain", "endpoint local"),
    ]
    served.host.policy.now = replace(served.host.policy.now, read_only=True)
    with pytest.raises(Refused, match="read-only"):
        await served.client.drain("local")
    assert not served.host.hosting.drained


async def test_the_history_says_who_with_what_and_to_whom(served: Served) -> None:
    first, _ = served.host.live(2)
    answer = await served.http.post(
        "/v1/instructions",
        json={"ids": [first], **DRAW},
        headers={"x-watchdeck-client": "cli", "x-watchdeck-ssh": "198.51.100.7"},
    )
    entries = (await served.http.get("/v1/history", params={"limit": 2, "reported": True})).json()["entries"]
    assert {(e["action"], e["session"], e["client"], e["instruction"]) for e in entries} == {
        ("setMode", first, "cli", answer.json()["results"][0]["instruction"])
    }
    assert entries[0]["peer"] == "198.51.100.7"
    assert entries[0]["by"].endswith(")")
    assert {"seq", "at", "by", "client", "action", "session", "label", "outcome", "text"} <= set(entries[0])


async def test_where_nothing_can_be_written_down_nothing_is_posted(served: Served, tmp_path: Path) -> None:
    (session_id,) = served.host.live(1)
    (tmp_path / "in_the_way").write_text("a file where the journal's folder should be")
    broken = Journal(tmp_path / "in_the_way" / "journal.sqlite3", keep_s=None)
    await broken.start()
    served.host.supervisor.instructions._recorder = AuditRecorder(broken, served.host.supervisor.store._clock)
    served.host.service._status._journal = broken
    try:
        for refused in (
            served.client.end(Target(ids=(session_id,))),
            served.client.instruct(Target(ids=(session_id,)), DRAW),
        ):
            with pytest.raises(Refused, match="journal"):
                await refused
        assert served.host.hosting.posted == []
        assert served.host.session(session_id).ledger == ()
        served.host.hosting.says_status(session_id, "active")
        snapshot = await served.client.snapshot()
        assert snapshot.sessions[0].status == "active"
        assert snapshot.host.journal is not None
        assert (await served.client.health())["status"] == "degraded"
    finally:
        await broken.close()


async def test_endless_statuses_do_not_fill_the_disk(served: Served) -> None:
    (session_id,) = served.host.live(1)
    for number in range(400):
        served.host.hosting.says_status(session_id, "active" if number % 2 else "waiting")
    said = [step for step in await outcomes(served, session_id) if step == ("session.status", "said")]
    assert 20 <= len(said) <= 25


@pytest.mark.parametrize("query", [{"limit": 0}, {"since": "yesterday"}, {"colour": "red"}])
async def test_a_wrong_question_is_refused(served: Served, query: dict[str, str]) -> None:
    answer = await served.http.get("/v1/history", params=query)
    assert answer.status_code == 400
    assert next(iter(query)) in answer.json()["error"]["text"]


async def test_history_is_acts_unless_reported_is_asked_for(served: Served) -> None:
    (session_id,) = served.host.live(1)
    served.host.hosting.says_color(session_id, "#ff0000")
    await served.client.instruct(Target(ids=(session_id,)), {"action": "setMode", "mode": "draw"})
    acts = {entry["outcome"] for entry in await served.client.history()}
    assert "said" not in acts
    assert "sent" in acts
    everything = {entry["outcome"] for entry in await served.client.history(reported=True)}
    assert "said" in everything
    found = await served.client.history(expression="action:setMode", limit=1)
    assert [entry["session"] for entry in found] == [session_id]
    with pytest.raises(UsageError, match="colour"):
        await served.client.history(expression="colour:red")
