"""The processes that this host started, in a file beside its socket: if it dies, the next host ends them."""

import os
import stat
from collections.abc import Collection
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from browser_host import private_files
from browser_host.browsers.log import Log
from browser_host.browsers.process import processes
from browser_host.browsers.process.processes import Process

LIMIT = 1 << 18
"""Largest record that is read, in bytes; four browsers with all their pages take a tenth of it."""

_MOST = 4_096
_LARGEST = 1 << 22
"""The kernel's own limit for the numbers of processes (`pid_max`, proc(5))."""
_BOOT = Path("/proc/sys/kernel/random/boot_id")
_NAMESPACE = Path("/proc/self/ns/pid")


class _Noted(BaseModel):
    """A process as recorded; `pid` and `started` together identify it."""

    model_config = ConfigDict(strict=True, frozen=True)

    pid: int = Field(ge=1, le=_LARGEST)
    group: int = Field(ge=0, le=_LARGEST)
    started: int = Field(ge=0)

    @classmethod
    def of(cls, process: Process) -> "_Noted":
        return cls(pid=process.pid, group=process.group, started=process.started)

    def process(self) -> Process:
        return Process(self.pid, 0, self.group, self.started, zombie=False)


class Record(BaseModel):
    """What a host recorded of its processes.

    Args:
        kernel: the boot and the pid namespace in which the numbers below are valid.
        host: its own process.
        started: the drivers and browsers that it started and has not seen end.
    """

    model_config = ConfigDict(strict=True, frozen=True)

    kernel: str = Field(max_length=200)
    host: _Noted
    started: Annotated[list[_Noted], Field(max_length=_MOST)]

    def processes(self) -> frozenset[Process]:
        """What it started, without pid 1, which is never a host's child."""
        return frozenset(one.process() for one in self.started if one.pid > 1)


class Unusable(Exception):  # noqa: N818 - says what it is
    """A record that can't be trusted, and why."""


def beside(socket: Path) -> Path:
    """The record of the host that serves a socket."""
    return socket.with_name(f"{socket.name}.browsers")


def kernel() -> str | None:
    """The boot and the pid namespace; None if the kernel does not report them."""
    try:
        return f"{_BOOT.read_text().strip()} {_NAMESPACE.readlink()}"
    except OSError:
        return None


def read(path: Path) -> Record | None:
    """The record at a path; None if there is no file.

    Raises:
        Unusable: it is not a regular file that only this user may write, or not a record.
    """
    try:
        handle = private_files.open_plain(path, os.O_RDONLY)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Unusable(f"it can't be opened ({error.strerror})") from error
    try:
        found = os.fstat(handle)
        if found.st_uid != os.geteuid() or found.st_nlink != 1:
            raise Unusable("it belongs to another user, or has another name as well")
        if found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            raise Unusable("others may write to it")
        if found.st_size > LIMIT:
            raise Unusable(f"it is longer than {LIMIT} bytes")
        text = os.read(handle, LIMIT)
    except OSError as error:
        raise Unusable(f"it can't be read ({error.strerror})") from error
    finally:
        os.close(handle)
    try:
        return Record.model_validate_json(text)
    except ValueError:
        raise Unusable("it is not a record") from None


def clear(path: Path) -> None:
    """Delete a record, once all that it names has ended."""
    path.unlink(missing_ok=True)


class BrowserRecord:
    """Records what this host started; where the kernel does not report its boot, nothing is written.

    A record that can't be written is logged and does not keep the browser from starting.

    Args:
        path: `beside` the socket that this host serves.
    """

    def __init__(self, path: Path, log: Log) -> None:
        self._path = path
        self._log = log
        self._kernel = kernel()
        self._host = processes.look(os.getpid())
        self._started: dict[int, frozenset[Process]] = {}

    def note(self, browser: int, started: Collection[Process]) -> None:
        """Record what runs for the browser with this number, replacing its earlier record."""
        self._started[browser] = frozenset(started)
        self._write()

    def remove(self, browser: int) -> None:
        """Remove the browser with this number from the record."""
        if self._started.pop(browser, None) is not None:
            self._write()

    def _write(self) -> None:
        if self._kernel is None or self._host is None:
            return
        started = sorted(set().union(*self._started.values()), key=lambda process: process.pid)
        record = Record(
            kernel=self._kernel,
            host=_Noted.of(self._host),
            started=[_Noted.of(process) for process in started][:_MOST],
        )
        try:
            if started:
                # Not durable: after a power cut the record is of an earlier boot.
                private_files.replace(self._path, record.model_dump_json().encode("ascii"), durable=False)
            else:
                clear(self._path)
        except OSError as error:
            self._log.warning("browser.not_recorded", path=str(self._path), why=error.strerror)
