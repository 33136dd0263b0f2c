"""Watchdeck's own pool with a counter in the supervisor's place: what the hosting alone costs and carries."""

import asyncio
import os
import sys
from pathlib import Path

from browser_host.bridge.events import MessageReceived, MessagesDropped, Report
from browser_host.browsers.pool import Pool
from browser_host.browsers.settings import PoolSettings
from browser_host.secrets import WatchLink
from tests.bench.subjects.speaking import Counting, links, obey, opening


class Silent:
    """A log that nobody reads."""

    def info(self, event: str, **facts: object) -> None:
        """Nothing."""

    def warning(self, event: str, **facts: object) -> None:
        """To stderr, which the benchmark keeps."""
        sys.stderr.write(f"{event} {facts}\n")


async def main(per_process: int) -> None:
    """Hosts all sessions, so many a process."""
    wanted = links()
    counting = Counting(len(wanted))

    def take(report: Report) -> None:
        match report:
            case MessageReceived(session_id, dict(data)):
                counting.heard(session_id, data)
            case MessagesDropped(_, count):
                counting.tally.merged += count

    settings = PoolSettings(
        executable=Path(os.environ["BENCH_BROWSER"]),
        sessions_per_process=per_process,
        allow_private_network=True,
    )
    pool = Pool(settings, take, Silent())
    await pool.start()
    try:
        async with opening(counting):
            for number, link in enumerate(wanted):
                pool.open(f"s{number}", WatchLink(link))
        await obey(counting)
    finally:
        await pool.close(10.0)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[2])))
