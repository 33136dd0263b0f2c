"""`watchdeck config path`, `show`, `check` and `example`."""

from collections.abc import Iterator, Mapping
from importlib import resources
from typing import Any

import click

from browser_host.api.schema import SCHEMA
from browser_host.cli.invocation import Invocation, common, with_invocation
from browser_host.cli.output import line, say, table, tell, write
from browser_host.errors import Exit

NOT_SET = "(not set)"


@click.group()
@common
def config() -> None:
    """Show and check the configuration."""


@config.command()
@with_invocation
def path(invocation: Invocation) -> None:
    """Print the path of the configuration file."""
    from browser_host.config import locate  # noqa: PLC0415 - `--help` needs no models

    place = locate(invocation.config)
    if invocation.json:
        tell({"schema": SCHEMA, "path": str(place), "exists": place.is_file()})
    else:
        line(str(place))
        say("" if place.is_file() else "no such file yet; see: watchdeck config example")


@config.command()
@with_invocation
def show(invocation: Invocation) -> None:
    """Print every key with its value and origin; secrets are masked."""
    from browser_host.config.explain import dotted  # noqa: PLC0415 - `--help` needs no models

    configuration = invocation.configuration()
    values = [
        (dotted(key), value, configuration.origin(key))
        for key, value in _leaves((), configuration.settings.model_dump(mode="json"))
    ]
    if invocation.json:
        entries = [{"key": key, "value": value, "origin": origin} for key, value, origin in values]
        tell({"schema": SCHEMA, "path": str(configuration.path), "values": entries})
        return
    table(("KEY", "VALUE", "FROM"), [(key, _shown(value), origin) for key, value, origin in values])


@config.command()
@with_invocation
def check(invocation: Invocation) -> Exit:
    """Check the configuration; exit code 2 if it has mistakes."""
    from browser_host.config import ConfigurationError  # noqa: PLC0415 - `--help` needs no models

    try:
        configuration = invocation.configuration()
    except ConfigurationError as error:
        if not invocation.json:
            raise
        problems = [{"place": p.place, "key": p.key, "text": p.text} for p in error.problems]
        tell({"schema": SCHEMA, "ok": False, "problems": problems})
        return Exit.USAGE
    for sentence in configuration.warnings:
        say(f"note: {sentence}")
    if invocation.json:
        tell({"schema": SCHEMA, "ok": True, "problems": []})
    else:
        result = "no mistakes" if configuration.found else "no such file; using defaults"
        say(f"{configuration.path}: {result}")
    return Exit.OK


@config.command()
@common
def example() -> None:
    """Print a configuration with every key and its default."""
    text = resources.files("browser_host.config").joinpath("example.toml").read_text("utf-8")
    write(text)


def _leaves(key: tuple[str | int, ...], value: Any) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """The values of tables and arrays of tables by key; an empty table and a list count as values."""
    if isinstance(value, Mapping) and value:
        for name, inner in value.items():
            yield from _leaves((*key, name), inner)
    elif isinstance(value, list) and value and all(isinstance(item, Mapping) for item in value):
        for number, item in enumerate(value):
            yield from _leaves((*key, number), item)
    else:
        yield key, value


def _shown(value: Any) -> str:
    match value:
        case None:
            return NOT_SET
        case bool():
            return str(value).lower()
        case str():
            return f'"{value}"'
        case dict():
            return "{}"
        case _:
            return str(value)
