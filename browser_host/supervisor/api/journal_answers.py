"""The API's answers from the journal."""

from browser_host.api.replies import History, HistoryEntry, StatsReport
from browser_host.api.requests import HistoryRequest, StatsRequest
from browser_host.journal.journal import Journal
from browser_host.sessions import json_codec
from browser_host.supervisor.audit import journal_lives, statistics


async def history(journal: Journal, request: HistoryRequest) -> History:
    """The journal's newest entries, newest last."""
    entries = await journal.history(
        since=request.since,
        session=request.session,
        limit=request.limit,
        reported=request.reported,
        expression=request.filter or "",
    )
    return History(tuple(json_codec.from_json(HistoryEntry, entry) for entry in entries))


async def stats(journal: Journal, request: StatsRequest, now: float) -> StatsReport:
    """How many sessions there were since a moment, how long in each status, and how they ended.

    Args:
        now: epoch seconds.
    """
    since = now - statistics.DAY_S if request.since is None else request.since
    return await journal.read(
        lambda reader: statistics.report(*journal_lives.read(reader, since, now), request.by)
    )
