"""A process that writes intents and outcomes to a journal until it is killed, and says what is on disk."""

import asyncio
import sys
from pathlib import Path

from browser_host.journal.entries import EntryOutcome
from browser_host.journal.journal import Journal
from tests.journal.samples import entry


async def endless(path: Path) -> None:
    """Prints the numbers of the rows that are certainly on disk."""
    journal = Journal(path, None)
    await journal.start()
    number = 0
    while True:
        number += 1
        name = f"i{number}"
        seqs = await journal.write(
            [entry(action="endSession", outcome=EntryOutcome.INTENDED, instruction=name)] * 3
        )
        print(seqs[-1], flush=True)  # noqa: T201 - read by the test
        journal.note([entry(action="endSession", outcome=EntryOutcome.CONFIRMED, instruction=name)])


asyncio.run(endless(Path(sys.argv[1])))
