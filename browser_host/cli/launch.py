"""Starts a host in a process of its own, waits until it serves, and ends one that does not.

The dashboard holds on to its host by stdin (`tui.owned_host`); `watchdeck host --detach` lets it go.
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

from browser_host.cli.invocation import Invocation
from browser_host.errors import Exit, WatchdeckError
from browser_host.protocol.text import printable

READY_WITHIN_S = 180.0
"""Seconds to the ready line: a first run downloads a browser."""

TERM_WITHIN_S = 3.0
"""Seconds that SIGTERM is given before SIGKILL."""

TALK = "host-talk.log"
"""The file beside the host's log that gets its stderr: the log itself is rotated under its writer."""

TALK_BYTES = 1_000_000
"""What hosts said is kept up to here, and begun anew by the next one; a host says a few lines."""

_LOOK_EVERY_S = 0.1
"""Seconds between looks at what the child said on its way up."""

_LINE_LIMIT = 2_000
"""Characters of a line that the child says."""

_READY_LINE_LIMIT = 64 * 1024
"""Bytes of stdout read in search of the ready line."""


class Ending(Enum):
    """How a host that was told to stop came to its end."""

    IN_ORDER = "stopped"
    TERMINATED = "stopped by SIGTERM, it did not end by itself"
    KILLED = "killed, it did not answer SIGTERM"


class HostDidNotStart(WatchdeckError):  # noqa: N818 - says what it is
    """The child ended, or said nothing, before it served.

    Args:
        text: what happened, and where it stands what the host said.
        exit_code: the child's, where it ended with one of the contract's.
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
        program: the interpreter and its module; `-P`, for a file in the folder that this was started from
            must not stand in for a module.
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
        further: options of the host's own.
    """
    config = ("--config", str(invocation.config)) if invocation.config else ()
    socket = ("--socket", invocation.socket) if invocation.socket else ()
    return ("host", *config, *socket, *further)


def launch(
    command: HostCommand, say: Callable[[str], None], *, stdin: int, ready_within_s: float = READY_WITHIN_S
) -> Launched:
    """Starts a host and waits until it serves.

    Args:
        command: what to run.
        say: called with each line that the child says on its way up.
        stdin: the child's, `PIPE` for one that is held by it, else `DEVNULL`.
        ready_within_s: seconds it is given.

    Raises:
        HostDidNotStart: it ended, spoke something else, or said nothing in time; nothing of it is left. Or
            what it says could be written nowhere.
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
            start_new_session=True,  # no terminal's signals reach it
        )
    if process.stdout is None:
        raise RuntimeError("Popen gave no pipe where a pipe was asked for")
    talk = _Talk(command.log, heard_from, say)
    try:
        ready = _wait_ready(process, process.stdout, talk, ready_within_s)
    except BaseException:  # ctrl+c too: a child without an owner must not be left
        end(process, TERM_WITHIN_S, TERM_WITHIN_S)
        raise
    finally:
        process.stdout.close()
    return Launched(process, ready)


def end(process: "subprocess.Popen[bytes]", close_within_s: float, term_within_s: float) -> Ending:
    """Ends a child, by the gentlest means that works, within both deadlines and a moment.

    Args:
        close_within_s: seconds from its lifeline's end to its own; a child without one gets SIGTERM at once.
        term_within_s: seconds from SIGTERM to SIGKILL.
    """
    steps: list[tuple[Ending, int | None, float]] = [(Ending.TERMINATED, signal.SIGTERM, term_within_s)]
    if process.stdin is not None:
        process.stdin.close()
        steps.insert(0, (Ending.IN_ORDER, None, close_within_s))
    for ending, urge, within_s in steps:
        if urge is not None:
            process.send_signal(urge)
        try:
            process.wait(within_s)
        except subprocess.TimeoutExpired:
            continue
        return ending
    # Not yet waited for, so its number is still its own; it leads its group, and the group holds its browser.
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return Ending.KILLED


def _opened(file: Path) -> IO[bytes]:
    """The file for what the child says: ours, no link to another and no pipe that nobody reads."""
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return os.fdopen(os.open(file, flags, 0o600), "ab")
    except OSError as error:
        why = f"what the host says can't be written to {file}: {error.strerror}"
        raise HostDidNotStart(why, Exit.FAILED) from error


class _Talk:
    """The child's stderr as it grows in the log: the file needs no reader later on, as a pipe would."""

    def __init__(self, log: Path, start: int, say: Callable[[str], None]) -> None:
        self.log = log
        self.heard = False
        self._offset = start
        self._say = say

    def listen(self) -> None:
        """Says the lines that are new since the last time."""
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
        pass  # said below, as any other wrong line
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
    return f"; what it said is in {talk.log}" if talk.heard else "; it said nothing"
