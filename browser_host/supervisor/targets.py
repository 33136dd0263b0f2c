"""Whom a request means, among the sessions and the instructions there are now."""

from browser_host.api.requests import LedgerRequest, Targeted
from browser_host.errors import UnknownSession, UsageError
from browser_host.sessions import filter as filters
from browser_host.sessions.session import Session
from browser_host.supervisor.dispatch import Dispatch, Holding
from browser_host.supervisor.supervisor import Supervisor


def sessions(request: Targeted, supervisor: Supervisor) -> list[Session]:
    """The sessions that a request names, by ids, filter, staleness, or all.

    Raises:
        UnknownSession: it names an id that is not there; nothing is done for the others either.
        UsageError: its filter can't be read.
    """
    fleet = supervisor.fleet
    if request.ids is not None:
        return supervisor.require(request.ids)
    if request.filter is not None:
        try:
            wanted = filters.parse(request.filter)
        except filters.FilterError as error:
            raise UsageError(f"filter: {error}") from None
        now = fleet.now()
        return [session for session in fleet if wanted.matches(fleet.aged(session), now)]
    if request.stale:
        return [session for session in fleet if fleet.view(session).stale is not None]
    return list(fleet)


def holdings(request: LedgerRequest, dispatch: Dispatch) -> list[Holding]:
    """The instructions that a request names, each with its session.

    Raises:
        UnknownSession: no ledger holds one of them; nothing is done for the others either.
    """
    found = {number: dispatch.find(number) for number in request.numbers()}
    if unknown := [f"i{number}" for number, holding in found.items() if holding is None]:
        raise UnknownSession(f"no ledger holds the instruction {', '.join(unknown)}; nothing was done")
    return [holding for holding in found.values() if holding is not None]
