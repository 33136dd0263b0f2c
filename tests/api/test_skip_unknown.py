"""What is not there any more keeps nothing from being done for the others, where the caller says so."""

import pytest

from browser_host.api.schema import Target
from browser_host.errors import UnknownSession
from browser_host.protocol.page_instructions import EndSession
from browser_host.supervisor.policy import Policy
from tests.api.conftest import Served


class TestWithUndo:
    @pytest.fixture
    def rules(self) -> Policy:
        return Policy(undo_s=60.0)

    async def test_an_end_skips_ids_that_are_gone(self, served: Served) -> None:
        (known,) = served.host.live(1)
        outcome = await served.client.end(Target(ids=("gone", known)), wait=False, skip_unknown=True)
        assert {one.id: one.state for one in outcome.results} == {known: "queued", "gone": "skipped"}
        assert [entry.id for entry in outcome.plan] == [known]
        with pytest.raises(UnknownSession, match="gone"):
            await served.client.end(Target(ids=("gone", known)), wait=False)

    async def test_cancel_skips_what_no_ledger_holds(self, served: Served) -> None:
        (known,) = served.host.live(1)
        given = served.host.give(known, EndSession(), delay_s=60)
        assert given.order is not None
        pending = f"i{given.order.number}"
        with pytest.raises(UnknownSession, match="i999"):
            await served.client.cancel(["i999", pending])
        outcome = await served.client.cancel(["i999", pending], skip_unknown=True)
        assert [(one.instruction, one.state) for one in outcome.results] == [(pending, "cancelled")]


async def test_settle_skips_what_no_ledger_holds(served: Served) -> None:
    (known,) = served.host.live(1)
    given = served.host.give(known, EndSession(), confirm_within_s=0.05)
    assert given.order is not None
    number = f"i{given.order.number}"
    outcome = await served.client.settle([number, "i999"], skip_unknown=True)
    assert [(one.instruction, one.state) for one in outcome.results] == [(number, "unconfirmed")]


async def test_an_instruction_skips_ids_that_are_gone(served: Served) -> None:
    (known,) = served.host.live(1)
    body = {"ids": ["gone", known], "action": "setMode", "mode": "draw", "skip_unknown": True}
    answer = (await served.http.post("/v1/instructions", json=body)).json()
    assert {one["id"]: one["state"] for one in answer["results"]} == {known: "sent", "gone": "skipped"}
