"""An alert's command: its own process group, JSON on its stdin, a deadline, and bounded output."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Mapping
from dataclasses import dataclass, field

from browser_host.notify.message import NotDelivered, NoticeMessage
from browser_host.protocol.text import printable

WITHIN_S = 30.0
"""Seconds for a command; then its whole process group is killed."""

OUTPUT_LIMIT = 300
"""Characters of its output that the log shows if it failed."""

_CHUNK_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class CommandTarget:
    """A command without a shell.

    Args:
        argv: the program and its arguments.
        environment: of its process.
        within_s: seconds that it may take.
    """

    argv: tuple[str, ...]
    environment: Mapping[str, str] = field(repr=False)
    within_s: float = WITHIN_S

    async def send(self, message: NoticeMessage) -> None:
        """Run the command with the message on its stdin. It is not repeated: it may have done its work.

        Raises:
            NotDelivered: it can't be started, failed, or took too long.
        """
        try:
            process = await asyncio.create_subprocess_exec(
                *self.argv,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                env=self.environment,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            text = f"{self.argv[0]} can't be started: {error}"
            raise NotDelivered(printable(text, OUTPUT_LIMIT), is_final=True) from None
        said = ""
        try:
            async with asyncio.timeout(self.within_s):
                _, said = await asyncio.gather(_write(process, message.body), _said(process))
                code = await process.wait()
        except TimeoutError:
            raise NotDelivered(f"it took more than {self.within_s:g} s", is_final=True) from None
        finally:
            await _kill(process)
        if code:
            raise NotDelivered(f"exit code {code}: {said}".rstrip(": "), is_final=True)


async def _write(process: asyncio.subprocess.Process, text: str) -> None:
    assert process.stdin is not None  # noqa: S101 - it was requested
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it does not read its stdin
        process.stdin.write(text.encode("utf-8", "replace"))
        await process.stdin.drain()
    process.stdin.close()


async def _said(process: asyncio.subprocess.Process) -> str:
    """The beginning of its output; the rest is read and dropped."""
    assert process.stdout is not None  # noqa: S101 - it was requested
    said = b""
    while chunk := await process.stdout.read(_CHUNK_BYTES):
        said += chunk[: OUTPUT_LIMIT - len(said)]
    return printable(said.decode("utf-8", "replace"), OUTPUT_LIMIT)


async def _kill(process: asyncio.subprocess.Process) -> None:
    """End what is left of it and of the processes that it started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()
