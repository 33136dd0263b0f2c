"""Makes Textual's messages of a terminal's bytes, with Textual's own reader behind a filter."""

import logging
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from textual import events
from textual._xterm_parser import XTermParser
from textual.message import Message

from tui.terminal_graphics import GraphicsAnswered, answered
from tui.terminal_input import ESC, PASTE_BEGINS, TerminalInput, is_alt

ESCAPE_S, ESCAPE_OVER_SSH_S = 0.3, 0.7
"""Seconds after which ESC is a key of its own. A line that is busy splits a sequence by 150 ms and more."""

LONGEST_ESCAPE_MS = 5000

log = logging.getLogger("tui")


class _Span(NamedTuple):
    """When bytes came, in seconds of a steady clock: after `since`, and not after `until`."""

    since: float
    until: float


class TerminalReader:
    """Turns a terminal's bytes into what Textual's own reader would make of those that a hand or mouse sent.

    Args:
        escape_s: seconds to wait after ESC for the rest of a sequence.
    """

    def __init__(self, escape_s: float) -> None:
        self._input = TerminalInput(escape_s)
        self._parser = XTermParser()
        self._read = _Span(0.0, 0.0)

    @property
    def is_half_read(self) -> bool:
        """Bytes came of which it is not certain yet what they are: an ESC may be a key, or begin one."""
        return self._input.patience_s is not None

    def feed(self, data: bytes, now: float, after: float | None = None) -> Iterator[Message]:
        """Messages that these bytes complete.

        Args:
            now: when they were read, in seconds of a steady clock.
            after: when there was nothing to read yet, None for `now`; a reader that had to wait for the
                processor finds bytes that may have been typed at any moment in between.
        """
        since = now if after is None else after
        yield from self.expire(since)
        self._read = _Span(since, now)
        for unit in self._input.feed(data, now):
            yield from self._messages(unit)

    def expire(self, now: float) -> Iterator[Message]:
        """Messages that the time since the last byte completes."""
        for unit in self._input.expire(now):
            yield from self._messages(unit)

    def _messages(self, unit: str) -> Iterator[Message]:
        for message in self._made(unit):
            message.time = self._read.until
            message.typed_after = self._read.since  # type: ignore[attr-defined]
            yield message

    def _made(self, unit: str) -> list[Message]:
        if unit == ESC:
            return [events.Key("escape", ESC)]
        if unit.startswith(PASTE_BEGINS):
            return [events.Paste(unit.removeprefix(PASTE_BEGINS))]
        if (graphics := answered(unit)) is not None:
            return [GraphicsAnswered(graphics)]
        try:
            if is_alt(unit):
                keys = self._parser._sequence_to_key_events(unit[1], alt=True)  # noqa: SLF001 - its names of keys
                return [events.Key(key.key, None) for key in keys]
            return list(self._parser.feed(unit))
        except Exception:  # whatever it is that Textual can't read, it is no key
            log.exception("a sequence could not be read: %r", unit)
            self._parser = XTermParser()
            return []


def typed_after(event: events.Event) -> float:
    """The moment at which a key was certainly not typed yet; its `time` is that at which it was read."""
    return getattr(event, "typed_after", event.time)


def escape_s(environment: Mapping[str, str]) -> float:
    """Seconds to wait after ESC: what `ESCDELAY` says in milliseconds, else longer over SSH."""
    told = environment.get("ESCDELAY", "")
    if told.isascii() and told.isdigit():
        return min(int(told), LONGEST_ESCAPE_MS) / 1000
    return ESCAPE_OVER_SSH_S if "SSH_CONNECTION" in environment else ESCAPE_S
