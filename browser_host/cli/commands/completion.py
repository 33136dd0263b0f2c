"""`watchdeck completion`: a script that completes commands and options in a shell."""

import click
from click.shell_completion import get_completion_class

from browser_host.cli.invocation import common
from browser_host.cli.output import write

_VARIABLE = "_WATCHDECK_COMPLETE"


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
@common
def completion(context: click.Context, shell: str) -> None:
    """Print a completion script for a shell.

    For example: watchdeck completion bash >> ~/.bashrc
    """
    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"no completion is known for {shell}", context)
    write(kind(context.find_root().command, {}, "watchdeck", _VARIABLE).source() + "\n")
