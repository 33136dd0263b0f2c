"""A group of commands that are imported when they are chosen (click's "Lazily Loading Subcommands")."""

import importlib
from collections.abc import Mapping

import click


class LazyCommand(click.Command):
    """Stands for a command in lists, suggestions and completions until it is chosen.

    Args:
        place: its module, relative to `browser_host.cli`, and its name there, as in an entry point.
        help: the first sentence of its help.
    """

    def __init__(self, name: str, place: str, help: str) -> None:  # noqa: A002 - click's name
        super().__init__(name, help=help)
        self.place = place

    def load(self) -> click.Command:
        """The command itself, imported now."""
        module, _, attribute = self.place.partition(":")
        command: click.Command = getattr(importlib.import_module(module, __package__), attribute)
        return command


class LazyGroup(click.Group):
    """Commands, of which those that are `LazyCommand` are imported to run."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the arguments name."""
        name, command, rest = super().resolve_command(ctx, args)
        return name, command.load() if isinstance(command, LazyCommand) else command, rest

    def loaded(self) -> Mapping[str, click.Command]:
        """Every command by name, imported."""
        return {
            name: one.load() if isinstance(one, LazyCommand) else one for name, one in self.commands.items()
        }
