"""The DevTools protocol over the browser's pipe, with nothing between Python and Chromium."""

import asyncio
import contextlib
import itertools
import json
import os
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any, Self

FLAGS = (
    "--remote-debugging-pipe",
    "--headless",
    "--no-sandbox",
    "--no-first-run",
    "--disable-field-trial-config",
    "--disable-background-networking",
    "--disable-background-timer-throttling",
    "--disable-renderer-backgrounding",
    "--disable-breakpad",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-sync",
    "--mute-audio",
)
"""Those of Playwright's flags that determine the browser's background work."""

_IN_SHELL = 'in=$1; out=$2; shift 2; exec "$@" 3<"/dev/fd/$in" 4>"/dev/fd/$out"'
"""The browser reads commands on file descriptor 3 and writes answers on 4."""


class RawBrowser:
    """A browser, connected by two pipes.

    Args:
        heard: called with each event's method and parameters.
    """

    def __init__(
        self, write: asyncio.WriteTransport, heard: Callable[[str, Mapping[str, Any]], None]
    ) -> None:
        self._write = write
        self._heard = heard
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}

    async def send(self, method: str, session: str | None = None, **params: Any) -> dict[str, Any]:
        """Send a command, and return its result."""
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": params}
        if session is not None:
            message["sessionId"] = session
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        self._write.write(json.dumps(message).encode() + b"\0")
        return await answer

    async def listen(self, reader: asyncio.StreamReader) -> None:
        """Process the browser's messages until it ends."""
        with contextlib.suppress(asyncio.IncompleteReadError):
            while True:
                message = json.loads((await reader.readuntil(b"\0"))[:-1])
                if (answer := self._waiting.pop(message.get("id"), None)) is not None:
                    answer.set_result(message.get("result", message))
                elif "method" in message:
                    self._heard(message["method"], message["params"])

    @classmethod
    @contextlib.asynccontextmanager
    async def running(
        cls, profile: str, heard: Callable[[str, Mapping[str, Any]], None]
    ) -> AsyncIterator[Self]:
        """Run a browser until the block ends.

        Args:
            profile: folder for its profile.
        """
        commands, from_us = os.pipe()
        to_us, answers = os.pipe()
        command = (os.environ["BENCH_BROWSER"], *FLAGS, f"--user-data-dir={profile}", "about:blank")
        process = await asyncio.create_subprocess_exec(
            "sh", "-c", _IN_SHELL, "sh", str(commands), str(answers), *command, pass_fds=(commands, answers)
        )
        os.close(commands)
        os.close(answers)
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader(limit=1 << 26)
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(to_us, "rb"))
        write, _ = await loop.connect_write_pipe(asyncio.Protocol, os.fdopen(from_us, "wb"))
        browser = cls(write, heard)
        async with asyncio.TaskGroup() as group:
            listening = group.create_task(browser.listen(reader))
            try:
                yield browser
            finally:
                process.terminate()
                await process.wait()
                listening.cancel()
                write.close()
