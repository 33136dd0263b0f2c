"""What is written down before it is done has a fate in the journal, even where it was written too late."""

import asyncio
import threading
from collections.abc import Sequence
from functools import partial

import pytest

from browser_host.journal.entries import JournalEntry
from browser_host.journal.errors import JournalUnavailable
from browser_host.journal.store import Store
from browser_host.protocol.page_instructions import EndSession
from tests.support.host import PEER, scripted_host
from tests.support.patience import patient


async def test_an_intent_that_is_written_too_late_is_told_as_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    async with scripted_host() as host:
        (session_id,) = host.live(1)
        instructions = host.supervisor.instructions
        draft = instructions.prepare(
            host.session(session_id), EndSession(), PEER, delay_s=0, confirm_within_s=1
        )
        freed, append = threading.Event(), Store.append

        def hanging(store: Store, entries: Sequence[JournalEntry]) -> tuple[int, ...]:
            assert freed.wait(5)
            return append(store, entries)

        monkeypatch.setattr(Store, "append", hanging)
        monkeypatch.setattr(host.journal, "write", partial(host.journal.write, within=0.05))
        with pytest.raises(JournalUnavailable):
            await instructions.submit([draft], PEER)
        freed.set()
        async with asyncio.timeout(patient(5)):
            while True:
                rows = await host.journal.history(since=None, session=session_id, limit=100)
                outcomes = [row["outcome"] for row in rows if row["action"] == "endSession"]
                if outcomes == ["intended", "skipped"]:
                    break
        assert host.hosting.posted == []
