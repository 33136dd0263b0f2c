"""A stage for watch pages: a small server on 127.0.0.1, and a recorder of what the pool reports."""

import asyncio
import ssl
from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

from browser_host.bridge.events import MessageReceived, Report
from browser_host.browsers.interface import SessionHost
from browser_host.secrets import WatchLink
from tests.support.patience import patient

R = TypeVar("R")
WITHIN_S = 15.0

ECHO = """
parent.postMessage({type: "sessionStatusUpdate", sessionStatus: "waiting", who: location.search}, "*");
addEventListener("message", (e) =>
  parent.postMessage({heard: e.data, from: e.origin, who: location.search}, "*"));
"""

BESIDE = """
let n = 0;
addEventListener("message", (e) => parent.postMessage({heard: e.data}, "*"));
setInterval(() => parent.postMessage({n: n++}, "*"), 100);
parent.postMessage({n: n++}, "*");
"""
"""A page that means no harm: it counts, from its only document's beginning, and tells what it hears."""


class Stage:
    """Serves `/NAME` as a page with the script of that name, and says where it is.

    Args:
        tls: for https, at any address of this machine.
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls
        self.port = 0
        self.scripts = {"echo": ECHO}
        self.headers: dict[str, str] = {}
        self.statuses: dict[str, str] = {}
        self.silent: set[str] = set()
        self.asked: list[str] = []
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    async def open(self) -> None:
        host = "0.0.0.0" if self._tls else "127.0.0.1"  # noqa: S104 - also by a host that it has no name for
        self._server = await asyncio.start_server(self._serve, host, 0, ssl=self._tls)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        assert self._server is not None
        self._server.close()
        for writer in self._writers:
            writer.close()
        await self._server.wait_closed()

    def address(self, name: str, query: str = "", host: str = "127.0.0.1") -> str:
        scheme = "https" if self._tls else "http"
        return f"{scheme}://{host}:{self.port}/{name}" + (f"?{query}" if query else "")

    def link(self, name: str, query: str = "", host: str = "127.0.0.1") -> WatchLink:
        return WatchLink(self.address(name, query, host))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            while line := await reader.read(1):
                if line == b"\x16":
                    return  # a TLS handshake, which may hold no line's end to wait for
                line += await reader.readline()
                name = line.split()[1].decode("latin-1").split("?")[0].strip("/")
                while (await reader.readline()).strip():
                    pass
                self.asked.append(name)
                if name in self.silent:
                    continue
                script, alone = self.scripts.get(name, ""), name.endswith(".js")
                body = (script if alone else f"<!doctype html><body><script>{script}</script>").encode()
                head = f"HTTP/1.1 {self.statuses.get(name, '200 OK')}\r\n{self.headers.get(name, '')}"
                kind = "javascript" if alone else "html"
                length = f"Content-Type: text/{kind}\r\nContent-Length: {len(body)}\r\n\r\n"
                writer.write((head + length).encode() + body)
                await writer.drain()
        except (OSError, asyncio.CancelledError, IndexError):
            pass  # the browser hung up, or the test is over
        finally:
            self._writers.discard(writer)
            writer.close()


class Record:
    """The pool's sink: keeps every report and wakes who waits for one."""

    def __init__(self) -> None:
        self.reports: list[Report] = []
        self._said: defaultdict[str, list[Any]] = defaultdict(list)
        self._more = asyncio.Event()

    def __call__(self, report: Report) -> None:
        self.reports.append(report)
        if isinstance(report, MessageReceived):
            self._said[report.session_id].append(report.data)
        self._more.set()

    def of(self, kind: type[R]) -> list[R]:
        return [report for report in self.reports if isinstance(report, kind)]

    def said(self, session_id: str) -> list[Any]:
        return list(self._said[session_id])

    async def until(self, what: Callable[[], R], within: float = WITHIN_S) -> R:
        """Waits until `what` is truthy, and returns it."""
        try:
            async with asyncio.timeout(patient(within)):
                while not (found := what()):
                    self._more.clear()
                    await self._more.wait()
                return found
        except TimeoutError:
            newest = "\n".join(map(str, self.reports[-20:]))
            raise AssertionError(f"not reported in time; the newest reports:\n{newest}") from None

    async def first(self, kind: type[R], where: Callable[[R], bool] = lambda _: True) -> R:
        """Waits for a report of a kind."""
        return (await self.until(lambda: [report for report in self.of(kind) if where(report)]))[0]


async def talking_until(
    hosting: SessionHost, record: Record, session: str, holds: Callable[[], R], within: float = WITHIN_S
) -> R:
    """Has a session that echoes answer one instruction after the other until `holds` is truthy.

    For what nobody reports, such as the age of a page: time passes by the page's own answers.
    """
    number = heard = 0

    def answered() -> bool:
        return len(record.said(session)) > heard

    async with asyncio.timeout(patient(within)):
        while not (found := holds()):
            number, heard = number + 1, len(record.said(session))
            hosting.post(session, number, {"action": "setMode"})
            await record.until(answered)
        return found


class Quiet:
    """A logger that keeps the events for tests that ask."""

    def __init__(self) -> None:
        self.events: list[tuple[str, dict[str, object]]] = []

    def info(self, event: str, **facts: object) -> None:
        self.events.append((event, facts))

    warning = info
