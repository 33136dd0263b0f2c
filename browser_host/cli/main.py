"""The command `watchdeck`: the group of all commands, and the exit codes of errors."""

import contextlib
import errno
import os
import signal
import sys
from collections.abc import Sequence
from io import StringIO
from typing import NoReturn

import click

from browser_host import __version__
from browser_host.cli import standard_streams
from browser_host.cli.invocation import common
from browser_host.cli.lazy_group import LazyCommand, LazyGroup
from browser_host.cli.output import OutputUnread, say
from browser_host.errors import Exit, UsageError, WatchdeckError
from browser_host.protocol.text import printable

_UNWRITABLE = (errno.ENOSPC, errno.EDQUOT, errno.EBADF)

ALONE = "dashboard"
"""The command that runs by default; the dashboard's package adds it."""

_COMMANDS = (
    ("host", ".commands.host_commands:host", "Host the configured sessions until SIGINT or SIGTERM."),
    ("stop", ".commands.host_commands:stop", "Stop the host and wait until it has stopped."),
    (
        "list",
        ".commands.list_sessions:list_sessions",
        "List sessions with hosting, status and last instruction.",
    ),
    ("watch", ".commands.watch:watch", "Print a line per event until interrupted."),
    ("add", ".commands.add_remove:add", "Host a session, by watch link or visitor, and print its id."),
    ("remove", ".commands.add_remove:remove", "Remove sessions from the host without ending them."),
    ("mode", ".commands.instruct:mode", "Set the tool of sessions: draw, pointer or cursor."),
    ("color", ".commands.instruct:color", "Set the colour of sessions, or switch each to its next colour."),
    ("send", ".commands.instruct:send", "Send a raw instruction, if host.raw_instructions allows it."),
    ("end", ".commands.end:end", "End sessions, after showing the plan and asking."),
    ("undo", ".commands.undo_retry:undo", "Cancel ends that are not sent yet."),
    ("retry", ".commands.undo_retry:retry", "Retry lost or blocked sessions now, and print their ids."),
    ("completion", ".commands.completion:completion", "Print a completion script for a shell."),
    (
        "history",
        ".commands.history_commands:history",
        "Show what people and rules did, with results; newest last.",
    ),
    ("audit", ".commands.history_commands:audit", "Verify the journal, or export it as JSON lines."),
    ("stats", ".commands.stats:stats", "Show how many sessions, how long in each status, how they ended."),
    ("record", ".commands.record_command:record", "Record the hosts into FILE until interrupted."),
    (
        "browsers",
        ".commands.browsers:browsers",
        "Show the browsers that host the sessions, and how each stands.",
    ),
    ("screenshot", ".pictures.screenshot:screenshot", "Take a picture of a session's page, as a PNG."),
    ("alerts", ".commands.alert_commands:alerts", "Show the alerts, and since when they fire."),
    ("doctor", ".commands.doctor:doctor", "Check browser, terminal, configuration, socket, hosts and key."),
    ("config", ".commands.config_commands:config", "Show and check the configuration."),
    ("browser", ".commands.browsers:browser", "Manage the browser that hosts the watch pages."),
    (
        "simulator",
        ".commands.simulator:simulator",
        "Serve simulated watch pages and a REST service on 127.0.0.1.",
    ),
)


@click.group(
    cls=LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, message="%(version)s")
@click.option("--read-only", is_flag=True, help="The dashboard changes nothing.")
@click.pass_context
@common
def cli(context: click.Context, *, read_only: bool) -> object:
    """Supervise many co-browsing sessions at once, from a terminal.

    Without a command: the dashboard. Data goes to stdout, messages to stderr; --json prints JSON documents.
    """
    if context.invoked_subcommand is not None:
        if read_only:  # accepted silently, it would seem to apply to every command
            raise click.UsageError(
                f"put it after the command: {context.invoked_subcommand} --read-only", context
            )
        return None
    dashboard = cli.get_command(context, ALONE)
    if dashboard is None:
        raise click.UsageError("no command given, and the dashboard is not installed", context)
    return context.invoke(dashboard, read_only=read_only)


for _name, _place, _help in _COMMANDS:
    cli.add_command(LazyCommand(_name, _place, _help))


def run(command: click.Command, arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit with the contract's exit code.

    Args:
        arguments: instead of this process's own.
    """
    sys.exit(_run(command, arguments))


def _run(command: click.Command, arguments: Sequence[str] | None) -> int:
    standard_streams.prepare()
    if os.environ.get("NO_COLOR") == "":
        del os.environ["NO_COLOR"]  # https://no-color.org: only a variable that is not empty counts
    try:
        code = int(
            command.main(_readable(arguments), prog_name="watchdeck", standalone_mode=False) or Exit.OK
        )
        sys.stdout.flush()
    except OutputUnread as error:
        code = error.exit_code
    except WatchdeckError as error:
        say("\n".join(f"watchdeck: {line}" for line in str(error).splitlines()))
        code = error.exit_code
    except click.ClickException as error:
        say(_usage_of(error))
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        # A second Ctrl-C while Python ends would change the exit code.
        with contextlib.suppress(ValueError):  # outside the main thread no signal arrives
            signal.signal(signal.SIGINT, signal.SIG_IGN)
        code = Exit.INTERRUPTED
    except SystemExit as ended:
        if ended.code != Exit.FAILED:
            raise
        # click exits with 1 when nobody reads its `--help`.
        standard_streams.discard(1)
        code = Exit.UNREAD
    except Exception as error:  # noqa: BLE001 - the last resort: one line for the user, the rest to the log
        say(f"watchdeck: {_fault(error)}")
        code = Exit.FAILED
    return code


def _fault(error: Exception) -> str:
    if isinstance(error, OSError) and error.errno in _UNWRITABLE:  # of a `--help`, which click writes itself
        standard_streams.discard(1)
        return f"can't write to stdout: {error.strerror}"
    from browser_host.cli.crash import record  # noqa: PLC0415 - logging is loaded only where it is needed

    return record(error)


def _readable(arguments: Sequence[str] | None) -> Sequence[str]:
    """The arguments, all valid in the locale's encoding.

    Raises:
        UsageError: an argument is not valid.
    """
    given = sys.argv[1:] if arguments is None else arguments
    for number, argument in enumerate(given, 1):
        try:
            argument.encode()
        except UnicodeEncodeError:
            raise UsageError(f"argument {number} is not valid UTF-8: {printable(argument, 80)}") from None
    return given


def _usage_of(error: click.ClickException) -> str:
    shown = StringIO()
    error.show(shown)
    return shown.getvalue().rstrip()
