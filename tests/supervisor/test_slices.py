"""An instruction to many sessions leaves turns to everybody else, and keeps its promises in between."""

import asyncio
import contextlib
import itertools
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable

import pytest

from browser_host.api.requests import InstructionRequest
from browser_host.protocol.page_instructions import Mode, SetMode
from browser_host.supervisor.instructions import CUT_OFF
from browser_host.tasks import SLICE
from tests.support.host import PEER, ScriptedHost, scripted_host
from tests.support.patience import patient

MANY = 8 * SLICE


def to_all(*, wait: bool = True) -> InstructionRequest:
    return InstructionRequest.model_validate({"all": True, "action": "mode", "mode": "draw", "wait": wait})


@contextlib.asynccontextmanager
async def between(look: Callable[[], None]) -> AsyncIterator[None]:
    """Calls a function in each turn of the event loop."""

    async def watch() -> None:
        while True:
            look()
            await asyncio.sleep(0)

    watcher = asyncio.ensure_future(watch())
    try:
        yield
    finally:
        watcher.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watcher


async def outcomes(host: ScriptedHost) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for row in await host.journal.history(limit=10_000):
        if row["instruction"]:
            found[str(row["session"])].append(str(row["outcome"]))
    return found


async def test_many_sessions_are_instructed_in_slices() -> None:
    async with scripted_host() as host:
        host.live(MANY)
        seen = [0]
        async with between(lambda: seen.append(len(host.hosting.posted))):
            answer = await host.service.instruct(to_all(), PEER)
            seen.append(len(host.hosting.posted))
        assert answer.counts == {"sent": MANY}
        steps = [after - before for before, after in itertools.pairwise(seen)]
        assert max(steps) <= SLICE
        assert all(states == ["intended", "sent"] for states in (await outcomes(host)).values())


async def test_a_cancelled_request_leaves_no_intent_without_an_outcome() -> None:
    async with scripted_host() as host:
        host.live(MANY)
        request = asyncio.ensure_future(host.service.instruct(to_all(), PEER))

        def cut_off() -> None:
            if host.hosting.posted:
                request.cancel()

        async with between(cut_off):
            with pytest.raises(asyncio.CancelledError):
                await request
        posted = {one.session_id for one in host.hosting.posted}
        assert 0 < len(posted) < MANY
        found = await outcomes(host)
        assert len(found) == MANY
        for session, states in found.items():
            assert states == ["intended", "sent" if session in posted else "skipped"]
        texts = Counter(row["text"] for row in await host.journal.history(limit=10_000))
        assert texts[CUT_OFF] == MANY - len(posted)


async def test_a_session_that_changed_meanwhile_is_asked_at_its_turn() -> None:
    async with scripted_host() as host:
        ids = host.live(MANY)
        ended, removed, overtaken = ids[-3:]

        def change() -> None:
            if host.hosting.posted and removed in host.supervisor.store:
                host.hosting.says_status(ended, "terminated")
                host.supervisor.remove(removed)
                host.give(overtaken, SetMode(Mode.CURSOR))

        async with between(change), asyncio.timeout(patient(10)):
            answer = await host.service.instruct(to_all(), PEER)
        assert answer.counts == {"sent": MANY - 3, "failed": 3}
        texts = {one.id: one.text for one in answer.results if one.state == "failed"}
        assert "ended" in texts[ended]
        assert "removed" in texts[removed]
        assert "overtook" in texts[overtaken]
        found = await outcomes(host)
        for session in (ended, removed):
            assert found[session] == ["intended", "skipped"]
        assert sorted(found[overtaken]) == ["intended", "sent", "skipped"]
