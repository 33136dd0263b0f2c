"""Counters of what happened since the host started; they only rise, as metrics need them."""

from collections import Counter
from collections.abc import Sequence
from enum import StrEnum

from browser_host.bridge import events
from browser_host.sessions.changes import Change, ChangeType


class Cause(StrEnum):
    """Causes of failures besides the codes of `ErrorCode`."""

    UNRESPONSIVE = "unresponsive"
    BROWSER_LOST = "browser_lost"
    GIVEN_UP = "given_up"


class MessageFate(StrEnum):
    """The result of a page's message."""

    READ = "read"
    DROPPED = "dropped"
    """Coalesced with a later one, or discarded."""
    REFUSED = "refused"
    """Not from the page's own frame and origin."""


_INSTRUCTION = "instruction."
_OUTCOMES = {
    kind: kind.value.removeprefix(_INSTRUCTION) for kind in ChangeType if kind.value.startswith(_INSTRUCTION)
}


class Counters:
    """Page messages by result, failures by cause, instructions by each state they reached."""

    def __init__(self) -> None:
        self.messages: Counter[MessageFate] = Counter()
        self.failures: Counter[str] = Counter()
        """A page or browser counts once with all its sessions, a blocked session once."""
        self.instructions: Counter[str] = Counter()

    def reported(self, report: object) -> None:
        """Count a report of the pool."""
        match report:
            case events.MessageReceived():
                self.messages[MessageFate.READ] += 1
            case events.MessagesDropped(_, count):
                self.messages[MessageFate.DROPPED] += count
            case events.MessagesRefused(_, count):
                self.messages[MessageFate.REFUSED] += count
            case events.SessionsLost(_, fault, _) | events.SessionBlocked(_, fault):
                self.failures[fault.code] += 1
            case events.PageReplaced(_, _, fault) if fault is not None:
                self.failures[fault.code] += 1
            case events.SessionsUnresponsive():
                self.failures[Cause.UNRESPONSIVE] += 1
            case events.BrowserLost():
                self.failures[Cause.BROWSER_LOST] += 1
            case events.BrowsersGivenUp():
                self.failures[Cause.GIVEN_UP] += 1
            case _:
                return

    def changed(self, changes: Sequence[Change]) -> None:
        """Count a session's changes; each step of an instruction counts."""
        for change in changes:
            if (state := _OUTCOMES.get(change.type)) is not None:
                self.instructions[state] += 1
