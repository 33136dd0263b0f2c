"""Waits of tests that run in an event loop beside what they wait for."""

import asyncio
import subprocess
import sys
from collections.abc import Callable

from tests.support.patience import patient


async def until_holds(holds: Callable[[], object], within_s: float = 20.0) -> None:
    """Wait until `holds` returns something true."""
    async with asyncio.timeout(patient(within_s)):
        while not holds():  # noqa: ASYNC110 - of other processes
            await asyncio.sleep(0.02)


async def watchdeck(*arguments: str) -> tuple[int, str, str]:
    """Run a command: its exit code, and what it wrote to stdout and stderr."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "browser_host", *arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    out, err = await process.communicate()
    return process.returncode or 0, out.decode(), err.decode()
