"""One host per journal: two would host every session twice, and settle each other's ends."""

import fcntl
import json
import os
from pathlib import Path
from types import TracebackType
from typing import Self

from browser_host import private_files
from browser_host.errors import HostRunning

_CONTENT_LIMIT = 4096


class StateLock:
    """A lock next to the journal; it ends with its process, however that dies.

    The socket's lock is not enough: cron and `su` unset `XDG_RUNTIME_DIR`, so the second host
    would not see the first one's socket.

    Args:
        journal: `journal.path`.
        socket: the one this host serves; shown to a second host.

    Raises:
        HostRunning: another host holds the lock; the message names its socket and process.
    """

    def __init__(self, journal: Path, socket: Path) -> None:
        self.problem = ""
        """Why nothing is locked, or an empty text; a host can run without a journal and its lock."""
        self._descriptor: int | None = None
        path = journal.with_name(f"{journal.name}.lock")
        try:
            private_files.make_folder(path.parent)
            self._descriptor = private_files.open_plain(path, os.O_RDWR | os.O_CREAT)
            _take(self._descriptor, journal, socket)
        except HostRunning:
            self.close()
            raise
        except OSError as error:
            self.close()
            self.problem = (
                f"the lock {path} can't be used: {error.strerror}; a second host would go unnoticed"
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Release the lock; its file stays, because another host may have locked it already."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def _take(descriptor: int, journal: Path, socket: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        first = _holder(os.pread(descriptor, _CONTENT_LIMIT, 0))
        raise HostRunning(f"{first} already uses the journal {journal}; stop it first") from None
    content = json.dumps({"pid": os.getpid(), "socket": str(socket)}).encode()
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, content, 0)


def _holder(content: bytes) -> str:
    try:
        told = json.loads(content)
        return f"a host (pid {int(told['pid'])}, socket {str(told['socket'])!r})"
    except (ValueError, KeyError, TypeError):
        return "another host"  # it has just taken the lock and not written yet
