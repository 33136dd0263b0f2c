"""The host as a process: in what order it starts, and in what order it ends."""

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from browser_host import logs
from browser_host.api.peer import RULE
from browser_host.api.peers import AllowedUids
from browser_host.api.server import ApiServer
from browser_host.api.socket import HostSocket
from browser_host.browsers.install import ensure_browser
from browser_host.browsers.log import Log
from browser_host.browsers.orphans import end_orphans
from browser_host.browsers.pool import Pool
from browser_host.browsers.record import beside
from browser_host.config import paths
from browser_host.config.choices import OnExit
from browser_host.config.models import Settings
from browser_host.config.options import HostOptions
from browser_host.config.unheeded import unheeded
from browser_host.errors import Exit, WatchdeckError
from browser_host.journal.errors import JournalUnavailable
from browser_host.protocol.instructions import EndSession
from browser_host.sessions.instant import system_clock
from browser_host.sessions.session import Source
from browser_host.simulator.server import Simulator
from browser_host.simulator.settings import SimulatorSettings
from browser_host.supervisor.assembly import assembled
from browser_host.supervisor.bringing_back import bring_back, remember
from browser_host.supervisor.giving import give
from browser_host.supervisor.handover import closing_journal, identity_key, open_journal
from browser_host.supervisor.identity import Identities
from browser_host.supervisor.new_session import NewSession
from browser_host.supervisor.notify import notifier_of
from browser_host.supervisor.recovery import Recovery
from browser_host.supervisor.reload import Reload
from browser_host.supervisor.scribe import Scribe
from browser_host.supervisor.serving import Serving
from browser_host.supervisor.signals import HostSignals
from browser_host.supervisor.supervisor import Supervisor
from browser_host.supervisor.traces import place_of
from browser_host.supervisor.translation import sessions_of

CLOSE_HOSTING_S = 4.0
"""Seconds for pages, browsers and drivers to close; with what ends before them it stays below ten."""

END_ALL_S = 2.5
"""Seconds for the sessions to end where `host.on_exit` is `end`."""


def run_host(settings: Settings, options: HostOptions, read: Callable[[], Settings]) -> int:
    """Runs a host in the foreground until it is told to end, and returns the command's exit code.

    Prints one line of JSON on stdout when it serves; its talk goes to stderr and its log.

    Args:
        read: reads the settings anew, for a reload; called in a thread.

    Raises:
        HostRunning: another host serves the socket.
        BrowserUnavailable: no browser could be found, got or started.
        WatchdeckError: anything else that keeps it from starting, in plain words.
    """
    with (
        logs.configure(settings.log.path, settings.log.level.value) as log,
        HostSocket(settings.host.socket) as socket,
    ):
        asyncio.run(_run(settings, options, read, socket, log))
    return Exit.OK


async def _run(
    settings: Settings, options: HostOptions, read: Callable[[], Settings], socket: HostSocket, log: Log
) -> None:
    notifier = notifier_of(os.environ, log)
    signals = HostSignals(notifier.stopping, log)
    signals.listen(lifeline=options.lifeline)
    for sentence in unheeded(settings):
        _say(sentence)
    await end_orphans(beside(socket.path), log)
    found = await asyncio.to_thread(ensure_browser, settings.browser.executable, _say)
    key = identity_key(paths.state_dir() / "ids.key", log, _say)
    parts = assembled(settings, options, found.executable, key, log=log, notifier=notifier, stop=signals.stop)
    supervisor = parts.supervisor
    async with contextlib.AsyncExitStack() as stack:
        stack.callback(notifier.close)
        await stack.enter_async_context(
            closing_journal(parts.journal, parts.scribe, signals.was_terminated, log)
        )
        stack.push_async_callback(_close_hosting, parts.pool, supervisor, log)
        recovery = await open_journal(parts.journal, place_of(socket.path), log, _say)
        if options.simulate is not None:  # simulated sessions are others at every start
            recovery = Recovery(last_number=recovery.last_number)
        remember(recovery, supervisor, parts.rest, system_clock)
        await parts.pool.start()
        allowed = AllowedUids(settings.host.allow_uids)
        serving = Serving(lambda: ApiServer(parts.service, allowed), socket, log, signals.stop)
        await stack.enter_async_context(serving.running())
        if parts.rest is not None:
            await stack.enter_async_context(parts.rest.working(supervisor.receive))
        sessions = await _sessions(settings, options, stack)
        stack.callback(parts.feed.close)  # before all else: who reads it would keep the server waiting
        _say_ready(socket.path)
        log.info("host.started", pid=os.getpid(), socket=str(socket.path), sessions=len(sessions))
        for session in sessions:
            _add(supervisor, session, log)
        bring_back(recovery, supervisor, Identities(key), parts.scribe, log)
        reload = Reload(
            settings,
            read,
            signals.reload_asked,
            rules=parts.rules,
            supervisor=supervisor,
            add=lambda session: _add(supervisor, session, log),
            hosts_sessions=options.simulate is None,
            scribe=parts.scribe,
            notifier=notifier,
            log=log,
            changed=parts.resync,
        )
        await stack.enter_async_context(reload.listening())
        notifier.ready()
        async with asyncio.TaskGroup() as group:
            group.create_task(parts.warden.run(signals.stop_asked), name="warden")
            if parts.scout is not None:
                group.create_task(parts.scout.run(signals.stop_asked), name="scout")
        # While clients can still be told, and before all are ended: a pending end keeps another one off.
        supervisor.abandon()
        if reload.settings.host.on_exit is OnExit.END:
            await _end_all(supervisor, parts.scribe, log)
    log.info("host.stopped")


async def _sessions(
    settings: Settings, options: HostOptions, stack: contextlib.AsyncExitStack
) -> list[NewSession]:
    if options.simulate is None:
        return sessions_of(settings)
    simulator = await stack.enter_async_context(
        Simulator(SimulatorSettings(sessions=options.simulate, rate=options.rate, seed=options.seed))
    )
    return [
        NewSession(link=one.link, source=Source.SIMULATOR, label=one.label, visitor=one.id)
        for one in simulator.sessions
    ]


def _add(supervisor: Supervisor, session: NewSession, log: Log) -> None:
    try:
        supervisor.add(session)
    except WatchdeckError as error:
        log.warning("session.not_added", label=session.label, why=str(error))
        _say(f"{session.label}: {error}")


async def _end_all(supervisor: Supervisor, scribe: Scribe, log: Log) -> None:
    dispatch = supervisor.dispatch
    drafts = [
        dispatch.draft(session, EndSession(), RULE, delay_s=0, confirm_within_s=END_ALL_S)
        for session in supervisor.fleet
    ]
    try:
        given = await give(drafts, RULE, supervisor.fleet, dispatch, scribe)
    except JournalUnavailable as error:
        log.warning("host.did_not_end_sessions", why=str(error))
        return
    try:
        async with asyncio.timeout(END_ALL_S + 0.5):
            entries = await asyncio.gather(*(dispatch.settle(one) for one in given))
    except TimeoutError:
        log.warning("host.ended_sessions_unknown")
        return
    log.info("host.ended_sessions", states=sorted(entry.state.value for entry in entries if entry))


async def _close_hosting(pool: Pool, supervisor: Supervisor, log: Log) -> None:
    supervisor.close()
    await pool.close(CLOSE_HOSTING_S)
    log.info("host.browsers_closed")


def _say_ready(socket: Path) -> None:
    _write(sys.stdout, json.dumps({"ready": True, "socket": str(socket), "pid": os.getpid()}))


def _say(text: str) -> None:
    _write(sys.stderr, f"watchdeck: {text}")


def _write(stream: TextIO, line: str) -> None:
    try:
        stream.write(f"{line}\n")
        stream.flush()
    except OSError:
        # The terminal or whoever started the host is gone; the host goes on, and speaks to nobody there.
        with open(os.devnull, "wb") as nowhere:  # noqa: PTH123 - a descriptor is wanted
            os.dup2(nowhere.fileno(), stream.fileno())
