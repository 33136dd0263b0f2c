"""The host as a process: the order in which it starts and stops."""

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import TextIO

from browser_host import logs
from browser_host.api.peer import RULE
from browser_host.api.peers import AllowedUids
from browser_host.api.server import ApiServer
from browser_host.api.socket import HostSocket
from browser_host.api.socket_access import obstacles
from browser_host.browsers.install.download import ensure_browser
from browser_host.browsers.log import Log
from browser_host.browsers.pool import Pool
from browser_host.browsers.process.orphans import end_orphans
from browser_host.browsers.process.pidfile import beside
from browser_host.config import paths
from browser_host.config.choices import OnExit
from browser_host.config.models import Settings
from browser_host.config.options import HostOptions
from browser_host.config.state_lock import StateLock
from browser_host.errors import BrowserUnavailable, Exit, WatchdeckError
from browser_host.journal.errors import JournalUnavailable
from browser_host.notify import undelivered
from browser_host.notify.outbox import Outboxes
from browser_host.protocol.page_instructions import EndSession
from browser_host.sessions.clock import system_clock
from browser_host.sessions.session import Source
from browser_host.simulator.settings import SimulatorSettings
from browser_host.supervisor.audit.records import place_of
from browser_host.supervisor.audit.replay import Recovery
from browser_host.supervisor.new_session import NewSession
from browser_host.supervisor.process.api_runner import ApiRunner
from browser_host.supervisor.process.from_settings import delivery_targets, sessions_of
from browser_host.supervisor.process.garbage import freeze_start
from browser_host.supervisor.process.reload import Reload
from browser_host.supervisor.process.sd_notify import notifier_of
from browser_host.supervisor.process.signals import HostSignals
from browser_host.supervisor.process.startup import (
    bring_back,
    closing_journal,
    identity_key,
    open_journal,
    recovered_alerts,
    remember,
)
from browser_host.supervisor.process.wiring import Parts, assembled
from browser_host.supervisor.session_ids import SessionIds
from browser_host.supervisor.supervisor import Supervisor

CLOSE_HOSTING_S = 4.0
"""Seconds for pages, browsers and drivers to close; with the steps before, stopping takes less than ten."""

END_ALL_S = 2.5
"""Seconds for the sessions to end if `host.on_exit` is `end`."""


def run_host(settings: Settings, options: HostOptions, read: Callable[[], Settings]) -> int:
    """Run a host in the foreground until it is asked to stop, and return the command's exit code.

    Prints one line of JSON on stdout when it serves; messages go to stderr and its log.

    Args:
        read: reads the settings again, for a reload; called in a thread.

    Raises:
        HostRunning: another host serves the socket, or writes the journal.
        BrowserUnavailable: no browser could be found, installed or started.
        WatchdeckError: anything else that prevents the start.
    """
    with (
        logs.configure(settings.log.path, settings.log.level.value) as log,
        HostSocket(settings.host.socket, settings.host.allow_uids) as socket,
        contextlib.ExitStack() as stack,
    ):
        if options.simulate is None:  # a demo next to a host hosts no session twice
            lock = stack.enter_context(StateLock(settings.journal.path, settings.host.socket))
            if lock.problem:
                log.warning("state.not_locked", problem=lock.problem)
        asyncio.run(_run(settings, options, read, socket, log))
    return Exit.OK


async def _run(
    settings: Settings, options: HostOptions, read: Callable[[], Settings], socket: HostSocket, log: Log
) -> None:
    notifier = notifier_of(os.environ, log)
    signals = HostSignals(notifier.stopping, log)
    signals.listen(lifeline=options.lifeline)
    _say_what_does_not_work(settings, socket.path)
    await end_orphans(beside(socket.path), log)
    executable = await asyncio.to_thread(_executable, settings)
    key = identity_key(paths.state_dir() / "ids.key", log, _say)
    parts = assembled(settings, options, executable, key, log=log, notifier=notifier, stop=signals.stop)
    supervisor = parts.supervisor
    async with contextlib.AsyncExitStack() as stack:
        stack.callback(notifier.close)
        await stack.enter_async_context(
            closing_journal(parts.journal, parts.recorder, signals.was_terminated, log)
        )
        stack.push_async_callback(_close_hosting, parts.pool, supervisor, log)
        recovery = await open_journal(parts.journal, place_of(socket.path), log, _say)
        if options.simulate is not None:  # simulated sessions differ at every start
            recovery = Recovery(last_number=recovery.last_number)
        remember(recovery, supervisor, parts.rest, system_clock)
        try:
            await parts.pool.start()
        except BrowserUnavailable:
            if signals.stop_asked.is_set():
                return  # a signal to the whole process group stops the driver too
            raise
        allowed = AllowedUids(settings.host.allow_uids)
        serving = ApiRunner(lambda: ApiServer(parts.service, allowed), socket, log, signals.stop)
        await stack.enter_async_context(serving.running())
        if parts.rest is not None:
            await stack.enter_async_context(parts.rest.working(supervisor.receive))
        await stack.enter_async_context(_alerting(settings, options, parts, log))
        sessions = await _sessions(settings, options, stack)
        stack.callback(parts.feed.close)  # first: readers would keep the server waiting
        _say_ready(socket.path)
        log.info("host.started", pid=os.getpid(), socket=str(socket.path), sessions=len(sessions))
        for session in sessions:
            _add(supervisor, session, log)
        bring_back(recovery, supervisor, SessionIds(key), parts.recorder, log)
        reload = Reload(
            settings,
            read,
            signals.reload_asked,
            policy=parts.policy,
            supervisor=supervisor,
            add=lambda session: _add(supervisor, session, log),
            hosts_sessions=options.simulate is None,
            outboxes=parts.alert_watch.outboxes,
            recorder=parts.recorder,
            notifier=notifier,
            log=log,
            changed=parts.resync,
        )
        await stack.enter_async_context(reload.listening())
        freeze_start()
        notifier.ready()
        async with asyncio.TaskGroup() as group:
            group.create_task(parts.auto_end.run(signals.stop_asked), name="auto_end")
            group.create_task(parts.alert_watch.run(signals.stop_asked), name="alerts")
            if parts.poller is not None:
                group.create_task(parts.poller.run(signals.stop_asked), name="poller")
            if parts.visitors is not None:
                group.create_task(parts.visitors.run(signals.stop_asked), name="visitors")
        # While clients still get events, and before all are ended: a pending end blocks another one.
        supervisor.abandon()
        if reload.settings.host.on_exit is OnExit.END:
            await _end_all(supervisor, log)
    log.info("host.stopped")


@contextlib.asynccontextmanager
async def _alerting(settings: Settings, options: HostOptions, parts: Parts, log: Log) -> AsyncIterator[None]:
    """Take over how the alerts of the previous host stood, and send announcements while the context lasts."""
    outboxes = parts.alert_watch.outboxes
    is_real = options.simulate is None
    if is_real and settings.alerts:
        place = place_of(settings.host.socket)
        parts.alert_watch.restore(await recovered_alerts(parts.journal, place, log))
    async with outboxes.working():
        outboxes.configure(delivery_targets(settings))
        if is_real:
            _put_back(outboxes, log)
        yield
    if is_real:
        _keep_undelivered(outboxes, log)


def _put_back(outboxes: Outboxes, log: Log) -> None:
    try:
        outboxes.put_back(undelivered.take(_undelivered_file(), system_clock().wall))
    except (OSError, ValueError) as error:
        log.warning("alert.not_recovered", why=str(error))


def _keep_undelivered(outboxes: Outboxes, log: Log) -> None:
    try:
        undelivered.keep(_undelivered_file(), outboxes.take_waiting(), system_clock().wall)
    except OSError as error:
        log.warning("alert.not_kept", why=str(error))


def _undelivered_file() -> Path:
    return paths.state_dir() / "undelivered.json"


def _executable(settings: Settings) -> Path | None:
    """The browser's program, installed if there is none; None if no browser is started on this machine."""
    if not settings.browser.is_local:
        return None
    return ensure_browser(settings.browser.executable, _say).executable


def _say_what_does_not_work(settings: Settings, socket: Path) -> None:
    for obstacle in obstacles(socket, settings.host.allow_uids):
        _say(f"host.allow_uids: {obstacle.text} ({obstacle.advice})")


async def _sessions(
    settings: Settings, options: HostOptions, stack: contextlib.AsyncExitStack
) -> list[NewSession]:
    if options.simulate is None:
        return sessions_of(settings)
    from browser_host.simulator.server import Simulator  # noqa: PLC0415 - few hosts are a demonstration

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


async def _end_all(supervisor: Supervisor, log: Log) -> None:
    instructions = supervisor.instructions
    drafts = [
        instructions.prepare(session, EndSession(), RULE, delay_s=0, confirm_within_s=END_ALL_S)
        for session in supervisor.store
    ]
    try:
        given = await instructions.submit(drafts, RULE)
    except JournalUnavailable as error:
        log.warning("host.did_not_end_sessions", why=str(error))
        return
    try:
        async with asyncio.timeout(END_ALL_S + 0.5):
            entries = await asyncio.gather(*(instructions.wait(one) for one in given))
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
        # The terminal or the parent process is gone; the host continues without output.
        with open(os.devnull, "wb") as nowhere:  # noqa: PTH123 - a descriptor is wanted
            os.dup2(nowhere.fileno(), stream.fileno())
