"""The numbered events as lines for one client: one by one, or merged at the client's pace."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from browser_host.api.schema import BEAT, BEAT_EVERY_S, RESYNC
from browser_host.api.service import Events
from browser_host.sessions.clock import iso

ARRIVES_WITHIN_S = 0.03
"""Seconds from the end of a window until all pages' messages are here."""

GATHERS_S = 0.02
"""Seconds between two writes of single events to a client: a write costs the host more than an event."""


class Stream(StreamingResponse):
    """The event stream of one client, counted while it is open.

    Args:
        open_ones: all open streams; it contains this one while it is open.
        followed: entered while it is open.
    """

    def __init__(
        self, lines: AsyncIterator[bytes], open_ones: "set[Stream]", followed: AbstractContextManager[None]
    ) -> None:
        super().__init__(lines, media_type="application/jsonl")
        self._open_ones = open_ones
        self._followed = followed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the events until they end, or the client closes the connection."""
        self._open_ones.add(self)
        try:
            with self._followed:
                await super().__call__(scope, receive, send)
        finally:
            self._open_ones.discard(self)


async def lines(feed: Events, seq: int) -> AsyncIterator[bytes]:
    """Every event after a number, and a beat if nothing happens.

    All clients write at the same moments, multiples of `GATHERS_S` by the loop's clock: they share one wake,
    and the text that they send.
    """
    while True:
        piece = feed.piece(seq)
        if piece is None:
            seq = feed.seq
            yield _word(RESYNC, seq)
        elif piece[0]:
            seq = piece[1]
            yield piece[0]
            if seq == feed.seq:
                await asyncio.sleep(GATHERS_S - asyncio.get_running_loop().time() % GATHERS_S)
        elif feed.closed:
            return
        elif not await feed.news(seq, BEAT_EVERY_S) and not feed.closed:
            yield _word(BEAT, seq)


async def merged_lines(feed: Events, seq: int, every: float) -> AsyncIterator[bytes]:
    """Merged events: the first after a silence at once, then at most one batch in each `every` seconds.

    These end just behind the windows that pages' messages are collected in, at multiples of their length by
    the loop's clock: what was collected does not wait once more.

    For a client that reads slowly, the events of the meantime are merged, so there is never a backlog.
    """
    while True:
        piece = feed.merged(seq)
        if piece is None:
            seq = feed.seq
            yield _word(RESYNC, seq)
        elif piece[0]:
            seq = piece[1]
            yield b"".join(piece[0])
            now = asyncio.get_running_loop().time()
            await asyncio.sleep(every - (now - ARRIVES_WITHIN_S) % every)
        elif feed.closed:
            return
        elif not await feed.news(seq, BEAT_EVERY_S) and not feed.closed:
            yield _word(BEAT, seq)


def _word(kind: str, seq: int) -> bytes:
    return json.dumps({"seq": seq, "at": iso(time.time()), "type": kind}).encode() + b"\n"
