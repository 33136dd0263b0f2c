"""Types of values for the fields of the models, beyond TOML's own."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, ValidationInfo

from browser_host.config import addresses, paths, secret_files
from browser_host.config.secret_files import SecretFile
from browser_host.protocol.text import printable
from browser_host.secrets import ApiKey, BrowserUrl, Secret, WatchLink
from browser_host.sessions import filter as filter_language
from browser_host.sessions.durations import OFF, format_duration, parse_duration
from browser_host.sessions.rules.visitor_share import VisitorShare
from browser_host.sessions.session import LABEL_LIMIT, VISITOR_LIMIT

AUTO = "auto"

LONGEST_S = 3650 * 86400.0
"""Seconds of the longest duration: ten years, which every clock and timer here can handle."""

_NAME = re.compile(r"[A-Z_][A-Z0-9_]{0,127}")
_DOTTED = re.compile(r"[A-Za-z0-9_$-]{1,64}(\.[A-Za-z0-9_$-]{1,64}){0,15}")
_ACTION = re.compile(r"[a-z][a-z0-9_.-]{0,63}")
_ENDPOINT = re.compile(r"[a-z0-9][a-z0-9._-]{0,31}")
_KEYS = re.compile(r"[!-~]{1,64}")
_HOST = re.compile(r"[^\s/]{1,32}")
_REMOTE = re.compile(r"[^\s:-][^\s:]*")
_REMOTE_SOCKET = re.compile(r"/[^:]*")


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("expected a text in quotes")  # noqa: TRY004 - pydantic collects ValueErrors
    return value


def _from_text(parse: Callable[[str], object], kind: type) -> BeforeValidator:
    """A value written as text in TOML; defaults in code have the type already."""
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
        return float(value)  # from code, where the value is in seconds
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
        raise ValueError("expected more than zero")
    return value


def _path(value: object, info: ValidationInfo) -> Path:
    """Relative paths start from the configuration's folder, which the loader passes as context."""
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
    """Text that screens show unchanged: spaces and emoji are fine, hidden and bidi characters are not."""

    def check(text: str) -> str:
        if printable(text, 2 * len(text)) != text:
            raise ValueError("expected a text without control and invisible characters")
        if len(text) > limit:
            raise ValueError(f"expected a text of at most {limit} characters, got {len(text)}")
        return text

    return AfterValidator(check)


def _plain(text: str) -> str:
    if not text.isprintable():
        raise ValueError("expected a text without control and invisible characters")
    return text


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


def _filter(value: object) -> filter_language.Filter:
    if isinstance(value, filter_language.Filter):
        return value
    expression = filter_language.parse(_text(value))
    if filter_language.names_hosts(expression.text):
        raise ValueError(
            "expected a filter without host: and hosts' names, because a host sees only its own sessions"
        )
    return expression


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
"""A duration in seconds, zero included, or None for `off`: rows are kept for ever."""

FilePath: TypeAlias = Annotated[Path, BeforeValidator(_path), _as_text]
SocketPath: TypeAlias = Annotated[Path, BeforeValidator(_path), AfterValidator(_socket), _as_text]
Link: TypeAlias = Annotated[WatchLink, _from_text(addresses.watch_link, WatchLink), _as_text]
LinkFile: TypeAlias = Annotated[SecretFile[WatchLink], _secret_file(secret_files.read_watch_link), _as_text]
KeyFile: TypeAlias = Annotated[SecretFile[ApiKey], _secret_file(secret_files.read_api_key), _as_text]
BrowserAddress: TypeAlias = Annotated[BrowserUrl, _from_text(addresses.remote_browser, BrowserUrl), _as_text]
BrowserAddressFile: TypeAlias = Annotated[
    SecretFile[BrowserUrl], _secret_file(secret_files.read_browser_url), _as_text
]

WebhookAddress: TypeAlias = Annotated[Secret, _from_text(addresses.webhook, Secret), _as_text]
"""A webhook's address: a secret, because many contain a token."""

WebhookFile: TypeAlias = Annotated[SecretFile[Secret], _secret_file(secret_files.read_webhook), _as_text]
SigningFile: TypeAlias = Annotated[SecretFile[Secret], _secret_file(secret_files.read_signing), _as_text]
"""A file with one signing secret per line; each signs, so that receivers can change from one to the next."""

Expression: TypeAlias = Annotated[
    filter_language.Filter,
    BeforeValidator(_filter),
    PlainSerializer(lambda expression: expression.text, return_type=str),
]
"""A filter of one host's sessions."""

AlertName: TypeAlias = Annotated[str, Field(min_length=1), _printable(60)]
Argument: TypeAlias = Annotated[str, Field(max_length=4096), AfterValidator(_plain)]
ServiceAddress: TypeAlias = Annotated[str, AfterValidator(addresses.service)]
VariableName: TypeAlias = Annotated[
    str,
    _matching(_NAME, "the name of an environment variable in capitals (never the key itself)"),
]
DottedPath: TypeAlias = Annotated[str, _matching(_DOTTED, 'a dotted path such as "session.status"')]
EndpointName: TypeAlias = Annotated[
    str, _matching(_ENDPOINT, "a name of at most 32 small letters, digits, dots, dashes and underscores")
]
HostName: TypeAlias = Annotated[
    str,
    AfterValidator(_plain),
    _matching(_HOST, "a name of at most 32 characters without blanks and slashes"),
]
SshDestination: TypeAlias = Annotated[
    str,
    Field(max_length=255),
    AfterValidator(_plain),
    _matching(_REMOTE, 'a destination such as "user@box" (the port stands in ~/.ssh/config)'),
]
RemoteSocket: TypeAlias = Annotated[
    str,
    Field(max_length=paths.SOCKET_BYTES),
    AfterValidator(_plain),
    _matching(_REMOTE_SOCKET, "an absolute path without colons, as it is on the other machine"),
]
Share: TypeAlias = Annotated[VisitorShare, _from_text(VisitorShare.parse, VisitorShare), _as_text]
ActionId: TypeAlias = Annotated[str, _matching(_ACTION, "an action's id as shown in the help")]
Keys: TypeAlias = Annotated[str, _matching(_KEYS, 'a key such as "e" or "ctrl+e", several with commas')]
Label: TypeAlias = Annotated[str, Field(min_length=1), _printable(LABEL_LIMIT)]
Word: TypeAlias = Annotated[str, Field(min_length=1), _printable(200)]
VisitorId: TypeAlias = Annotated[str, Field(min_length=1), AfterValidator(_plain), _printable(VISITOR_LIMIT)]
ShortText: TypeAlias = Annotated[str, _printable(24)]
AutoWord: TypeAlias = Annotated[Word | None, BeforeValidator(_or_auto), _as_value_or_auto]
"""A name, or None for `auto`."""

AutoRate: TypeAlias = Annotated[
    Annotated[float, Field(ge=0.5, le=60)] | None, BeforeValidator(_or_auto), _as_value_or_auto
]
"""A rate per second, or None for `auto`."""
