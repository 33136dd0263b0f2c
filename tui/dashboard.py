"""Opens the dashboard on a host, its own or a running one, and says afterwards what became of that host."""

import os
import shlex
import socket as sockets
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from browser_host import logs
from browser_host.cli.invocation import Invocation
from browser_host.cli.output import say
from browser_host.config import paths
from browser_host.config.clients.client_settings import ClientSettings
from browser_host.config.clients.host_address import HostAddress
from browser_host.errors import Exit
from tui.host.deck import Access

if TYPE_CHECKING:
    from browser_host.hosts.named_host import NamedHost
    from tui.app import WatchdeckApp
    from tui.host.owned_host import OwnedHost
    from tui.replay.playback import Playback
    from tui.replay.recording_index import Recording
    from tui.setup import Setup
    from tui.terminal import TerminalWatcher

READ_ONLY = "--read-only"
"""The flag of a dashboard, and of the host that it starts, that changes nothing."""

CONNECT_S = 1.0
"""Seconds to find out whether somebody serves a socket of this machine."""

FRAMES, FRAMES_OVER_SSH = 120, 60
"""Pictures a second at most, and only where something changed: a key's echo waits for up to two of them."""

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
    from browser_host.cli import launch  # noqa: PLC0415 - `attach` starts no host

    return launch.arguments(replace(invocation, socket=str(socket)), "--lifeline", *further)


def attach(settings: ClientSettings, *, read_only: bool = False) -> int:
    """The dashboard on a running host, which goes on after it.

    Args:
        read_only: nothing is offered that changes a session.
    """
    return _open(settings, settings.socket, None, settings.tui.environment, read_only=read_only)


def attach_all(settings: ClientSettings, hosts: Sequence[HostAddress], *, read_only: bool = False) -> int:
    """The dashboard on configured hosts, which go on after it.

    Args:
        hosts: several, or one, which then needs no name.
        read_only: nothing is offered that changes a session.
    """
    from browser_host.hosts.connecting import named_hosts  # noqa: PLC0415 - it loads httpx
    from browser_host.hosts.ssh_line import private_folder  # noqa: PLC0415 - as above

    shown = hosts if len(hosts) > 1 else [replace(hosts[0], name="")]
    with private_folder() as folder:
        named = named_hosts(shown, "tui", folder)
        return _open(settings, hosts[0].socket, None, settings.tui.environment, named, read_only=read_only)


def own(settings: ClientSettings, host_arguments: tuple[str, ...], view: str | None = None) -> int:
    """The dashboard on a host of its own, which ends with it.

    Args:
        settings: the configuration.
        host_arguments: the host's command line.
        view: the name that the view is kept under, None for the environment's.

    Raises:
        HostDidNotStart: with what it said.
    """
    from browser_host.cli.launch import TALK, HostCommand  # noqa: PLC0415 - `attach` starts no host
    from tui.host import owned_host  # noqa: PLC0415 - as above

    _say("starting the host …")
    talk = settings.log.with_name(TALK)
    host = owned_host.start(HostCommand(host_arguments, talk), say)
    try:
        name = settings.tui.environment if view is None else view
        code = _open(settings, host.socket, host, name, read_only=READ_ONLY in host_arguments)
    except BaseException:
        _stop(host)
        raise
    if code is Exit.INTERRUPTED:
        host.let_go()  # nobody is there to wait with
    elif code is Exit.FAILED and host.exit_code() is None:
        # The sessions are not to pay for a fault of the screen: the operator decides about the host.
        host.leave_running()
        command = f"watchdeck --socket {shlex.quote(str(host.socket))}"
        _say(f"the host keeps running (pid {host.pid}); attach: {command} attach; stop: {command} stop")
    else:
        _stop(host)
    return code


def _stop(host: "OwnedHost") -> None:
    from browser_host.cli.launch import StopResult  # noqa: PLC0415 - as above

    if host.exit_code() is None:
        _say("stopping the host …")
        ending = host.close()
        _say("host stopped" if ending is StopResult.IN_ORDER else f"host {ending.value}")
    else:
        host.close()


def replay(settings: ClientSettings, recording: "Recording", playback: "Playback") -> int:
    """The dashboard on a recording, without any host."""

    def make(setup: "Setup") -> "WatchdeckApp":
        from tui.replay.replay_app import ReplayApp  # noqa: PLC0415 - see `_run`

        return ReplayApp(setup, recording, playback)

    app, line = _run(settings, settings.socket, make)
    if line.is_lost:
        return Exit.INTERRUPTED
    return Exit.FAILED if app.return_code else Exit.OK


def _open(
    settings: ClientSettings,
    socket: Path,
    host: "OwnedHost | None",
    view: str,
    hosts: tuple["NamedHost", ...] = (),
    *,
    read_only: bool,
) -> int:
    def make(setup: "Setup") -> "WatchdeckApp":
        from tui.app import WatchdeckApp  # noqa: PLC0415 - see `_run`
        from tui.view.saved_view import ViewFile  # noqa: PLC0415 - see `_run`

        return WatchdeckApp(
            replace(
                setup,
                stops_host=host is not None,
                access=Access.READ_ONLY if read_only else Access.FULL,
                views=ViewFile(paths.state_dir() / "view.json", view),
                host_ended=lambda: _how_it_ended(host),
                hosts=hosts,
            )
        )

    app, line = _run(settings, socket, make)
    if line.is_lost:
        _say("connection to the terminal lost; the host " + ("keeps running" if host is None else "stops"))
        return Exit.INTERRUPTED
    if app.return_code:
        return Exit.FAILED
    if hosts:
        _say("detached; the hosts keep running" if app.attached else "left; connection to the hosts lost")
    elif host is None:
        pid = f" (pid {app.deck.host.pid})" if app.deck.host else ""
        _say(
            f"detached; the host keeps running{pid}"
            if app.attached
            else f"left; connection to the host on {socket} lost"
        )
    elif host.exit_code() is not None:
        _say(_how_it_ended(host))
        return Exit.FAILED
    return Exit.OK


def _run(
    settings: ClientSettings, socket: Path, make: Callable[["Setup"], "WatchdeckApp"]
) -> "tuple[WatchdeckApp, TerminalWatcher]":
    """Run a dashboard to its end; a failure of it is told in one sentence."""
    remote = "SSH_CONNECTION" in os.environ
    # Before the first import of Textual, which reads it once.
    os.environ.setdefault("TEXTUAL_FPS", str(FRAMES_OVER_SSH if remote else FRAMES))
    colorless = "NO_COLOR" in os.environ  # the app takes it out of the environment
    from tui.quiet_collector import QuietCollector  # noqa: PLC0415 - see above
    from tui.setup import Setup  # noqa: PLC0415 - see above
    from tui.style import glyphs, theme  # noqa: PLC0415 - see above
    from tui.terminal import TerminalWatcher  # noqa: PLC0415 - see above

    log = settings.log.with_name("tui.log")
    line, collector = TerminalWatcher(sys.stdin.fileno()), QuietCollector()
    with logs.capture(log, settings.log_level.value):
        app = make(
            Setup(
                socket=socket,
                refresh_hz=settings.tui.refresh_hz or REFRESH_HZ,
                theme=settings.tui.theme or theme.default_theme(os.environ, colorless=colorless),
                log=log,
                keymap=settings.tui.keymap,
                preview_every_s=settings.tui.preview_every,
                environment=settings.tui.environment,
                glyphs=glyphs.chosen(settings.tui.glyphs),
                animate=not remote,
                line=line,
                collector=collector,
            )
        )
        collector.begin(time.monotonic())
        try:
            app.run()
        except Exception as error:  # noqa: BLE001 - told in one sentence, and whole in the log
            _say(app.failed(error))
    return app, line


def _how_it_ended(host: "OwnedHost | None") -> str:
    code = host.exit_code() if host else None
    if host is None or code is None:
        return ""
    how = f"was ended by signal {-code}" if code < 0 else f"ended with exit code {code}"
    return f"the host {how}; its output is in {host.log}"


def _say(text: str) -> None:
    say(f"watchdeck: {text}")
