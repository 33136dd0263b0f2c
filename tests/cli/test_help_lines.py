"""The list of commands in `--help` fits 80 columns with no line cut."""

import click
import pytest
from click.testing import CliRunner

import tui.cli  # noqa: F401 - adds the commands of the dashboard
from browser_host.cli.main import cli

COLUMNS = 80
LOADED = cli.loaded()
GROUPS = {
    " ".join(("watchdeck", *path)): group
    for path, group in (
        ((), cli),
        *(((name,), one) for name, one in LOADED.items() if isinstance(one, click.Group)),
    )
}


@pytest.mark.parametrize("name", sorted(GROUPS))
def test_help_lines_of_commands_fit_uncut(name: str) -> None:
    shown = CliRunner().invoke(GROUPS[name], ["--help"], terminal_width=COLUMNS, prog_name=name).output
    commands = shown.partition("Commands:\n")[2].splitlines()
    assert len([line for line in commands if line[:3].strip()]) == len(GROUPS[name].commands)
    assert [
        line for line in commands if line.endswith("...") or len(line) > COLUMNS or line[:3].isspace()
    ] == []


def test_the_list_says_what_each_command_says_of_itself() -> None:
    limit = 1000
    listed = {name: one.get_short_help_str(limit) for name, one in cli.commands.items()}
    assert listed == {name: one.get_short_help_str(limit) for name, one in LOADED.items()}
    assert {name: one.name for name, one in LOADED.items()} == {name: name for name in LOADED}
