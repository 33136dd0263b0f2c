"""Load the configuration: flags override the environment, which overrides the file and the defaults."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from browser_host.config import checks
from browser_host.config.explain import dotted, explain, key_of
from browser_host.config.models import Settings
from browser_host.config.options import DEFAULT, Override, from_environment, locate, named
from browser_host.config.positions import Key, nearest
from browser_host.config.problems import ConfigProblem, ConfigurationError
from browser_host.config.reading import Document, read
from browser_host.daemon_threads import run_within
from browser_host.errors import UsageError
from browser_host.private_files import exposed_mode

LOAD_WITHIN_S = 8.0
"""Seconds for the file and every file it names; a reload waits ten."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """The settings and their origins.

    Args:
        path: where the configuration is expected.
        found: whether the file exists.
        origins: of each key that is set: `file:line`, `environment NAME` or `flag --name`.
        warnings: what is valid but unsafe.
    """

    settings: Settings
    path: Path
    found: bool
    origins: Mapping[Key, str]
    warnings: tuple[str, ...] = ()

    def origin(self, key: Key) -> str:
        """The origin of a key's value."""
        return self.origins.get(key, DEFAULT)


def load(path: Path | None = None, overrides: Sequence[Override] = ()) -> Configuration:
    """Read the settings from the file, the environment and the flags, within a deadline.

    Args:
        path: the flag's file; else `WATCHDECK_CONFIG`'s, else the default, which need not exist.
        overrides: the flags.

    Raises:
        ConfigurationError: with every mistake at once.
        UsageError: a named file does not exist, or a file can't be read in time.
    """
    place = locate(path)
    try:
        return run_within(lambda: _load(place, overrides, must_exist=bool(named(path))), LOAD_WITHIN_S)
    except TimeoutError:
        raise UsageError(
            f"the configuration at {place}, or a file that it names, can't be read within "
            f"{LOAD_WITHIN_S:.0f} s; is it on a mount that does not answer?"
        ) from None


def _load(place: Path, overrides: Sequence[Override], *, must_exist: bool) -> Configuration:
    document = read(place, must_exist=must_exist)
    origins = {key: f"{place}:{line}" for key, line in document.lines.items()}
    document.values.setdefault("host", {})  # so that the default socket is checked like a given one
    for override in (*from_environment(), *overrides):
        section = document.values.setdefault(override.section, {})
        if isinstance(section, dict):
            section[override.name] = override.value
            origins[override.section, override.name] = override.origin
    settings = _validated(document, origins, place)
    return Configuration(settings, place, document.found, origins, _exposed(settings, document, place))


def _exposed(settings: Settings, document: Document, place: Path) -> tuple[str, ...]:
    """A warning only: a link in the file is fine for a trial, while a secret's own file is refused."""
    mode = exposed_mode(document.mode)
    holds = [key for key, secrets in _secrets_in(settings).items() if any(secrets)]
    if not mode or not holds:
        return ()
    found = f"{place} holds secrets ({', '.join(holds)}) and others can read it (mode {mode})"
    return (f"{found}; run: chmod 600 {place}",)


def _secrets_in(settings: Settings) -> Mapping[str, list[object]]:
    return {
        "sessions.watch_url": [session.watch_url for session in settings.sessions],
        "alerts.webhook_url": [alert.webhook_url for alert in settings.alerts],
        "browser.endpoints.url": [endpoint.url for endpoint in settings.browser.endpoints],
    }


def _validated(document: Document, origins: Mapping[Key, str], place: Path) -> Settings:
    """After a syntax error only keys that were read are checked: a missing one may be in the unread part."""
    complaints = list(checks.complaints(document.values))
    settings = None
    try:
        settings = Settings.model_validate(document.values, context={"base": place.parent.absolute()})
    except ValidationError as error:
        complaints += [(key_of(details), explain(details)) for details in error.errors()]
    else:
        complaints += [*checks.address_complaints(settings), *checks.image_complaints(settings)]
    if document.mistakes:
        complaints = [(key, text) for key, text in complaints if document.readable and key in document.lines]
    problems = [(line, ConfigProblem(f"{place}:{line}", "", text)) for line, text in document.mistakes]
    for key, text in complaints:
        line = nearest(document.lines, key)
        around = f"{place}:{line}" if document.found else "default"
        problems.append((line, ConfigProblem(origins.get(key, around), dotted(key), text)))
    if problems or settings is None:
        problems.sort(key=lambda numbered: numbered[0])
        raise ConfigurationError([problem for _, problem in problems])
    return settings
