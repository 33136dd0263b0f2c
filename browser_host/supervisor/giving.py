"""Giving instructions in the one right order: written down first, then given, then waited for."""

from collections.abc import Sequence

from browser_host.api.peer import Peer
from browser_host.supervisor.dispatch import Dispatch, Given
from browser_host.supervisor.fleet import Fleet
from browser_host.supervisor.scribe import Intent, Scribe


async def give(
    drafts: Sequence[Given], peer: Peer, fleet: Fleet, dispatch: Dispatch, scribe: Scribe
) -> list[Given]:
    """Writes the intents down, and only then gives the instructions.

    Raises:
        JournalUnavailable: the intents are not on disk; nothing was given.
    """
    intents = [
        Intent(session, draft.order, peer)
        for draft in drafts
        if draft.order is not None and (session := fleet.get(draft.session_id)) is not None
    ]
    await scribe.intend(intents)
    given = [dispatch.give(draft) for draft in drafts]
    refused = {one.session_id: one.text for one in given if one.order is None}
    for intent in intents:
        if intent.session.id in refused:
            scribe.drop(intent, refused[intent.session.id])
    return given
