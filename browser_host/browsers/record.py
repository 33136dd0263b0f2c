"""Which processes this host started, kept beside its socket: what the next host there ends of a dead one."""

import contextlib
import os
import stat
from collections.abc import Collection
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from browser_host.browsers import processes
from browser_host.browsers.log import Log
from browser_host.browsers.processes import Process

LIMIT = 1 << 18
"""Bytes of a record that is read; four browsers with all their pages take a tenth of it."""

_MOST = 4_096
_LARGEST = 1 << 22
"""The kernel's own limit for the numbers of processes (`pid_max`, proc(5))."""
_BOOT = Path("/proc/sys/kernel/random/boot_id")
_NAMESPACE = Path("/proc/self/ns/pid")


class _Noted(BaseModel):
    """A process as it is written down; `pid` and `started` together are never another's."""

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
    """What a host wrote down of itself.

    Args:
        kernel: which boot of which kernel, and which numbering of processes, the numbers below are of.
        host: its own process.
        started: the drivers and browsers that it started and had not seen end.
    """

    model_config = ConfigDict(strict=True, frozen=True)

    kernel: str = Field(max_length=200)
    host: _Noted
    started: Annotated[list[_Noted], Field(max_length=_MOST)]

    def processes(self) -> frozenset[Process]:
        """What it started, without the number that is never a host's child."""
        return frozenset(one.process() for one in self.started if one.pid > 1)


class Unusable(Exception):  # noqa: N818 - says what it is
    """A record that nobody can rely on, and why."""


def beside(socket: Path) -> Path:
    """The record of the host that serves a socket."""
    return socket.with_name(f"{socket.name}.browsers")


def kernel() -> str | None:
    """Which boot this is and which numbering of processes; None where the kernel does not say."""
    try:
        return f"{_BOOT.read_text().strip()} {_NAMESPACE.readlink()}"
    except OSError:
        return None


def read(path: Path) -> Record | None:
    """The record at a path, or None where there is none.

    Raises:
        Unusable: it is no plain file that this user alone may write, or holds something else.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Unusable(f"it can't be opened ({error.strerror})") from error
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid() or found.st_nlink != 1:
            raise Unusable("it is no plain file of this user's own")
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
        raise Unusable("it holds something else") from None


def clear(path: Path) -> None:
    """Takes a record away: nothing that it names runs any more."""
    path.unlink(missing_ok=True)


class BrowserRecord:
    """Writes down what this host started; with no `/proc` nothing can be told apart, and nothing is written.

    A record that can't be written is no reason to be without a browser: it is logged, and that is all.

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
        """Writes down what runs for the browser with this number, in place of what was known of it."""
        self._started[browser] = frozenset(started)
        self._write()

    def strike(self, browser: int) -> None:
        """Nothing runs for the browser with this number any more."""
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
                _replace(self._path, record.model_dump_json().encode("ascii"))
            else:
                clear(self._path)
        except OSError as error:
            self._log.warning("browser.not_recorded", path=str(self._path), why=error.strerror)


def _replace(path: Path, content: bytes) -> None:
    """Whole or not at all; nothing is synced, for what a power cut leaves is of an earlier boot."""
    draft = path.with_name(f"{path.name}.new")
    with contextlib.suppress(FileNotFoundError):  # the usual case: nobody died while writing one
        draft.unlink()
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    draft.replace(path)
