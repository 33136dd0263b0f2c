"""What shells make of stdin, stdout and stderr: closed, full, unread, narrow."""

import asyncio
import io
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from browser_host.api.client import HostClient
from browser_host.api.schema import Target
from browser_host.cell_width import cell_width
from browser_host.cli.output import columns, say_table, table
from browser_host.errors import Exit
from browser_host.supervisor.policy import Policy
from tests.cli.conftest import Hosting

WATCHDECK = f"{sys.executable} -m browser_host"


def shell(command: str, home: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", command.replace("watchdeck", WATCHDECK, 1)],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
        env={"HOME": str(home), "PATH": os.environ["PATH"], **variables},
    )


@pytest.mark.parametrize("command", ["config show", "config example", "config show --json", "--help"])
@pytest.mark.parametrize(
    ("redirection", "why"), [(">&-", "Bad file descriptor"), ("> /dev/full", "No space left on device")]
)
def test_stdout_that_takes_nothing_is_named(home: Path, command: str, redirection: str, why: str) -> None:
    done = shell(f"watchdeck {command} {redirection}", home)
    assert (done.returncode, done.stderr) == (
        Exit.FAILED,
        f"watchdeck: can't write to stdout: {why}\n",
    )


@pytest.mark.parametrize("command", ["config show", "config example", "config show --json", "--help"])
def test_an_unread_pipe_ends_a_command_as_sigpipe(home: Path, command: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as gone:
        done = subprocess.run(
            [*WATCHDECK.split(), *command.split()],
            stdout=gone,
            stderr=subprocess.PIPE,
            text=True,
            timeout=30,
            check=False,
            env={"HOME": str(home)},
        )
    assert (done.returncode, done.stderr) == (Exit.UNREAD, "")


def test_closed_streams_lend_their_numbers_to_nothing(home: Path) -> None:
    done = shell("watchdeck end --all <&- >&- 2>&-", home)
    assert done.returncode == Exit.USAGE
    assert shell("watchdeck config check 2>&-", home).returncode == Exit.OK


def test_messages_that_nobody_can_read_fail_nothing(home: Path) -> None:
    assert shell("watchdeck config check 2> /dev/full", home).returncode == Exit.OK


async def test_what_was_done_keeps_its_exit_code(hosting: Hosting, home: Path) -> None:
    async with hosting(Policy(undo_s=0.0, confirm_within_s=0.2, ends_per_second=1000)) as host:
        first, second = host.live(2)
        command = "set -o pipefail; watchdeck mode draw {} | true"
        unread = await asyncio.to_thread(shell, command.format(first), home)
        full = await asyncio.to_thread(shell, f"watchdeck mode draw {second} --json > /dev/full", home)
        assert len(host.hosting.posted) == 2
    assert unread.returncode == Exit.OK
    assert full.returncode == Exit.OK
    assert "the command itself succeeded" in full.stderr


async def test_an_end_keeps_its_exit_code_unread(hosting: Hosting, home: Path) -> None:
    async with hosting(Policy(undo_s=0.0, confirm_within_s=0.2, ends_per_second=1000)) as host:
        host.live(1)
        done = await asyncio.to_thread(shell, "set -o pipefail; watchdeck end --all --yes | true", home)
        assert len(host.hosting.posted) == 1
    assert done.returncode == Exit.NOTHING_CONFIRMED


def test_an_argument_that_is_not_utf8_is_a_usage_error(home: Path) -> None:
    done = shell(r"watchdeck list --filter $'label:caf\xe9'", home, LC_ALL="C.UTF-8")
    assert done.returncode == Exit.USAGE
    assert "argument 3 is not valid UTF-8: label:caf\\udce9" in done.stderr


def test_a_narrow_terminal_cuts_the_widest_columns() -> None:
    header = ("ID", "LABEL", "HOSTING", "NOTE")
    rows = [("a1", "\u0e17\u0e35\u0e48" * 30, "blocked", "x" * 150), ("b2", "short", "live", "-")]
    shown = columns(header, rows, 60)
    assert all(cell_width(row) <= 60 for row in shown)
    place = shown[0].index("HOSTING")
    assert [
        cell_width(row[: row.index(word)]) for row, word in zip(shown[1:], ("blocked", "live"), strict=True)
    ] == [place] * 2
    assert "x" * 150 in columns(header, rows)[1]
    assert all("blocked" in columns(header, rows, cells)[1] for cells in range(24, 80))
    assert all(cell_width(row) <= 9 for row in columns(header, rows, 9))
    at = "2026-12-01 02:43:19+00:00"
    assert columns(("AT", "LABEL"), [(at, "x" * 90)], 40)[1].startswith(f"{at}  x")


@pytest.mark.parametrize("write", [table, say_table])
@pytest.mark.parametrize("is_terminal", [True, False])
def test_a_table_is_cut_on_a_terminal_alone(
    write: Callable[[Sequence[str], Sequence[Sequence[str]]], None],
    monkeypatch: pytest.MonkeyPatch,
    *,
    is_terminal: bool,
) -> None:
    class Stream(io.StringIO):
        def isatty(self) -> bool:
            return is_terminal

    monkeypatch.setenv("COLUMNS", "80")
    stream = Stream()
    monkeypatch.setattr(sys, "stdout", stream)
    monkeypatch.setattr(sys, "stderr", stream)
    write(("ID", "NOTE"), [("a1", "x" * 150)])
    widths = [cell_width(row) for row in stream.getvalue().splitlines()]
    assert max(widths) == (80 if is_terminal else 154)


async def test_a_waiting_end_is_taken_back(hosting: Hosting, home: Path) -> None:
    async with hosting(Policy(undo_s=30.0)) as host:
        first, second, third = host.live(3)
        async with HostClient(home / ".local/state/watchdeck/run/host.sock", "test") as client:
            await client.end(Target(all=True), wait=False)
            # A later instruction stands in the snapshot, and the end is still waiting.
            await client.instruct(Target(ids=(first,)), {"action": "setMode", "mode": "draw"}, wait=False)
        one = await asyncio.to_thread(shell, f"watchdeck undo {second}", home)
        rest = await asyncio.to_thread(shell, "watchdeck undo", home)
        none = await asyncio.to_thread(shell, "watchdeck undo", home)
        unknown = await asyncio.to_thread(shell, "watchdeck undo nosuch", home)
        assert all("endSession" not in dict(posted.message).values() for posted in host.hosting.posted)
    assert (one.returncode, one.stderr) == (Exit.OK, "1 cancelled\n")
    assert (rest.returncode, rest.stderr) == (Exit.OK, "2 cancelled\n")
    assert {first, third} == {row.split()[0] for row in rest.stdout.splitlines()[1:]}
    assert (none.returncode, none.stderr) == (Exit.OK, "no pending ends to undo\n")
    assert unknown.returncode == Exit.FAILED


async def test_retry_says_whom_it_tried(hosting: Hosting, home: Path, brisk: Policy) -> None:
    async with hosting(brisk) as host:
        host.live(1)
        done = await asyncio.to_thread(shell, "watchdeck retry --all --json", home)
    assert (done.returncode, done.stdout) == (Exit.OK, '{"schema": 1, "retried": []}\n')
    assert done.stderr == "none of them is waiting for a retry\n"


@pytest.mark.parametrize(("name", "word"), [("bash", "complete"), ("zsh", "compdef"), ("fish", "complete")])
def test_a_completion_script_is_printed(home: Path, name: str, word: str) -> None:
    done = shell(f"watchdeck completion {name}", home)
    assert done.returncode == Exit.OK
    assert word in done.stdout


def test_the_shell_completes_commands(home: Path) -> None:
    done = shell(
        "watchdeck", home, _WATCHDECK_COMPLETE="bash_complete", COMP_WORDS="watchdeck un", COMP_CWORD="1"
    )
    assert done.stdout == "plain,undo\n"
