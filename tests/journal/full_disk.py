"""A process whose files may not grow: what a full disk does to a journal, and what comes when it is freed.

Prints one line of JSON for each step. Python ignores SIGXFSZ, so a write past the limit fails as EFBIG.
"""

import asyncio
import json
import resource
import sys
from pathlib import Path

from browser_host.journal.entries import EntryOutcome
from browser_host.journal.errors import JournalUnavailable
from browser_host.journal.journal import Journal
from browser_host.journal.status import JournalState, Standing
from browser_host.journal.writer import Pace
from tests.journal.samples import entry
from tests.support.patience import patient

LIMIT = 200_000
DEADLINE_S = 20.0


async def steps(path: Path) -> None:
    """Writes until nothing more fits, frees the disk, and writes again."""
    standings: asyncio.Queue[Standing] = asyncio.Queue()
    journal = Journal(path, None, changed=standings.put_nowait, pace=Pace(probe=0.05))
    await journal.start()
    written = 0
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (LIMIT, hard))
    try:
        while True:
            written = (await journal.write([entry("x" * 400) for _ in range(20)]))[-1]
    except JournalUnavailable as error:
        tell(step="full", code=error.code, exit=int(error.exit_code), text=str(error), written=written)
    journal.note([entry("waited", outcome=EntryOutcome.CONFIRMED)])
    tell(step="reading", rows=len(await journal.history()), state=journal.standing.state)
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    async with asyncio.timeout(patient(DEADLINE_S)):
        while (
            await standings.get()
        ).state is not JournalState.WRITABLE or journal.standing.state is not JournalState.WRITABLE:
            continue
    tell(step="again", numbers=await journal.write([entry("after")]))
    tell(step="closed", all=await journal.close())


def tell(**line: object) -> None:
    """One line of JSON."""
    print(json.dumps(line), flush=True)  # noqa: T201 - read by the test


asyncio.run(steps(Path(sys.argv[1])))
