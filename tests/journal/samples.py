"""Entries to put into a journal."""

from browser_host.journal.entries import EntryOutcome, JournalEntry


def entry(
    text: str = "",
    *,
    at: float = 1000.0,
    action: str = "session.status",
    session: str | None = "s1",
    outcome: EntryOutcome = EntryOutcome.SAID,
    instruction: str | None = None,
) -> JournalEntry:
    return JournalEntry(
        at=at,
        by="kim (1000)",
        client="tui",
        action=action,
        session=session,
        label="Acme",
        outcome=outcome,
        text=text,
        instruction=instruction,
    )
