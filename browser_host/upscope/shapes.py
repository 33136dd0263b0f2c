"""The shapes of the service's answers: any key may be missing, null, of another type or unknown."""

import codecs
import math
import re
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, SecretStr, ValidationError

from browser_host.protocol.text import printable
from browser_host.sessions.session import VISITOR_LIMIT
from browser_host.upscope.visitor import SessionAgent, Usage, Visitor

TEXT_LIMIT = 120
PAGE_LIMIT = 300
MOST_TEXTS = 20
MOST_SESSIONS = 50
"""Sessions of a visitor that are looked through for those that run."""

_LATEST_S = 250_000_000_000.0
"""Epoch seconds of the last moment that is shown, in the year 9892; more is taken for milliseconds."""

_TOKEN = re.compile(r"(?=[^/]*[0-9])(?=[^/]*[A-Za-z])[A-Za-z0-9_~=+%]{12,}|[^/]{48,}")
"""What looks like a secret in a path: letters and digits mixed, or a segment longer than people write."""

S = TypeVar("S", bound=BaseModel)


def _text(value: object) -> str | None:
    match value:
        case bool():
            return None
        case str() | int():
            return printable(str(value)[: TEXT_LIMIT + 1].strip(), TEXT_LIMIT) or None
        case _:
            return None


def _texts(value: object) -> tuple[str, ...]:
    found = map(_text, value[:MOST_TEXTS]) if isinstance(value, list) else ()
    return tuple(text for text in found if text)


def _flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _count(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return None
    return int(value) if 0 <= value < 10**12 else None


def _id(value: object) -> str:
    text = str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
    return text if len(text) <= VISITOR_LIMIT and text.isprintable() and text.strip(". ") == text else ""


def _page(value: object) -> str | None:
    """Scheme, host and path: queries, fragments and path parameters of visitors' pages carry tokens.

    Links to reset a password or to confirm an address carry theirs in the path, where it is masked.
    """
    if not isinstance(value, str):
        return None
    try:
        parts = urlsplit(value[: 4 * PAGE_LIMIT])
        host = parts.hostname or ""
    except ValueError:
        return None
    path = "/".join(_masked(segment) for segment in parts.path.split("/"))
    return printable(f"{parts.scheme}://{host}{path}", PAGE_LIMIT) if host else None


def _masked(segment: str) -> str:
    name = segment.partition(";")[0]
    return "…" if any(_TOKEN.fullmatch(part) for part in (name, *re.split(r"[-.,:@!]", name))) else name


def _moment(value: object) -> float | None:
    """Epoch seconds of ISO 8601, where no zone means UTC, or of a number of seconds or milliseconds."""
    match value:
        case str() if len(value) <= TEXT_LIMIT:
            try:
                moment = datetime.fromisoformat(value)
                seconds = moment.replace(tzinfo=moment.tzinfo or UTC).timestamp()
            except (ValueError, OverflowError):
                return None
        case int() | float() if not isinstance(value, bool) and math.isfinite(value):
            seconds = value if value <= _LATEST_S else value / 1000
        case _:
            return None
    return round(seconds, 3) if 0 <= seconds <= _LATEST_S else None


def _agents(value: object) -> tuple[SessionAgent, ...]:
    """The agents of those of a visitor's sessions that have not ended."""
    sessions = value[:MOST_SESSIONS] if isinstance(value, list) else []
    running = [one for one in sessions if isinstance(one, dict) and one.get("ended_at") is None]
    lists = (one.get("agents") for one in running)
    agents = (agent for found in lists if isinstance(found, list) for agent in found[:MOST_TEXTS])
    told = (
        SessionAgent(_text(one.get("id")), _text(one.get("name"))) for one in agents if isinstance(one, dict)
    )
    return tuple(one for one in told if one.id or one.name)[:MOST_TEXTS]


def _table(value: object) -> object:
    return value if isinstance(value, dict) else {}


_Text = Annotated[str | None, BeforeValidator(_text)]
_Texts = Annotated[tuple[str, ...], BeforeValidator(_texts)]
_Flag = Annotated[bool | None, BeforeValidator(_flag)]
_Moment = Annotated[float | None, BeforeValidator(_moment)]
_Count = Annotated[int | None, BeforeValidator(_count)]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)


class VisitorShape(_Shape):
    """A visitor; without a usable id, `short_id` is empty."""

    short_id: Annotated[str, BeforeValidator(_id)] = ""
    unique_id: _Text = None
    identities: _Texts = ()
    email: _Text = None
    tags: _Texts = ()
    is_online: _Flag = None
    is_in_session: _Flag = None
    last_url: Annotated[str | None, BeforeValidator(_page)] = None
    last_seen_at: _Moment = None
    sessions: Annotated[tuple[SessionAgent, ...], BeforeValidator(_agents)] = ()

    def visitor(self) -> Visitor | None:
        """The visitor, or None without an id to ask the service about."""
        said = self.model_dump(exclude={"last_url", "sessions"})
        return Visitor(**said, last_page=self.last_url, agents=self.sessions) if self.short_id else None


class VisitorAnswer(_Shape):
    """The answer about one visitor."""

    visitor: VisitorShape


class VisitorsAnswer(_Shape):
    """The answer to a search; entries that are not objects are skipped."""

    visitors: list[Any] | None

    def found(self) -> tuple[Visitor, ...]:
        """The usable visitors, each once, in the service's order."""
        shapes = (VisitorShape.model_validate(one) for one in self.visitors or [] if isinstance(one, dict))
        found = (shape.visitor() for shape in shapes)
        return tuple({one.short_id: one for one in found if one}.values())


class _Sessions(_Shape):
    now: _Count = None


class _Online(_Shape):
    online_now: _Count = None


class _Usage(_Shape):
    agents: _Count = None
    session_counts: Annotated[_Sessions, BeforeValidator(_table)] = _Sessions()
    visitors: Annotated[_Online, BeforeValidator(_table)] = _Online()


class UsageAnswer(_Shape):
    """The answer about the plan's usage."""

    usage: _Usage

    def told(self) -> Usage:
        """The usage, as far as the answer has it."""
        told = self.usage
        return Usage(told.agents, told.session_counts.now, told.visitors.online_now)


class LinkAnswer(_Shape):
    """The answer with a watch link."""

    watch_url: SecretStr


class ErrorAnswer(_Shape):
    """A refusal, `{"status": "error", "error": CODE}`; the code is what the service sent, unchecked."""

    status: Any = None
    error: Any = None

    @property
    def code(self) -> str:
        """The service's error code, or an empty text."""
        return self.error if isinstance(self.error, str) else ""


def parsed(shape: type[S], body: bytes) -> S | None:
    """The body parsed as that shape, or None; a ValidationError would contain the body.

    RFC 8259, 8.1, allows a parser to ignore a byte-order mark.
    """
    try:
        return shape.model_validate_json(body.removeprefix(codecs.BOM_UTF8))
    except ValidationError:
        return None
