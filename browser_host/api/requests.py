"""What clients may ask for, validated at the border. A refusal names the key, never the value."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator

from browser_host.errors import UsageError
from browser_host.protocol import colors
from browser_host.protocol.instructions import Instruction, Mode, Raw, SetMode, SwitchColor
from browser_host.sessions.session import LABEL_LIMIT, VISITOR_LIMIT

MAX_IDS = 2_000
"""Ids in one request: twice what a host takes."""

BODY_LIMIT = 1 << 20
"""Bytes of a request's body."""

LONGEST_S = 600.0
"""Seconds that a request may give its pages to confirm."""

MOST_ENTRIES = 10_000
MOST_VISITORS = 200
"""Entries of the journal, and visitors, in one answer."""

Timeout = Annotated[float, Field(gt=0, le=LONGEST_S)]


class Request(BaseModel):
    """A request's body; keys that are not known are refused, so that no mistake passes in silence."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Targeted(Request):
    """A request for some sessions, named in exactly one way."""

    ids: tuple[Annotated[str, Field(max_length=64)], ...] | None = Field(default=None, max_length=MAX_IDS)
    filter: str | None = Field(default=None, max_length=1_000)
    all: Literal[True] | None = None
    stale: Literal[True] | None = None

    @model_validator(mode="after")
    def _names_one_target(self) -> "Targeted":
        given = [key for key in ("ids", "filter", "all", "stale") if getattr(self, key) is not None]
        if len(given) != 1:
            named = " and ".join(given) or "none"
            raise ValueError(f"name exactly one of ids, filter, all, stale; {named} given")
        if self.ids is not None and not self.ids:
            raise ValueError("ids is empty; name at least one session")
        return self


class AddRequest(Request):
    """Hosts one more session."""

    watch_url: SecretStr | None = Field(default=None, max_length=8_192)
    visitor: str | None = Field(default=None, min_length=1, max_length=VISITOR_LIMIT)
    label: str | None = Field(default=None, max_length=LABEL_LIMIT)

    @model_validator(mode="after")
    def _names_one_page(self) -> "AddRequest":
        if (self.watch_url is None) == (self.visitor is None):
            raise ValueError("give either watch_url or visitor")
        if self.visitor is not None and not self.visitor.isprintable():
            raise ValueError("visitor is a short id, of printable characters alone")
        return self


class InstructionRequest(Targeted):
    """Instructs sessions: by the page's own word for the action, or by the command's."""

    action: Literal["setMode", "mode", "switchColor", "color", "raw", "send", "endSession", "end"]
    mode: Mode | None = None
    color: str | None = Field(default=None, max_length=64)
    message: dict[str, Any] | None = None
    wait: bool = True
    timeout_s: Timeout | None = None

    def instruction(self) -> Instruction:
        """The instruction that the keys stand for.

        Raises:
            UsageError: a key is missing, or its value is none that could be sent.
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
                raise UsageError("sessions are ended by /v1/ends, which plans and accounts for it")


class EndRequest(Targeted):
    """Plans the end of sessions, or ends them."""

    dry_run: bool = False
    exclude: tuple[str, ...] = Field(default=(), max_length=MAX_IDS)
    wait: bool = True
    timeout_s: Timeout | None = None


class RetryRequest(Targeted):
    """Tries at once to host sessions that wait for their next try."""


class LedgerRequest(Request):
    """Speaks of instructions that were given, by the ledger's ids."""

    instructions: tuple[Annotated[str, Field(pattern=r"^i[0-9]{1,15}$")], ...] = Field(max_length=MAX_IDS)

    def numbers(self) -> list[int]:
        """The instructions' numbers."""
        return [int(instruction[1:]) for instruction in self.instructions]


class VisitorsRequest(Request):
    """Searches the service's visitors, in its own syntax; empty for the latest."""

    search: str = Field(default="", max_length=200)
    limit: int = Field(default=50, ge=1, le=MOST_VISITORS)


class HistoryRequest(Request):
    """Asks for the journal's newest entries.

    `since` is epoch seconds.
    """

    session: str | None = Field(default=None, max_length=64)
    since: float | None = Field(default=None, ge=0, le=1e11)
    limit: int = Field(default=1_000, ge=1, le=MOST_ENTRIES)


class PaceRequest(Request):
    """How a client wants the events: each by itself, or those of a session merged, at most so often.

    `every` is seconds between two pieces.
    """

    every: float | None = Field(default=None, gt=0, le=1)


Kind = TypeVar("Kind", bound=Request)


def parse(kind: type[Kind], body: bytes) -> Kind:
    """A request's body as the request it must be.

    Raises:
        UsageError: it is none; every problem is named at once.
    """
    try:
        return kind.model_validate_json(body or b"{}")
    except ValidationError as error:
        raise UsageError(_problems(error)) from None


def parse_query(kind: type[Kind], query: Mapping[str, str]) -> Kind:
    """A request's query as the request it must be.

    Raises:
        UsageError: it is none; every problem is named at once.
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
    value = colors.parse(text)
    if value is None:
        raise UsageError("color is none that is known: give #rrggbb, rgb(…), hsl(…) or a CSS name")
    return value
