"""Reads the configuration: flags beat the environment, which beats the file, which beats the defaults."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from browser_host.config import checks, paths
from browser_host.config.explain import dotted, explain, key_of
from browser_host.config.models import Settings
from browser_host.config.positions import Key, nearest
from browser_host.config.problems import ConfigurationError, Problem
from browser_host.config.reading import Document, read

CONFIG_VARIABLE = "WATCHDECK_CONFIG"
SOCKET_VARIABLE = "WATCHDECK_SOCKET"


@dataclass(frozen=True, slots=True)
class Override:
    """A value that beats the file's.

    Args:
        origin: where it came from, such as `flag --socket`.
    """

    section: str
    name: str
    value: object
    origin: str


def socket_override(text: str, origin: str) -> Override:
    """The socket as named in the environment or by a flag: relative to where the command runs."""
    return Override("host", "socket", str(Path(text).expanduser().absolute()), origin)


@dataclass(frozen=True, slots=True)
class Configuration:
    """The settings, and where each came from.

    Args:
        path: where the configuration is looked for.
        found: whether a file was there.
        origins: of each key that is not at its default: `file:line`, `environment NAME` or `flag --name`.
    """

    settings: Settings
    path: Path
    found: bool
    origins: Mapping[Key, str]

    def origin(self, key: Key) -> str:
        """Where the value of a key came from."""
        return self.origins.get(key, "default")


def locate(path: Path | None = None) -> Path:
    """Where the configuration is looked for.

    Args:
        path: the flag's, which beats the environment's, which beats the default.
    """
    named = path or os.environ.get(CONFIG_VARIABLE)
    return Path(named).expanduser() if named else paths.config_file()


def load(path: Path | None = None, overrides: Sequence[Override] = ()) -> Configuration:
    """The settings from the file, the environment and the flags.

    Args:
        path: the flag's file; without it `WATCHDECK_CONFIG`, else the default, which need not be there.
        overrides: the flags.

    Raises:
        ConfigurationError: with every mistake at once.
        UsageError: a file was named and is not there, or it can't be read.
    """
    place = locate(path)
    document = read(place, must_exist=path is not None or bool(os.environ.get(CONFIG_VARIABLE)))
    origins = {key: f"{place}:{line}" for key, line in document.lines.items()}
    document.values.setdefault("host", {})  # so that the default socket is checked as a given one is
    for override in (*_environment(), *overrides):
        section = document.values.setdefault(override.section, {})
        if isinstance(section, dict):
            section[override.name] = override.value
            origins[override.section, override.name] = override.origin
    return Configuration(_validated(document, origins, place), place, document.found, origins)


def _environment() -> list[Override]:
    text = os.environ.get(SOCKET_VARIABLE)
    return [socket_override(text, f"environment {SOCKET_VARIABLE}")] if text else []


def _validated(document: Document, origins: Mapping[Key, str], place: Path) -> Settings:
    """After a syntax error only keys that were read are complained of: one that is missing may be there."""
    complaints = list(checks.complaints(document.values))
    settings = None
    try:
        settings = Settings.model_validate(document.values, context={"base": place.parent.absolute()})
    except ValidationError as error:
        complaints += [(key_of(details), explain(details)) for details in error.errors()]
    if document.mistakes:
        complaints = [(key, text) for key, text in complaints if document.readable and key in document.lines]
    problems = [(line, Problem(f"{place}:{line}", "", text)) for line, text in document.mistakes]
    for key, text in complaints:
        line = nearest(document.lines, key)
        around = f"{place}:{line}" if document.found else "default"
        problems.append((line, Problem(origins.get(key, around), dotted(key), text)))
    if problems or settings is None:
        problems.sort(key=lambda numbered: numbered[0])
        raise ConfigurationError([problem for _, problem in problems])
    return settings
