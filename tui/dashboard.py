"""Opens the dashboard on a host, its own or a running one, and says afterwards what became of that host."""

import gc
import os
import socket as sockets
import sys
from dataclasses import replace
from pathlib import Path

from browser_host import logs
from browser_host.cli import launch
from browser_host.cli.invocation import Invocation
from browser_host.cli.launch import TALK, Ending, HostCommand
from browser_host.cli.output import say
from browser_host.config import Settings, paths
from browser_host.errors import Exit
from tui import owned_host
from tui.owned_host import OwnedHost

READ_ONLY = "--read-only"
"""The flag of a dashboard, and of the host that it starts, that changes nothing."""

CONNECT_S = 1.0
"""Seconds to find out whether somebody serves a socket of this machine."""

FRAMES, FRAMES_OVER_SSH = 60, 30
"""Pictures a second at most, and only where something changed: a key's echo waits for up to two of them.

Measured under 1,000 rows and 1,000 events a second, from key to terminal (p99): 66 ms at 30, 28 ms at 60.
"""

REFRESH_HZ = 5.0
"""Deliveries of data a second where the configuration says `auto`; what a key does is shown at once.

With 100 sessions that say 100 words a second the dashboard takes 4.7 % of a core at ten a second, and 3.1 %
at five.
"""


def is_served(socket: Path) -> bool:
    """Whether a host listens on a socket."""
    with sockets.socket(sockets.AF_UNIX, sockets.SOCK_STREAM) as probe:
        probe.settimeout(CONNECT_S)
        try:
            probe.connect(str(socket))
        except OSError:
            return False
        return True


def arguments(invocation: Invocation, socket: Path, *further: str) -> tuple[str, ...]:
    """The command line of a host for this call, which holds on to its lifeline.

    Args:
        invocation: the options that this call was given.
        socket: where the host is to serve.
        further: options of the host's own.
    """
    return launch.arguments(replace(invocation, socket=str(socket)), "--lifeline", *further)


def attach(settings: Settings, *, read_only: bool = False) -> int:
    """The dashboard on a running host, which goes on after it.

    Args:
        read_only: nothing is offered that changes a session.
    """
    return _open(settings, settings.host.socket, None, settings.tui.environment, read_only=read_only)


def own(settings: Settings, host_arguments: tuple[str, ...], view: str | None = None) -> int:
    """The dashboard on a host of its own, which ends with it.

    Args:
        settings: the configuration.
        host_arguments: the host's command line.
        view: the name that the view is kept under, None for the environment's.

    Raises:
        HostDidNotStart: with what it said.
    """
    _say("starting the host …")
    talk = settings.log.path.with_name(TALK)
    host = owned_host.start(HostCommand(host_arguments, talk), say)
    try:
        name = settings.tui.environment if view is None else view
        code = _open(settings, host.socket, host, name, read_only=READ_ONLY in host_arguments)
    except BaseException:
        _stop(host)
        raise
    if code is Exit.INTERRUPTED:
        host.let_go()  # nobody is there to wait with
    else:
        _stop(host)
    return code


def _stop(host: OwnedHost) -> None:
    if host.exit_code() is None:
        _say("stopping the host …")
        ending = host.close()
        _say("host stopped" if ending is Ending.IN_ORDER else f"host {ending.value}")
    else:
        host.close()


def _open(settings: Settings, socket: Path, host: OwnedHost | None, view: str, *, read_only: bool) -> int:
    remote = "SSH_CONNECTION" in os.environ
    # Before the first import of Textual, which reads it once.
    os.environ.setdefault("TEXTUAL_FPS", str(FRAMES_OVER_SSH if remote else FRAMES))
    colorless = "NO_COLOR" in os.environ  # the app takes it out of the environment
    from tui import theme  # noqa: PLC0415 - see above
    from tui.app import Setup, WatchdeckApp  # noqa: PLC0415 - see above
    from tui.line import Line  # noqa: PLC0415 - see above
    from tui.view_file import ViewFile  # noqa: PLC0415 - see above

    log = settings.log.path.with_name("tui.log")
    line = Line(sys.stdin.fileno())
    with logs.configure(log, settings.log.level.value):
        app = WatchdeckApp(
            Setup(
                socket=socket,
                refresh_hz=settings.tui.refresh_hz or REFRESH_HZ,
                theme=settings.tui.theme or theme.default_theme(os.environ, colorless=colorless),
                log=log,
                keymap=settings.tui.keymap,
                environment=settings.tui.environment,
                animate=not remote,
                stops_host=host is not None,
                read_only=read_only,
                views=ViewFile(paths.state_dir() / "view.json", view),
                host_ended=lambda: _how_it_ended(host),
                line=line,
            )
        )
        # What start-up left is never looked through again: a full collection took 25 ms of a key's time.
        gc.collect()
        gc.freeze()
        app.run()
    if line.is_lost:
        _say("the line was lost; the host " + ("goes on" if host is None else "ends by itself"))
        return Exit.INTERRUPTED
    if host is None:
        pid = f" (pid {app.deck.host.pid})" if app.deck.host else ""
        _say(f"detached; the host goes on{pid}" if app.attached else f"left; the host on {socket} was lost")
    elif host.exit_code() is not None:
        _say(_how_it_ended(host))
        return Exit.FAILED
    return app.return_code or Exit.OK


def _how_it_ended(host: OwnedHost | None) -> str:
    code = host.exit_code() if host else None
    if host is None or code is None:
        return ""
    how = f"was ended by signal {-code}" if code < 0 else f"ended with exit code {code}"
    return f"the host {how}; what it said is in {host.log}"


def _say(text: str) -> None:
    say(f"watchdeck: {text}")
