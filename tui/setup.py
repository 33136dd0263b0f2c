"""What the dashboard is told when it starts."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from browser_host.config.choices import GlyphChoice
from tui.host.deck import Access
from tui.style.glyphs import Glyphs, chosen

if TYPE_CHECKING:
    from browser_host.api.client import HostClient
    from browser_host.hosts.named_host import NamedHost
    from tui.quiet_collector import QuietCollector
    from tui.terminal import TerminalWatcher
    from tui.view.saved_view import ViewFile


@dataclass(frozen=True, slots=True)
class Setup:
    """What the dashboard is told when it starts.

    Args:
        socket: the host's.
        refresh_hz: deliveries to the screen a second at most.
        theme: by name.
        log: where the dashboard's log is.
        keymap: the user's keys, by action id.
        preview_every_s: seconds between two pictures of the page that is shown.
        environment: the name that the header shows.
        glyphs: the signs.
        animate: whether anything moves by itself.
        stops_host: leaving stops the host.
        access: what is offered, whatever the host would take.
        views: keeps the view for the next time, None to keep none.
        host_ended: how the dashboard's own host ended, in words; "" while it runs, or is not its own.
        line: to the terminal, None if there is none.
        client: the host's, None for one on the socket.
        hosts: what is looked at instead, if there are any.
        collector: collects garbage, None to leave that to the interpreter.
        clock: the wall clock, epoch seconds.
    """

    socket: Path
    refresh_hz: float
    theme: str
    log: Path
    keymap: Mapping[str, str] = field(default_factory=dict)
    preview_every_s: float = 2.0
    environment: str = ""
    glyphs: Glyphs = field(default_factory=lambda: chosen(GlyphChoice.AUTO))
    animate: bool = True
    stops_host: bool = False
    access: Access = Access.FULL
    views: "ViewFile | None" = None
    host_ended: Callable[[], str] = str
    line: "TerminalWatcher | None" = None
    client: "HostClient | None" = None
    hosts: "tuple[NamedHost, ...]" = ()
    collector: "QuietCollector | None" = None
    clock: Callable[[], float] = time.time
