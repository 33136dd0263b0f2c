"""Laws of a bulk end, whatever arrives, ends, is lost, removed or added between the plan and its results."""

import asyncio
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from browser_host.api.requests import EndRequest
from browser_host.errors import UnknownSession
from browser_host.supervisor.policy import Policy
from tests.support.host import PEER, ScriptedHost, scripted_host

FLEET = 6
STATUSES = ("waiting", "pendingRequest", "active", "viewerReady", "terminated")

meanwhile = st.lists(
    st.one_of(
        st.tuples(st.just("status"), st.integers(0, FLEET - 1), st.sampled_from(STATUSES)),
        st.tuples(st.just("color"), st.integers(0, FLEET - 1), st.just("#00ff00")),
        st.tuples(st.just("crash"), st.integers(0, FLEET - 1), st.just("")),
        st.tuples(st.just("remove"), st.integers(0, FLEET - 1), st.just("")),
        st.tuples(st.just("arrive"), st.integers(0, FLEET - 1), st.just("")),
        st.tuples(st.just("answer"), st.integers(0, FLEET - 1), st.just("")),
        st.tuples(st.just("turn"), st.integers(0, FLEET - 1), st.just("")),
    ),
    max_size=25,
)


def happen(host: ScriptedHost, ids: list[str], what: tuple[str, int, str]) -> None:
    kind, place, value = what
    session_id = ids[place]
    match kind:
        case "status":
            host.hosting.says_status(session_id, value)
        case "color":
            host.hosting.says_color(session_id, value)
        case "crash":
            host.hosting.crash(session_id)
        case "remove" if session_id in host.supervisor.store:
            host.supervisor.remove(session_id)
        case "arrive":
            newcomer = host.add(f"newcomer {len(host.supervisor.store)} {host.feed.seq}")
            host.hosting.says_status(newcomer, "pendingRequest")
        case "answer":
            for posted in host.hosting.posted:
                if posted.session_id == session_id:
                    host.hosting.says_status(session_id, "terminated", after=posted.number)


@settings(deadline=None, max_examples=60)
@given(
    targets=st.sets(st.integers(0, FLEET - 1)),
    exclude=st.sets(st.integers(0, FLEET - 1)),
    events=meanwhile,
)
def test_only_planned_sessions_are_ended_with_one_result(
    targets: set[int], exclude: set[int], events: list[tuple[str, int, str]]
) -> None:
    async def check() -> None:
        rules = Policy(undo_s=0.001, confirm_within_s=0.02, ends_per_second=1000)
        async with scripted_host(rules) as host:
            ids = host.live(FLEET, "pendingRequest")
            meant = [ids[place] for place in targets]
            request = EndRequest(
                ids=tuple(meant) or ("nobody",), exclude=tuple(ids[place] for place in exclude)
            )
            ending = asyncio.ensure_future(host.service.end(request, PEER))
            for what in events:
                happen(host, ids, what)
                await asyncio.sleep(0)  # lets the ending go on between two events
            try:
                answer = await asyncio.wait_for(ending, 20)
            except UnknownSession:
                assert not set(meant) <= set(ids) or host.hosting.posted == []
                return
            planned = {entry.id for entry in answer.plan}
            instructed = [posted.session_id for posted in host.hosting.posted]
            assert set(instructed) <= planned <= set(meant) - {ids[place] for place in exclude}
            assert max(Counter(instructed).values(), default=1) == 1
            assert Counter(row.id for row in answer.results) == Counter(meant)
            confirmed = {row.id for row in answer.results if row.state == "confirmed"}
            assert confirmed <= set(instructed)

    asyncio.run(check())
