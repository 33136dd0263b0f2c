"""Follows a host into a recording: its state, its events, and its state again after every gap."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

from browser_host.api.client import HostClient
from browser_host.api.schema import ADDED, BEAT, REMOVED, RESYNC, HostEvent, Snapshot
from browser_host.errors import NoHost
from browser_host.recording import recorded_lines as lines
from browser_host.recording.sink import RecordingFile
from browser_host.sessions import views
from browser_host.sessions.json_codec import from_json
from browser_host.sessions.views import SessionView

RETRY_EVERY_S = 1.0
"""Seconds between tries to attach to a host that went away."""

GONE = "the host no longer has its older events; the recording begins now"


class Recorder:
    """Writes what a host reports.

    Args:
        client: the host's client; its owner closes it.
        file: takes the lines; its owner closes it.
        wall: epoch seconds.
        say: called with a message for the user.
    """

    def __init__(
        self, client: HostClient, file: RecordingFile, wall: Callable[[], float], say: Callable[[str], None]
    ) -> None:
        self._client = client
        self._file = file
        self._wall = wall
        self._say = say

    async def run(self, version: str, since: float | None = None) -> None:
        """Record until it is cancelled; a host that goes away is waited for.

        Args:
            version: of this Watchdeck.
            since: epoch seconds, to begin with the events that the host still has; None for now.

        Raises:
            NoHost: none answers at the beginning.
            RecordingFull: the file has reached its bound.
            WatchdeckError: the disk refuses a line.
        """
        snapshot = await self._client.snapshot()
        self._file.write(lines.header(self._wall(), version))
        if since is None or not await self._past(snapshot, since):
            self._attached(snapshot)
        while True:
            try:
                await self._follow(snapshot.seq)
            except NoHost as error:
                self._say(f"{error}; waiting for it")
                self._file.write(lines.lost(self._wall()))
                self._file.flush()
            snapshot = await self._attach()
            self._file.write(lines.resync(self._wall(), snapshot.seq))
            self._attached(snapshot)

    async def _follow(self, seq: int) -> None:
        """Write events until some were missed."""
        async for event in self._client.events(seq):
            if event.type == BEAT:
                self._file.flush()
            elif event.type == RESYNC:
                return
            else:
                self._file.write(lines.kept(event.body))

    async def _attach(self) -> Snapshot:
        while True:
            try:
                return await self._client.snapshot()
            except NoHost:
                await asyncio.sleep(RETRY_EVERY_S)

    def _attached(self, snapshot: Snapshot, at: float | None = None) -> None:
        for line in lines.attached(snapshot, self._wall() if at is None else at):
            self._file.write(line)
        self._file.flush()

    async def _past(self, snapshot: Snapshot, since: float) -> bool:
        """Write the host's events from `since` up to the snapshot, after the state that they began from.

        A host's first event finds it without sessions, so its events alone tell every state.

        Returns:
            Whether that was possible, and the snapshot's state is written.
        """
        if not snapshot.sessions:
            return False
        held: dict[str, SessionView] = {}
        begun = False
        async for event in self._client.events(0):
            if event.type == RESYNC and event.seq >= snapshot.seq:
                self._say(GONE)
                return False
            if event.at >= since and not begun:
                state = replace(snapshot, seq=event.seq - 1, sessions=tuple(held.values()))
                self._attached(state, since if held else event.at)
                begun = True
            if begun and event.type not in (BEAT, RESYNC):
                self._file.write(lines.kept(event.body))
            elif not begun:
                _fold(held, event)
            if event.seq >= snapshot.seq:
                return begun
        return begun


def _fold(held: dict[str, SessionView], event: HostEvent) -> None:
    if event.id is None:
        return
    if event.type == REMOVED:
        held.pop(event.id, None)
    elif event.type == ADDED:
        held[event.id] = from_json(SessionView, event.body)
    elif (before := held.get(event.id)) is not None:
        held[event.id] = views.merged(before, event.body)
