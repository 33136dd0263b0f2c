"""The state of the browsers, since when and why: the pool's reports combined with what it has now."""

from collections.abc import Sequence
from dataclasses import dataclass

from browser_host.api.schema import BrowserView
from browser_host.bridge import events
from browser_host.browsers.interface import BrowserDescription
from browser_host.sessions.browser_state import LOCAL, BrowserState
from browser_host.sessions.clock import Clock

NONE_RUNS = "no browser runs"
LEAVING = "its node is being drained; its sessions move to another browser"


@dataclass(slots=True)
class _Loss:
    at: float
    because: str


class BrowserRoster:
    """Remembers when browsers started, and why the last one of each endpoint was lost."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._up_since: dict[int, float] = {}
        self._losses: dict[str, _Loss] = {}

    def reported(self, report: object) -> None:
        """Note a report of the pool; reports that are not about browsers are ignored."""
        match report:
            case events.BrowserStarted(number, _, _, endpoint):
                self._up_since[number] = self._clock().told()
                self._losses.pop(endpoint, None)
            case events.BrowserLost(number, text, endpoint):
                self._up_since.pop(number, None)
                self._losses[endpoint] = _Loss(self._clock().told(), text)

    def views(
        self, described: Sequence[BrowserDescription], max_sessions: int, given_up: str | None
    ) -> tuple[BrowserView, ...]:
        """The browsers; if all of the host's are draining, with one more entry for the missing one.

        Args:
            described: as the pool describes them now.
            max_sessions: most sessions of the host.
            given_up: why no browser is started until somebody requests it, or None.
        """
        found = tuple(self._view(one, max_sessions, given_up) for one in described)
        if any(one.state is not BrowserState.DRAINING for one in found) or any(
            one.drained for one in described
        ):
            return found
        loss = self._losses.get(LOCAL)
        missing = BrowserView(
            name=LOCAL,
            kind=LOCAL,
            state=BrowserState.DOWN,
            sessions=0,
            max_sessions=max_sessions,
            isolated=None,
            version="",
            since=loss.at if loss else None,
            reason=given_up or (loss.because if loss else NONE_RUNS),
        )
        return (*found, missing)

    def _view(self, one: BrowserDescription, max_sessions: int, given_up: str | None) -> BrowserView:
        loss = self._losses.get(one.endpoint)
        is_missing = one.state in {BrowserState.STARTING, BrowserState.DOWN}
        return BrowserView(
            name=one.endpoint,
            kind=one.kind.value,
            state=one.state,
            sessions=one.sessions,
            max_sessions=max_sessions if one.max_sessions is None else one.max_sessions,
            isolated=one.isolated,
            version=one.version,
            since=(loss.at if loss else None) if is_missing else self._up_since.get(one.number),
            reason=_reason(one, loss, given_up),
            number=one.number or None,
            program=one.name,
            pages=one.groups,
            busiest=one.busiest,
            sandbox=one.sandbox,
            round_trip_s=one.round_trip_s,
        )


def _reason(one: BrowserDescription, loss: _Loss | None, given_up: str | None) -> str | None:
    because = loss.because if loss else None
    match one.state:
        case BrowserState.DRAINING if one.drained:
            return f"it takes no sessions until `watchdeck browsers undrain {one.endpoint}`"
        case BrowserState.DRAINING if one.leaving:
            return LEAVING
        case BrowserState.DOWN if one.given_up:
            return given_up or f"{because or NONE_RUNS}; given up until somebody retries"
        case BrowserState.DOWN:
            return because or NONE_RUNS
        case BrowserState.STARTING:
            return because
        case _:
            return None
