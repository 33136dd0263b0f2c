"""Follows hosts into a recording: their state, their events, and their state again after every gap."""

import asyncio
import heapq
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from browser_host.api.schema import ADDED, BEAT, REMOVED, RESYNC, HostEvent, Snapshot
from browser_host.errors import NoHost, WatchdeckError
from browser_host.hosts.named_host import NamedHost
from browser_host.recording import recorded_lines as lines
from browser_host.recording.sink import RecordingFile
from browser_host.sessions import views
from browser_host.sessions.json_codec import from_json
from browser_host.sessions.views import SessionView

RETRY_EVERY_S = 1.0
"""Seconds between tries to attach to a host that went away."""

GONE = "the host no longer has its older events; the recording begins now"


class Recorder:
    """Writes what hosts report.

    Args:
        hosts: several, or one whose name is empty; their owner closes them.
        file: takes the lines; its owner closes it.
        wall: epoch seconds.
        say: called with a message for the user.
    """

    def __init__(
        self,
        hosts: Sequence[NamedHost],
        file: RecordingFile,
        wall: Callable[[], float],
        say: Callable[[str], None],
    ) -> None:
        self._followed = [_Following(host, file, wall, say) for host in hosts]
        self._names = [host.name for host in hosts if host.name]
        self._file = file
        self._wall = wall

    async def run(self, version: str, since: float | None = None) -> None:
        """Record until it is cancelled; a host that goes away is waited for.

        Args:
            version: of this Watchdeck.
            since: epoch seconds, to begin with the events that the hosts still have; None for now.

        Raises:
            RecordingFull: the file has reached its bound.
            WatchdeckError: the disk refuses a line.
        """
        pasts = await asyncio.gather(*(one.begin(since) for one in self._followed))
        self._file.write(lines.header(self._wall(), version, self._names))
        for line in heapq.merge(*pasts, key=lambda line: str(line["at"])):
            self._file.write(line)
        self._file.flush()
        try:
            async with asyncio.TaskGroup() as tasks:
                for one in self._followed:
                    tasks.create_task(one.run())
        except* WatchdeckError as failed:
            raise failed.exceptions[0] from None


class _Following:
    """One of the hosts, or the only one."""

    def __init__(
        self,
        host: NamedHost,
        file: RecordingFile,
        wall: Callable[[], float],
        say: Callable[[str], None],
    ) -> None:
        self._name = host.name
        self._host = host
        self._file = file
        self._wall = wall
        self._say = say
        self._seq: int | None = None
        """The number of the last event that is written; None while it is not attached to."""

    async def begin(self, since: float | None) -> list[dict[str, Any]]:
        """Attach to the host: the lines to begin with, by time.

        They are at most the events that the host keeps, and its sessions.
        """
        try:
            snapshot = await self._host.snapshot()
            past = None if since is None else await self._past(snapshot, since)
        except NoHost as error:
            self._tell(f"{self._host.line_trouble or error}; waiting for it")
            return [self._named(lines.lost(self._wall()))]
        self._seq = snapshot.seq
        return past or self._state(snapshot)

    async def run(self) -> None:
        """Write its events until cancelled."""
        while True:
            if self._seq is not None:
                await self._follow(self._seq)
            snapshot = await self._attach()
            self._file.write(self._named(lines.resync(self._wall(), snapshot.seq)))
            for line in self._state(snapshot):
                self._file.write(line)
            self._file.flush()
            self._seq = snapshot.seq

    async def _follow(self, seq: int) -> None:
        """Write events until some were missed, or the host is lost."""
        try:
            async for event in self._host.events(seq):
                if event.type == BEAT:
                    self._file.flush()
                elif event.type == RESYNC:
                    return
                else:
                    self._file.write(self._named(lines.kept(event.body)))
        except NoHost as error:
            self._tell(f"{self._host.line_trouble or error}; waiting for it")
            self._file.write(self._named(lines.lost(self._wall())))
            self._file.flush()

    async def _attach(self) -> Snapshot:
        while True:
            try:
                return await self._host.snapshot()
            except NoHost:
                await asyncio.sleep(RETRY_EVERY_S)

    def _state(self, snapshot: Snapshot, at: float | None = None) -> list[dict[str, Any]]:
        found = lines.attached(snapshot, self._wall() if at is None else at)
        return [self._named(line) for line in found]

    async def _past(self, snapshot: Snapshot, since: float) -> list[dict[str, Any]]:
        """The host's events from `since` up to the snapshot, after the state that they began from.

        A host's first event finds it without sessions, so its events alone tell every state.

        Returns:
            Nothing where the host no longer has them, or none happened.
        """
        if not snapshot.sessions:
            return []
        held: dict[str, SessionView] = {}
        found: list[dict[str, Any]] = []
        async for event in self._host.events(0):
            if event.type == RESYNC and event.seq >= snapshot.seq:
                self._tell(GONE)
                return []
            if event.at >= since and not found:
                state = replace(snapshot, seq=event.seq - 1, sessions=tuple(held.values()))
                found = self._state(state, since if held else event.at)
            if not found:
                _fold(held, event)
            elif event.type not in (BEAT, RESYNC):
                found.append(self._named(lines.kept(event.body)))
            if event.seq >= snapshot.seq:
                break
        return found

    def _named(self, line: dict[str, Any]) -> dict[str, Any]:
        return {**line, lines.HOST_NAME: self._name} if self._name else line

    def _tell(self, text: str) -> None:
        self._say(f"host {self._name}: {text}" if self._name else text)


def _fold(held: dict[str, SessionView], event: HostEvent) -> None:
    if event.id is None:
        return
    if event.type == REMOVED:
        held.pop(event.id, None)
    elif event.type == ADDED:
        held[event.id] = from_json(SessionView, event.body)
    elif (before := held.get(event.id)) is not None:
        held[event.id] = views.merged(before, event.body)
