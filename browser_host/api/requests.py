"""The requests of clients, validated on arrival. A refusal names the key, never the value."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator

from browser_host.api.bounds import LEAST_WIDTH, MOST_WIDTH, PAGE_WIDTH
from browser_host.api.replies import Grouping
from browser_host.errors import UsageError
from browser_host.protocol import page_colors
from browser_host.protocol.page_instructions import Instruction, Mode, Raw, SetMode, SwitchColor
from browser_host.protocol.pointer_input import MOST_POINTS, Place, PointerInput, PointerKind
from browser_host.sessions.session import LABEL_LIMIT, VISITOR_LIMIT

MAX_IDS = 2_000
"""Ids in one request: twice what a host accepts."""

BODY_LIMIT = 1 << 20
"""Bytes of a request's body."""

LONGEST_S = 600.0
"""Seconds that a request may give its pages to confirm."""

MOST_ENTRIES = 10_000
MOST_VISITORS = 200
"""Entries of the journal, and visitors, in one answer."""

Timeout = Annotated[float, Field(gt=0, le=LONGEST_S)]


class Request(BaseModel):
    """A request's body; unknown keys are refused, so that no mistake goes unnoticed."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Targeted(Request):
    """A request about sessions, named in exactly one way.

    `skip_unknown` skips unknown ids; otherwise one of them makes the host refuse the whole request.
    """

    ids: tuple[Annotated[str, Field(max_length=64)], ...] | None = Field(default=None, max_length=MAX_IDS)
    filter: str | None = Field(default=None, max_length=1_000)
    all: Literal[True] | None = None
    stale: Literal[True] | None = None
    skip_unknown: bool = False

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": [key]} for key in ("ids", "filter", "all", "stale")]}
    )

    @model_validator(mode="after")
    def _names_one_target(self) -> "Targeted":
        given = [key for key in ("ids", "filter", "all", "stale") if getattr(self, key) is not None]
        if len(given) != 1:
            named = " and ".join(given) or "none"
            raise ValueError(f"name exactly one of ids, filter, all, stale; got {named}")
        if self.ids is not None and not self.ids:
            raise ValueError("ids is empty; name at least one session")
        return self


class AddRequest(Request):
    """Host a session.

    With `wait`, the answer is sent once its page is live, blocked or refused, or after `timeout_s`.
    """

    watch_url: SecretStr | None = Field(default=None, max_length=8_192)
    visitor: str | None = Field(default=None, min_length=1, max_length=VISITOR_LIMIT)
    label: str | None = Field(default=None, max_length=LABEL_LIMIT)
    wait: bool = False
    timeout_s: Timeout = 15.0

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": [key]} for key in ("watch_url", "visitor")]}
    )

    @model_validator(mode="after")
    def _names_one_page(self) -> "AddRequest":
        if (self.watch_url is None) == (self.visitor is None):
            raise ValueError("give either watch_url or visitor")
        if self.visitor is not None and not self.visitor.isprintable():
            raise ValueError("visitor must be a short id of printable characters")
        return self


class InstructionRequest(Targeted):
    """Instruct sessions; the action has the page's name or the command's."""

    action: Literal["setMode", "mode", "switchColor", "color", "raw", "send", "endSession", "end"]
    mode: Mode | None = None
    color: str | None = Field(default=None, max_length=64)
    message: dict[str, Any] | None = None
    wait: bool = True
    timeout_s: Timeout | None = None

    def instruction(self) -> Instruction:
        """The instruction that the keys describe.

        Raises:
            UsageError: a key is missing, or its value can't be sent.
        """
        match self.action:
            case "setMode" | "mode":
                if self.mode is None:
                    raise UsageError("setMode needs mode: draw, pointer or cursor")
                return SetMode(self.mode)
            case "switchColor" | "color":
                return SwitchColor(None if self.color is None else _color(self.color))
            case "raw" | "send":
                if not self.message:
                    raise UsageError("raw needs message: a JSON object with at least one key")
                try:
                    return Raw(self.message)
                except ValueError as error:
                    raise UsageError(f"message: {error}") from None
            case _:
                raise UsageError("sessions are ended by /v1/ends, which plans them and reports each result")


class EndRequest(Targeted):
    """Plan the end of sessions (`dry_run`), or end them.

    With `while_stale`, as with `stale`, each is ended only if it is still stale when its end is posted.
    """

    dry_run: bool = False
    exclude: tuple[str, ...] = Field(default=(), max_length=MAX_IDS)
    while_stale: bool = False
    wait: bool = True
    timeout_s: Timeout | None = None


class RetryRequest(Targeted):
    """Retry sessions at once that wait for their next try."""


class LedgerRequest(Request):
    """Name submitted instructions by the ledger's ids.

    `skip_unknown` skips those that are no longer in a ledger; otherwise one of them makes the host refuse
    all.
    """

    instructions: tuple[Annotated[str, Field(pattern=r"^i[0-9]{1,15}$")], ...] = Field(max_length=MAX_IDS)
    skip_unknown: bool = False

    def numbers(self) -> list[int]:
        """The instructions' numbers."""
        return [int(instruction[1:]) for instruction in self.instructions]


class AcknowledgeRequest(Request):
    """Acknowledge an alert for the sessions that it fires for, or those of them that are named.

    `skip_unknown` skips those that it does not fire for; otherwise one of them makes the host refuse all.
    """

    name: str = Field(min_length=1, max_length=200)
    ids: tuple[Annotated[str, Field(max_length=64)], ...] | None = Field(default=None, max_length=MAX_IDS)
    skip_unknown: bool = False


class VisitorsRequest(Request):
    """Search the service's visitors, in its own syntax; empty for the latest."""

    search: str = Field(default="", max_length=200)
    limit: int = Field(default=50, ge=1, le=MOST_VISITORS)


class HistoryRequest(Request):
    """Read the journal's newest entries.

    `since` is in epoch seconds; `reported` adds what the pages reported and changes of hosting; `filter` is
    words that an entry must contain, `key:word` for a word in one column, `!` before a word that it must not
    contain.
    """

    session: str | None = Field(default=None, max_length=64)
    reported: bool = False
    filter: str | None = Field(default=None, max_length=1_000)
    since: float | None = Field(default=None, ge=0, le=1e11)
    limit: int = Field(default=1_000, ge=1, le=MOST_ENTRIES)


class StatsRequest(Request):
    """Statistics of the sessions since `since`, epoch seconds (default: the last 24 hours)."""

    since: float | None = Field(default=None, ge=0, le=1e11)
    by: Grouping = Grouping.STATUS


class EventsRequest(Request):
    """Follow the events, one by one or merged per session.

    `after` is the number of the last event seen, by default the newest one; in each interval of
    `every` seconds at most one batch of merged events is sent.
    """

    after: Annotated[int, Field(ge=0)] | None = None
    every: float | None = Field(default=None, gt=0, le=1)


class ScreenshotRequest(Request):
    """Take a picture of a session's page, `width` pixels wide."""

    width: int = Field(default=PAGE_WIDTH, ge=LEAST_WIDTH, le=MOST_WIDTH)


Fraction = Annotated[float, Field(ge=0, le=1)]


class Point(Request):
    """A place of a session's page, in fractions of its width and height from the left and the top."""

    x: Fraction
    y: Fraction


class InputRequest(Point):
    """Send mouse input to a session's page, at a place of it: `move`, `click` or `drag`.

    A drag begins there and leads over the points of `path`, which the others don't have.
    """

    kind: PointerKind
    path: tuple[Point, ...] = Field(default=(), max_length=MOST_POINTS)

    model_config = ConfigDict(
        json_schema_extra={
            "if": {"properties": {"kind": {"const": PointerKind.DRAG.value}}},
            "then": {"required": ["path"], "properties": {"path": {"minItems": 1}}},
            "else": {"properties": {"path": {"maxItems": 0}}},
        }
    )

    @model_validator(mode="after")
    def _leads_somewhere(self) -> "InputRequest":
        if (self.kind is PointerKind.DRAG) != bool(self.path):
            raise ValueError("a drag needs path, and nothing else has one")
        return self

    def pointer_input(self) -> PointerInput:
        """The input that the keys describe."""
        return PointerInput(self.kind, tuple(Place(one.x, one.y) for one in (self, *self.path)))


class StopRequest(Request):
    """Stop the host."""


Kind = TypeVar("Kind", bound=Request)


def parse(kind: type[Kind], body: bytes) -> Kind:
    """Parse a request's body.

    Raises:
        UsageError: it is invalid; the message names every problem.
    """
    try:
        return kind.model_validate_json(body or b"{}")
    except ValidationError as error:
        raise UsageError(_problems(error)) from None


def parse_query(kind: type[Kind], query: Mapping[str, str]) -> Kind:
    """Parse a request's query.

    Raises:
        UsageError: it is invalid; the message names every problem.
    """
    try:
        return kind.model_validate_strings(dict(query))
    except ValidationError as error:
        raise UsageError(_problems(error)) from None


def _problems(error: ValidationError) -> str:
    return "; ".join(
        f"{'.'.join(str(part) for part in problem['loc']) or 'body'}: {problem['msg']}"
        for problem in error.errors(include_input=False, include_url=False, include_context=False)
    )


def _color(text: str) -> str:
    value = page_colors.parse(text)
    if value is None:
        raise UsageError("unknown color: use #rrggbb, rgb(…), hsl(…) or a CSS name")
    return value
