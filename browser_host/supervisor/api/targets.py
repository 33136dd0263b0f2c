"""The targets of a request, among the present sessions and instructions."""

from browser_host.api.requests import LedgerRequest, Targeted
from browser_host.errors import UnknownSession, UsageError
from browser_host.sessions import filter as filters
from browser_host.sessions.session import Session
from browser_host.supervisor.instructions import Instructions
from browser_host.supervisor.submission import LedgerRef
from browser_host.supervisor.supervisor import Supervisor


def sessions(request: Targeted, supervisor: Supervisor) -> list[Session]:
    """The sessions of a request, by ids, filter, staleness, or all.

    Raises:
        UnknownSession: an id is unknown and may not be skipped; nothing is done for the others.
        UsageError: its filter can't be read, or is empty: a script's unset variable means nobody.
    """
    store = supervisor.store
    if request.ids is not None:
        gone = unknown(request, supervisor)
        return supervisor.require([one for one in request.ids if one not in gone])
    if request.filter is not None:
        try:
            wanted = filters.parse(request.filter)
        except filters.FilterError as error:
            raise UsageError(f"filter: {error}") from None
        if wanted.is_empty:
            raise UsageError("filter: empty (use all, or --all, for all sessions)")
        now = store.now()
        return [session for session in store if wanted.matches(store.aged(session), now)]
    if request.stale:
        return [session for session in store if store.view(session).stale is not None]
    return list(store)


def unknown(request: Targeted, supervisor: Supervisor) -> tuple[str, ...]:
    """The unknown ids that a request allows to skip, each once."""
    if not request.skip_unknown:
        return ()
    return tuple(dict.fromkeys(one for one in request.ids or () if one not in supervisor.store))


def holdings(request: LedgerRequest, instructions: Instructions) -> list[LedgerRef]:
    """The instructions of a request, each with its session.

    Raises:
        UnknownSession: no ledger has one of them and it may not be skipped; nothing is done for the others.
    """
    found = {number: instructions.ref(number) for number in request.numbers()}
    missing = [f"i{number}" for number, holding in found.items() if holding is None]
    if missing and not request.skip_unknown:
        raise UnknownSession(f"unknown instruction {', '.join(missing)}; nothing was done")
    return [holding for holding in found.values() if holding is not None]
