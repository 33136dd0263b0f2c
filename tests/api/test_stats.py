"""`/v1/stats` counts what the host's pages did."""

import asyncio
import os

from browser_host.api.schema import Target
from tests.api.conftest import Served


async def test_stats_count_ends_by_whom_they_were(served: Served) -> None:
    """Four sessions: one is ended from here, one by its page, one crashes, one goes on."""
    hosting = served.host.hosting
    ended, by_page, crashed, _ = served.host.live(4, "active")
    hosting.says_status(by_page, "terminated")
    hosting.crash(crashed)
    waiting = asyncio.ensure_future(served.client.end(Target(ids=(ended,))))
    async with asyncio.timeout(5):
        while not hosting.posted:
            await served.host.feed.news(served.host.feed.seq, within=1)
    hosting.says_status(ended, "terminated", after=hosting.posted[0].number)
    await waiting
    answer = await served.http.get("/v1/stats")
    stats = answer.json()
    assert (stats["schema"], stats["sessions"]) == (1, 4)
    assert stats["ended"] == {"page": 1, "supervisor": 1, "rule": 0, "lost": 1}
    assert [(row["key"], row["sessions"]) for row in stats["rows"]] == [("active", 4), ("terminated", 2)]
    assert all(0 <= row["median_s"] <= row["p95_s"] < 30 for row in stats["rows"])
    by_user = (await served.http.get("/v1/stats", params={"by": "by"})).json()["rows"]
    assert len(by_user) == 2
    assert {row["key"] for row in by_user if f"({os.getuid()})" not in row["key"]} == {"page"}


async def test_stats_of_a_time_without_sessions_are_empty(served: Served) -> None:
    stats = (await served.http.get("/v1/stats", params={"since": "99999999999"})).json()
    assert (stats["sessions"], stats["rows"]) == (0, [])
    refused = await served.http.get("/v1/stats", params={"by": "colour"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "usage")
