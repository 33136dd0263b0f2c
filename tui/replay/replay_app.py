"""The dashboard on a recording: the same screens, a line with the timeline, and no host behind them."""

import locale
import time
from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar

from textual import on
from textual.binding import BindingType

from tui.app import WatchdeckApp
from tui.host.deck import REPLAYED, Access
from tui.host.host_calls import DeckSource, HostCalls
from tui.replay import timeline_keys, timeline_text
from tui.replay.playback import Playback
from tui.replay.recording_index import Recording
from tui.replay.replay_source import NoHostCalls, ReplaySource
from tui.screens import messages
from tui.setup import Setup
from tui.style.glyphs import glyphs_for
from tui.style.roles import Ground
from tui.style.styles import Styles, styles_of
from tui.widgets.lines import Lines

TIMELINE_EVERY_S = 0.25
"""Seconds between pictures of the timeline while it moves."""


class ReplayApp(WatchdeckApp):
    """Shows a recording.

    Args:
        setup: as for any dashboard; its clock and access are the replay's own.
        recording: what is shown; its owner closes it.
        playback: where it begins, and how fast.
        steady: seconds of a steady clock, that of the playback.
    """

    BINDINGS: ClassVar[list[BindingType]] = list(timeline_keys.BINDINGS)
    CSS = WatchdeckApp.CSS + "\n#timeline { height: 1; }"

    def __init__(
        self,
        setup: Setup,
        recording: Recording,
        playback: Playback,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._recording = recording
        self.playback = playback
        self._steady = steady
        self._glyphs = glyphs_for(locale.getencoding())
        self._timeline = Lines(Ground.BAR, self._glyphs, id="timeline")
        self._theme_styles: Styles | None = None
        super().__init__(replace(setup, clock=self._position, access=Access.REPLAY))

    def connect(self, setup: Setup) -> tuple[HostCalls, DeckSource]:
        """No host, and the recording's decks."""
        self._source = ReplaySource(self._recording, self._position, self._take, setup.refresh_hz)
        return NoHostCalls(), self._source

    def on_ready(self) -> None:
        """Put the timeline below the header."""
        self.title = "REPLAY"
        self._main.mount(self._timeline, after="#header")
        self.theme_changed_signal.subscribe(self._main, lambda _: self._dress())
        self.set_interval(TIMELINE_EVERY_S, self._paint_timeline)
        self._paint_timeline()

    def action_jump(self, jumps: int) -> None:
        """Go to an earlier or later moment."""
        self._play(self.playback.jumped(jumps, self._steady()))

    def action_pace(self, how: str) -> None:
        """Play `faster` or `slower`; below the slowest speed it is held."""
        now = self._steady()
        self._play(self.playback.faster(now) if how == "faster" else self.playback.slower(now))

    @on(messages.VisitorsAsked)
    def _refuse_visitors(self, asked: messages.VisitorsAsked) -> None:
        asked.prevent_default()
        self.say(REPLAYED)

    def _play(self, playback: Playback) -> None:
        self.playback = playback
        self._source.move()
        self._paint_timeline()

    def _position(self) -> float:
        return self.playback.position(self._steady())

    def _dress(self) -> None:
        self._theme_styles = None
        self._paint_timeline()

    def _paint_timeline(self) -> None:
        if self._theme_styles is None:
            self._theme_styles = styles_of(self)
        line = timeline_text.line(self.playback, self._steady(), self._main.size.width, self._glyphs)
        self._timeline.show((line,), self._theme_styles)
