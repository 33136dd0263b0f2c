"""Ending what a dead host left running, by its own record: nothing of anybody else's, and nothing by name."""

import asyncio
import os
from collections.abc import Collection
from pathlib import Path

from browser_host.browsers import processes
from browser_host.browsers.log import Log
from browser_host.browsers.processes import Process
from browser_host.browsers.record import Record, Unusable, clear, kernel, read

END_WITHIN_S = 3.0
"""Seconds for them to be gone: the kernel ends them at once, unless a disk or a device holds one."""

_LOOK_EVERY_S = 0.02


async def end_orphans(path: Path, log: Log) -> None:
    """Ends what the host that wrote a record left running; to be called once no host serves its socket.

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
        log.info("browser.record_ignored", path=str(path), why="it is of another boot, or another container")
    elif processes.still_run([record.host.process()]):
        log.warning("browser.record_ignored", path=str(path), why="the host that wrote it still runs")
    elif left := await _end(record, log):
        log.warning("browser.orphan_left", pids=sorted(process.pid for process in left))
    else:
        clear(path)


async def _end(record: Record, log: Log) -> frozenset[Process]:
    """Ends them and what they start meanwhile; returns those that would not go."""
    told: set[Process] = set()
    groups: frozenset[int] = frozenset()
    clock = asyncio.get_running_loop()
    deadline = clock.time() + END_WITHIN_S
    while True:
        everything = processes.everything()
        # Kept from look to look: a number is not given away twice within so little time.
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
    """The groups that are surely the dead host's: a process that it recorded in one is still there.

    Only the number of an empty group is ever given away. The drivers share the group of their host, in
    which others may be.

    Args:
        everything: all processes as they are now.
    """
    recorded = {_key(one): one.group for one in record.processes()}
    groups = frozenset(one.group for one in everything if recorded.get(_key(one)) == one.group)
    return groups - {0, 1, record.host.group}


def orphans(record: Record, groups: Collection[int], everything: Collection[Process]) -> frozenset[Process]:
    """The recorded processes that still run, who is in their groups, and all that descends from these.

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
    """Number and beginning: together they are never another process's."""
    return process.pid, process.started
