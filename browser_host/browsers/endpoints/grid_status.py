"""What a Selenium Grid answers, as far as the host reads it. Pure."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, Field

from browser_host.protocol.text import printable
from browser_host.scrubbing import scrubbed

BROWSER = "chrome"
"""The `browserName` that is requested; nodes with Chromium call it so too."""
_OLDEST = 4
"""The major version of the first Grid that forwards a browser's own protocol."""
_TEXT_LIMIT = 200


class NodeAvailability(StrEnum):
    """The state of a node; https://www.selenium.dev/documentation/grid/advanced_features/endpoints/."""

    UP = "UP"
    DRAINING = "DRAINING"
    DOWN = "DOWN"


class GridSlotSession(BaseModel):
    """The session of a slot that is taken."""

    session_id: Annotated[str, Field(alias="sessionId")]


class GridSlot(BaseModel):
    """A place for one browser."""

    session: GridSlotSession | None = None
    stereotype: dict[str, Any] = {}


class GridNode(BaseModel):
    """A node: a machine or container with browsers."""

    availability: NodeAvailability = NodeAvailability.UP
    max_sessions: Annotated[int, Field(alias="maxSessions", ge=0)] = 1
    session_timeout_ms: Annotated[int, Field(alias="sessionTimeout", gt=0)] = 300_000
    version: str = ""
    slots: tuple[GridSlot, ...] = ()

    @property
    def suits(self) -> bool:
        """Whether it has browsers of the kind that is requested."""
        return any(slot.stereotype.get("browserName") == BROWSER for slot in self.slots)

    @property
    def taken(self) -> int:
        """Its slots with a session."""
        return sum(slot.session is not None for slot in self.slots)


class GridStatus(BaseModel):
    """The `value` of `GET /status`."""

    nodes: tuple[GridNode, ...] = ()

    def node_of(self, session: str) -> GridNode | None:
        """The node that runs a session."""
        for node in self.nodes:
            if any(slot.session is not None and slot.session.session_id == session for slot in node.slots):
                return node
        return None

    @property
    def refusal(self) -> str | None:
        """Why no browser of this Grid can be used, or None."""
        for node in self.nodes:
            number = node.version.partition(" ")[0]  # what follows is the revision
            major = number.partition(".")[0]
            if major.isdigit() and int(major) < _OLDEST:
                return f"a node of the Grid has Selenium {printable(number, 20)}: use version 4 or later"
        return None

    @property
    def shortage(self) -> str | None:
        """Why a new session waits in the Grid's queue, or None where it need not."""
        suitable = [node for node in self.nodes if node.suits]
        up = [node for node in suitable if node.availability is NodeAvailability.UP]
        taken, room = _taken(up)
        if up and taken >= room:
            return f"the Grid is full: {taken} of {room} sessions are taken"
        if up:
            return None
        if suitable:
            return "all nodes of the Grid with this browser are draining or down"
        return f'no node of the Grid has a browser named "{BROWSER}"'


class GridCapabilities(BaseModel):
    """What the Grid reports of a new browser."""

    devtools: Annotated[str | None, Field(alias="se:cdp", max_length=2048)] = None


class GridSessionAnswer(BaseModel):
    """The `value` of `POST /session`."""

    session_id: Annotated[str, Field(alias="sessionId", pattern=r"^[A-Za-z0-9_-]{1,128}$")]
    capabilities: GridCapabilities


class GridAcknowledgement(BaseModel):
    """The `value` of an answer that has nothing to read."""


class GridFailure(BaseModel):
    """The `value` of an answer that is an error; https://www.w3.org/TR/webdriver2/#errors."""

    error: str = ""
    message: str = ""

    @property
    def first_line(self) -> str:
        """What happened, without the addresses and traces that follow it."""
        lines = (line.strip() for line in self.message.splitlines())
        return printable(scrubbed(next(filter(None, lines), self.error)), _TEXT_LIMIT)


def _taken(nodes: Iterable[GridNode]) -> tuple[int, int]:
    """How many sessions these nodes have, and how many they may have."""
    found = [(node.taken, min(node.max_sessions, len(node.slots))) for node in nodes]
    return sum(taken for taken, _ in found), sum(most for _, most in found)
