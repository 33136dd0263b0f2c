"""What happened since the host started, in counts that only rise: for whoever draws or watches rates."""

from collections import Counter
from collections.abc import Sequence

from browser_host.browsers import reports
from browser_host.sessions.changes import Change, ChangeType

UNRESPONSIVE = "unresponsive"
BROWSER_LOST = "browser_lost"
GIVEN_UP = "given_up"

_INSTRUCTION = "instruction."
_OUTCOMES = tuple(kind for kind in ChangeType if kind.value.startswith(_INSTRUCTION))


class Tallies:
    """Falls of the hosting by their cause, and instructions by what became of them."""

    def __init__(self) -> None:
        self.falls: Counter[str] = Counter()
        """Pages that fell and sessions that were blocked by the error's code; browsers that were lost."""
        self.instructions: Counter[str] = Counter()

    def reported(self, report: object) -> None:
        """The hosting reported something; what is no fall is not counted."""
        match report:
            case reports.SessionsLost(_, fault) | reports.SessionBlocked(_, fault):
                self.falls[fault.code.value] += 1
            case reports.SessionsUnresponsive():
                self.falls[UNRESPONSIVE] += 1
            case reports.BrowserLost():
                self.falls[BROWSER_LOST] += 1
            case reports.BrowsersGivenUp():
                self.falls[GIVEN_UP] += 1
            case _:
                return

    def changed(self, changes: Sequence[Change]) -> None:
        """A session changed; each step of an instruction counts."""
        for change in changes:
            if change.type in _OUTCOMES:
                self.instructions[change.type.value.removeprefix(_INSTRUCTION)] += 1
