"""The kinds of value that the configuration knows beyond TOML's own, for the fields of its models."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, TypeAlias, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, ValidationInfo

from browser_host.config import addresses, paths, secret_files
from browser_host.config.secret_files import SecretFile
from browser_host.secrets import ApiKey, Secret, WatchLink
from browser_host.sessions.durations import OFF, format_duration, parse_duration
from browser_host.sessions.session import LABEL_LIMIT, VISITOR_LIMIT

T = TypeVar("T")

AUTO = "auto"

LONGEST_S = 3650 * 86400.0
"""Seconds of the longest duration: ten years, which no clock or timer here chokes on."""

_NAME = re.compile(r"[A-Z_][A-Z0-9_]{0,127}")
_DOTTED = re.compile(r"[A-Za-z0-9_$-]{1,64}(\.[A-Za-z0-9_$-]{1,64}){0,15}")
_ACTION = re.compile(r"[a-z][a-z0-9_.-]{0,63}")
_KEYS = re.compile(r"[!-~]{1,64}")


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("expected a text in quotes")  # noqa: TRY004 - pydantic collects ValueErrors
    return value


def _from_text(parse: Callable[[str], object], kind: type) -> BeforeValidator:
    """A value that stands as text in TOML; the code's own defaults are the kind already."""
    return BeforeValidator(lambda value: value if isinstance(value, kind) else parse(_text(value)))


def _seconds(value: object, info: ValidationInfo) -> object:
    if isinstance(value, str):
        try:
            seconds = parse_duration(value)
        except ValueError:
            seconds = OFF
        if seconds <= LONGEST_S:
            return seconds
    elif info.context is None and isinstance(value, (int, float)) and value >= 0:
        return float(value)  # from code, where a number of seconds is what the type says
    raise ValueError('expected a duration such as "90s", "5m" or "4h"')


def _limit(value: object, info: ValidationInfo) -> object:
    if value == "off" or (value is None and info.context is None):
        return None
    try:
        return _seconds(value, info)
    except ValueError as error:
        raise ValueError(f'{error}, or "off"') from None


def _positive(value: float | None) -> float | None:
    if value == 0:
        raise ValueError("expected more than nothing")
    return value


def _path(value: object, info: ValidationInfo) -> Path:
    """Relative paths start from the configuration's own folder, which the loader gives as context."""
    if isinstance(value, Path):
        return value
    text = _text(value)
    if not text or "\0" in text:
        raise ValueError("expected a path")
    base = info.context["base"] if info.context else Path.cwd()
    return paths.expanded(text, base)


def _socket(path: Path) -> Path:
    length = len(bytes(path))
    if length > paths.SOCKET_BYTES:
        raise ValueError(f"expected a path of at most {paths.SOCKET_BYTES} bytes, got {length} bytes")
    return path


def _printable(limit: int) -> AfterValidator:
    def check(text: str) -> str:
        if not text.isprintable():
            raise ValueError("expected a text without control characters")
        if len(text) > limit:
            raise ValueError(f"expected a text of at most {limit} characters, got {len(text)}")
        return text

    return AfterValidator(check)


def _matching(pattern: re.Pattern[str], expected: str) -> AfterValidator:
    def check(text: str) -> str:
        if not pattern.fullmatch(text):
            raise ValueError(f"expected {expected}")
        return text

    return AfterValidator(check)


def _secret_file(read: Callable[[Path], Any]) -> BeforeValidator:
    def check(value: object, info: ValidationInfo) -> object:
        return value if isinstance(value, SecretFile) else read(_path(value, info))

    return BeforeValidator(check)


def _or_auto(value: object) -> object:
    return None if value == AUTO else value


_as_duration = PlainSerializer(
    lambda seconds: format_duration(OFF if seconds is None else seconds), return_type=str
)
_as_text = PlainSerializer(str, return_type=str)
_as_value_or_auto = PlainSerializer(lambda value: AUTO if value is None else value, return_type=Any)

Seconds: TypeAlias = Annotated[float, BeforeValidator(_seconds), _as_duration]
"""A duration in seconds, zero included."""

PositiveSeconds: TypeAlias = Annotated[
    float, BeforeValidator(_seconds), AfterValidator(_positive), _as_duration
]
"""A duration in seconds, more than zero."""

Limit: TypeAlias = Annotated[float | None, BeforeValidator(_limit), AfterValidator(_positive), _as_duration]
"""A duration in seconds, or None for `off`."""

Keep: TypeAlias = Annotated[float | None, BeforeValidator(_limit), _as_duration]
"""A duration in seconds, zero included, or None for `off`: nothing is dropped."""

FilePath: TypeAlias = Annotated[Path, BeforeValidator(_path), _as_text]
SocketPath: TypeAlias = Annotated[Path, BeforeValidator(_path), AfterValidator(_socket), _as_text]
Link: TypeAlias = Annotated[WatchLink, _from_text(addresses.watch_link, WatchLink), _as_text]
LinkFile: TypeAlias = Annotated[SecretFile[WatchLink], _secret_file(secret_files.read_watch_link), _as_text]
KeyFile: TypeAlias = Annotated[SecretFile[ApiKey], _secret_file(secret_files.read_api_key), _as_text]
BrowserAddress: TypeAlias = Annotated[
    Secret, _from_text(lambda text: Secret(addresses.remote_browser(text)), Secret), _as_text
]
"""A browser elsewhere: a secret, because its address may carry a token."""

ServiceAddress: TypeAlias = Annotated[str, AfterValidator(addresses.service)]
VariableName: TypeAlias = Annotated[
    str,
    _matching(_NAME, "the name of an environment variable in capitals (the key itself never stands here)"),
]
DottedPath: TypeAlias = Annotated[str, _matching(_DOTTED, 'a dotted path such as "session.status"')]
ActionId: TypeAlias = Annotated[str, _matching(_ACTION, "an action's id as the help names it")]
Keys: TypeAlias = Annotated[str, _matching(_KEYS, 'a key such as "e" or "ctrl+e", several with commas')]
Label: TypeAlias = Annotated[str, Field(min_length=1), _printable(LABEL_LIMIT)]
Word: TypeAlias = Annotated[str, Field(min_length=1), _printable(200)]
VisitorId: TypeAlias = Annotated[str, Field(min_length=1), _printable(VISITOR_LIMIT)]
ShortText: TypeAlias = Annotated[str, _printable(24)]
AutoWord: TypeAlias = Annotated[Word | None, BeforeValidator(_or_auto), _as_value_or_auto]
"""A word, or None for `auto`."""

AutoRate: TypeAlias = Annotated[
    Annotated[float, Field(ge=0.5, le=60)] | None, BeforeValidator(_or_auto), _as_value_or_auto
]
"""A number of times a second, or None for `auto`."""
