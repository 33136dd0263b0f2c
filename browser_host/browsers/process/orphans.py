"""End what a dead host left running, as its own record lists it: never a process of others, never by name."""

import asyncio
import os
from collections.abc import Collection
from pathlib import Path

from browser_host.browsers.log import Log
from browser_host.browsers.process import processes
from browser_host.browsers.process.pidfile import Record, Unusable, clear, kernel, read
from browser_host.browsers.process.processes import Process

END_WITHIN_S = 3.0
"""Seconds for them to end: the kernel ends them at once, unless a disk or a device blocks one."""

_LOOK_EVERY_S = 0.02


async def end_orphans(path: Path, log: Log) -> None:
    """End what the host that wrote a record left running; call it only once no host serves its socket.

    Args:
        path: of the record.
    """
    try:
        record = read(path)
    except Unusable as error:
        log.warning("browser.record_ignored", path=str(path), why=str(error))
        return
    if record is None:
        return
    if record.kernel != kernel():
        log.info("browser.record_ignored", path=str(path), why="it was written in another boot or container")
    elif processes.still_run([record.host.process()]):
        log.warning("browser.record_ignored", path=str(path), why="the host that wrote it is still running")
    elif left := await _end(record, log):
        log.warning("browser.orphan_left", pids=sorted(process.pid for process in left))
    else:
        clear(path)


async def _end(record: Record, log: Log) -> frozenset[Process]:
    """End them and what they start meanwhile; return those that did not end."""
    told: set[Process] = set()
    groups: frozenset[int] = frozenset()
    clock = asyncio.get_running_loop()
    deadline = clock.time() + END_WITHIN_S
    while True:
        everything = processes.everything()
        # Kept between rounds: a pid is not reused within so little time.
        groups |= groups_of(record, everything) - {os.getpgrp()}
        left = orphans(record, groups, everything) | frozenset(processes.still_run(told))
        left = frozenset(process for process in left if process.pid != os.getpid())
        if not left or clock.time() > deadline:
            return left
        for process in left - told:
            log.warning("browser.orphan_ended", pid=process.pid, group=process.group)
        told |= left
        processes.kill(left)
        await asyncio.sleep(_LOOK_EVERY_S)


def groups_of(record: Record, everything: Collection[Process]) -> frozenset[int]:
    """The process groups that are proven the dead host's: a process that it recorded in one still runs.

    The kernel reuses the number of an empty group only. The drivers share the group of their host, which
    may hold other processes.

    Args:
        everything: all processes as they are now.
    """
    recorded = {_key(one): one.group for one in record.processes()}
    groups = frozenset(one.group for one in everything if recorded.get(_key(one)) == one.group)
    return groups - {0, 1, record.host.group}


def orphans(record: Record, groups: Collection[int], everything: Collection[Process]) -> frozenset[Process]:
    """The recorded processes that still run, the members of their groups, and the descendants of both.

    Args:
        groups: of `groups_of`.
        everything: all processes as they are now.
    """
    recorded = {_key(one) for one in record.processes()}
    children: dict[int, list[Process]] = {}
    for process in everything:
        children.setdefault(process.parent, []).append(process)
    found: set[Process] = set()
    to_look_at = [one for one in everything if _key(one) in recorded or one.group in groups]
    while to_look_at:
        process = to_look_at.pop()
        if process not in found:
            found.add(process)
            to_look_at += children.get(process.pid, [])
    return frozenset(process for process in found if not process.zombie)


def _key(process: Process) -> tuple[int, int]:
    """The pid and the start time, which together identify a process."""
    return process.pid, process.started
