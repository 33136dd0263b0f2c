"""Start a host in its own process, wait until it serves, and stop one that does not.

The dashboard keeps its host's stdin open (`tui.host.owned_host`); `watchdeck host --detach` does not.
"""

import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import IO, Any

from browser_host import private_files
from browser_host.cli.invocation import Invocation
from browser_host.errors import Exit, WatchdeckError
from browser_host.protocol.text import printable

READY_WITHIN_S = 180.0
"""Seconds to the ready line: a first run downloads a browser."""

TERM_WITHIN_S = 3.0
"""Seconds between SIGTERM and SIGKILL."""

TALK = "host-talk.log"
"""The file next to the host's log for its stderr; the log itself is rotated."""

TALK_BYTES = 1_000_000
"""Bytes after which the next host starts the stderr file from empty; a host writes a few lines."""

_LOOK_EVERY_S = 0.1
"""Seconds between reads of the child's output while it starts."""

_LINE_LIMIT = 2_000
"""Characters shown of a line of the child's output."""

_READY_LINE_LIMIT = 64 * 1024
"""Bytes of stdout read in search of the ready line."""


class StopResult(Enum):
    """How a host that was asked to stop ended."""

    IN_ORDER = "stopped"
    TERMINATED = "stopped by SIGTERM because it did not exit in time"
    KILLED = "killed because it did not react to SIGTERM"


class HostDidNotStart(WatchdeckError):  # noqa: N818 - says what it is
    """The child ended, or reported nothing, before it served.

    Args:
        text: what happened, and where the host's output is.
        exit_code: the child's, if it is one of the contract's.
    """

    def __init__(self, text: str, exit_code: int) -> None:
        super().__init__(text)
        self.exit_code = Exit(exit_code) if exit_code in set(Exit) and exit_code else Exit.FAILED


@dataclass(frozen=True, slots=True)
class HostCommand:
    """How to start the child.

    Args:
        arguments: what follows `python -m browser_host`.
        log: the file that gets the child's stderr.
        program: the interpreter and its module; with `-P`, so that a file in the working directory can't
            replace a module.
    """

    arguments: Sequence[str]
    log: Path
    program: Sequence[str] = (sys.executable, "-P", "-m", "browser_host")


@dataclass(frozen=True, slots=True)
class Launched:
    """A child that serves, leader of a session and process group of its own.

    Args:
        ready: its ready line.
    """

    process: "subprocess.Popen[bytes]"
    ready: Mapping[str, Any]


def arguments(invocation: Invocation, *further: str) -> tuple[str, ...]:
    """The command line of a host for this call.

    Args:
        invocation: the options that this call was given.
        further: options of the `host` command.
    """
    config = ("--config", str(invocation.config)) if invocation.config else ()
    socket = ("--socket", invocation.socket) if invocation.socket else ()
    return ("host", *config, *socket, *further)


def launch(
    command: HostCommand, say: Callable[[str], None], *, stdin: int, ready_within_s: float = READY_WITHIN_S
) -> Launched:
    """Start a host and wait until it serves.

    Args:
        command: what to run.
        say: called with each line that the child writes while it starts.
        stdin: the child's: `PIPE` if closing it must stop the child, else `DEVNULL`.
        ready_within_s: seconds until it must serve.

    Raises:
        HostDidNotStart: it ended, wrote something else, or did not serve in time and was stopped; or its
            output can't be written.
    """
    with _opened(command.log) as log:
        if log.tell() > TALK_BYTES:
            log.truncate(0)
            log.seek(0)
        heard_from = log.tell()
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [*command.program, *command.arguments],
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,  # signals of the terminal do not reach it
        )
    if process.stdout is None:
        raise RuntimeError("Popen returned no pipe though one was requested")
    talk = _Talk(command.log, heard_from, say)
    try:
        ready = _wait_ready(process, process.stdout, talk, ready_within_s)
    except BaseException:  # ctrl+c too: a child without an owner must not be left
        end(process, TERM_WITHIN_S, TERM_WITHIN_S)
        raise
    finally:
        process.stdout.close()
    return Launched(process, ready)


def end(process: "subprocess.Popen[bytes]", close_within_s: float, term_within_s: float) -> StopResult:
    """End a child by the gentlest means that works, within both deadlines.

    Args:
        close_within_s: seconds after its lifeline closes; a child without one gets SIGTERM at once.
        term_within_s: seconds from SIGTERM to SIGKILL.
    """
    steps: list[tuple[StopResult, int | None, float]] = [
        (StopResult.TERMINATED, signal.SIGTERM, term_within_s)
    ]
    if process.stdin is not None:
        process.stdin.close()
        steps.insert(0, (StopResult.IN_ORDER, None, close_within_s))
    for ending, urge, within_s in steps:
        if urge is not None:
            process.send_signal(urge)
        try:
            process.wait(within_s)
        except subprocess.TimeoutExpired:
            continue
        return ending
    # It was not waited for yet, so its pid is not reused; its process group includes its browser.
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return StopResult.KILLED


def _opened(file: Path) -> IO[bytes]:
    """The file for the child's output: a regular file of ours, neither a symlink nor a pipe."""
    try:
        private_files.make_folder(file.parent)
        return os.fdopen(private_files.open_plain(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT), "ab")
    except OSError as error:
        why = f"can't write the host's output to {file}: {error.strerror}"
        raise HostDidNotStart(why, Exit.FAILED) from error


class _Talk:
    """The child's stderr, read from the log as it grows; unlike a pipe, a file needs no reader later."""

    def __init__(self, log: Path, start: int, say: Callable[[str], None]) -> None:
        self.log = log
        self.heard = False
        self._offset = start
        self._say = say

    def listen(self) -> None:
        """Report the lines added since the last call."""
        with self.log.open("rb") as log:
            log.seek(self._offset)
            new, newline, _ = log.read().rpartition(b"\n")
        self._offset += len(new) + len(newline)
        for line in new.decode("utf-8", "replace").splitlines():
            self.heard = True
            self._say(printable(line, _LINE_LIMIT))


def _wait_ready(
    process: "subprocess.Popen[bytes]", stdout: IO[bytes], talk: _Talk, ready_within_s: float
) -> Mapping[str, Any]:
    deadline = time.monotonic() + ready_within_s
    heard = b""
    with selectors.DefaultSelector() as selector:
        selector.register(stdout, selectors.EVENT_READ)
        while time.monotonic() < deadline:
            closed = False
            if selector.select(_LOOK_EVERY_S):
                chunk = os.read(stdout.fileno(), 4096)
                heard += chunk
                closed = not chunk
            talk.listen()
            if b"\n" in heard or len(heard) > _READY_LINE_LIMIT:
                return _ready_in(heard.partition(b"\n")[0], talk)
            if closed:
                raise _did_not_start(process, talk)
    raise HostDidNotStart(f"the host did not serve within {ready_within_s:.0f} s{_where(talk)}", Exit.FAILED)


def _ready_in(line: bytes, talk: _Talk) -> Mapping[str, Any]:
    try:
        body = json.loads(line)
        if body["ready"] is True and isinstance(body["socket"], str):
            return dict(body)
    except (ValueError, KeyError, TypeError):
        pass  # reported below, like any other unexpected line
    shown = line[:80].decode("utf-8", "replace")
    raise HostDidNotStart(f"expected the host's ready line, got {shown!r}{_where(talk)}", Exit.FAILED)


def _did_not_start(process: "subprocess.Popen[bytes]", talk: _Talk) -> HostDidNotStart:
    try:
        code = process.wait(TERM_WITHIN_S)
    except subprocess.TimeoutExpired:
        return HostDidNotStart(f"the host closed its stdout before it served{_where(talk)}", Exit.FAILED)
    talk.listen()
    how = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
    return HostDidNotStart(f"the host {how} before it served{_where(talk)}", code)


def _where(talk: _Talk) -> str:
    return f"; its output is in {talk.log}" if talk.heard else "; it wrote nothing"
