"""The command `watchdeck`: the group that the commands are in, and how an error becomes an exit code."""

import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from typing import NoReturn

import click

from browser_host.cli.add_remove import add, remove
from browser_host.cli.browser import browser
from browser_host.cli.config_commands import config
from browser_host.cli.doctor import doctor
from browser_host.cli.end import end
from browser_host.cli.history import audit, history
from browser_host.cli.host import host, stop
from browser_host.cli.instruct import color, mode, send
from browser_host.cli.invocation import common
from browser_host.cli.output import say
from browser_host.cli.sessions import list_sessions
from browser_host.cli.simulator import simulator
from browser_host.cli.watch import watch
from browser_host.errors import Exit, WatchdeckError

ALONE = "dashboard"
"""The command that runs where none is named; the dashboard's package brings it."""


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="watchdeck", message="%(version)s")
@click.option("--read-only", is_flag=True, help="The dashboard changes nothing.")
@click.pass_context
@common
def cli(context: click.Context, *, read_only: bool) -> object:
    """Supervise many co-browsing sessions at once, from a terminal.

    Without a command: the dashboard. stdout is data, stderr is talk; --json answers with documents.
    """
    if context.invoked_subcommand is not None:
        if read_only:  # taken in silence, it would be believed to hold for any command
            raise click.UsageError(f"write it behind: {context.invoked_subcommand} --read-only", context)
        return None
    dashboard = cli.get_command(context, ALONE)
    if dashboard is None:
        raise click.UsageError("name a command; the dashboard is not installed here", context)
    return context.invoke(dashboard, read_only=read_only)


for _command in (host, stop, list_sessions, watch, add, remove, mode, color, send, end):
    cli.add_command(_command)
for _command in (history, audit, doctor, config, browser, simulator):
    cli.add_command(_command)


def run(command: click.Command, arguments: Sequence[str] | None = None) -> NoReturn:
    """Runs the command line and leaves with the contract's exit code.

    Args:
        arguments: instead of this process's own.
    """
    sys.exit(_run(command, arguments))


def _run(command: click.Command, arguments: Sequence[str] | None) -> int:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal that is not UTF-8 stops nobody
    try:
        code = command.main(arguments, prog_name="watchdeck", standalone_mode=False)
        sys.stdout.flush()
    except WatchdeckError as error:
        say("\n".join(f"watchdeck: {line}" for line in str(error).splitlines()))
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return Exit.INTERRUPTED
    except BrokenPipeError:
        # Whoever read us has what it wanted; without this Python complains once more when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.FAILED
    except Exception as error:  # noqa: BLE001 - the last border: one line for the user, the rest into the log
        from browser_host.cli.crash import record  # noqa: PLC0415 - logging is loaded only where it is needed

        say(f"watchdeck: {record(error)}")
        return Exit.FAILED
    return int(code or Exit.OK)
