"""The shapes of the service's answers: any key may be missing, null, of another kind or unknown."""

import math
from typing import Annotated, Any, TypeVar
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, SecretStr, ValidationError

from browser_host.protocol.text import printable
from browser_host.sessions.session import VISITOR_LIMIT
from browser_host.upscope.visitors import Usage, Visitor

TEXT_LIMIT = 120
PAGE_LIMIT = 300
MOST_TEXTS = 20

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
    """Scheme, host and path: queries and fragments of visitors' pages carry tokens."""
    if not isinstance(value, str):
        return None
    try:
        parts = urlsplit(value[: 4 * PAGE_LIMIT])
        host = parts.hostname or ""
    except ValueError:
        return None
    return printable(f"{parts.scheme}://{host}{parts.path}", PAGE_LIMIT) if host else None


def _table(value: object) -> object:
    return value if isinstance(value, dict) else {}


_Text = Annotated[str | None, BeforeValidator(_text)]
_Texts = Annotated[tuple[str, ...], BeforeValidator(_texts)]
_Flag = Annotated[bool | None, BeforeValidator(_flag)]
_Count = Annotated[int | None, BeforeValidator(_count)]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)


class VisitorShape(_Shape):
    """A visitor; without an id that can be used, `short_id` is empty."""

    short_id: Annotated[str, BeforeValidator(_id)] = ""
    unique_id: _Text = None
    identities: _Texts = ()
    email: _Text = None
    tags: _Texts = ()
    is_online: _Flag = None
    is_in_session: _Flag = None
    is_supported: _Flag = None
    is_waiting_for_call: _Flag = None
    last_url: Annotated[str | None, BeforeValidator(_page)] = None
    last_seen_at: _Text = None
    lookup_code: _Text = None
    ip_address: _Text = None
    location_city: _Text = None
    location_country: _Text = None
    browser_name: _Text = None
    device_name: _Text = None
    device_type: _Text = None

    def visitor(self) -> Visitor | None:
        """The visitor, or None where nothing could be asked of the service about them."""
        said = self.model_dump(exclude={"last_url"})
        return Visitor(**said, last_page=self.last_url) if self.short_id else None


class VisitorAnswer(_Shape):
    """The answer about one visitor."""

    visitor: VisitorShape


class VisitorsAnswer(_Shape):
    """The answer of a search; what is no table in it is passed over."""

    visitors: list[Any] | None

    def found(self) -> tuple[Visitor, ...]:
        """Those that can be used, each once, in the service's order."""
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
    """The answer about the usage."""

    usage: _Usage

    def told(self) -> Usage:
        """What of it is known here."""
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
        """The service's word for it, or an empty text."""
        return self.error if isinstance(self.error, str) else ""


def parsed(shape: type[S], body: bytes) -> S | None:
    """The body as that shape, or None; a ValidationError would carry what the body holds."""
    try:
        return shape.model_validate_json(body)
    except ValidationError:
        return None
