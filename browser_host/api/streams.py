"""The numbered events as lines to one client: one by one as they come, or merged at the client's pace."""

import asyncio
import json
import time
from collections.abc import AsyncIterator

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from browser_host.api.schema import BEAT, BEAT_EVERY_S, RESYNC
from browser_host.api.service import Events
from browser_host.sessions.instant import iso


class Stream(StreamingResponse):
    """The events to one client, counted as long as they are sent.

    Args:
        open_ones: all that are being sent; it is among them meanwhile.
    """

    def __init__(self, lines: AsyncIterator[bytes], open_ones: "set[Stream]") -> None:
        super().__init__(lines, media_type="application/jsonl")
        self._open_ones = open_ones

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends the events until they end, or the client does."""
        self._open_ones.add(self)
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._open_ones.discard(self)


async def lines(feed: Events, seq: int) -> AsyncIterator[bytes]:
    """Every event after a number, and a beat where nothing happens."""
    while True:
        new = feed.after(seq)
        if new is None:
            seq = feed.seq
            yield _word(RESYNC, seq)
        elif new:
            seq += len(new)
            yield b"".join(new)
        elif feed.closed:
            return
        elif not await feed.news(seq, BEAT_EVERY_S) and not feed.closed:
            yield _word(BEAT, seq)


async def merged_lines(feed: Events, seq: int, every: float) -> AsyncIterator[bytes]:
    """At once what comes after a silence, then a piece each `every` seconds at most, however much happens.

    A client that reads slowly is waited for, and finds what happened meanwhile merged: never a backlog.
    """
    while True:
        piece = feed.merged(seq)
        if piece is None:
            seq = feed.seq
            yield _word(RESYNC, seq)
        elif piece[0]:
            seq = piece[1]
            yield b"".join(piece[0])
            await asyncio.sleep(every)
        elif feed.closed:
            return
        elif not await feed.news(seq, BEAT_EVERY_S) and not feed.closed:
            yield _word(BEAT, seq)


def _word(kind: str, seq: int) -> bytes:
    return json.dumps({"seq": seq, "at": iso(time.time()), "type": kind}).encode() + b"\n"
