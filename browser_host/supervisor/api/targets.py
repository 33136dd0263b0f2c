"""The targets of a request, among the present sessions and instructions."""

from collections.abc import Callable

from browser_host.api.requests import LedgerRequest, Targeted
from browser_host.errors import UnknownSession, UsageError
from browser_host.sessions import filter as filters
from browser_host.sessions.session import Session
from browser_host.supervisor.instructions import Instructions
from browser_host.supervisor.submission import LedgerRef
from browser_host.supervisor.supervisor import Supervisor
from browser_host.tasks import in_slices


def sessions(request: Targeted, supervisor: Supervisor) -> list[Session]:
    """The sessions of a request, by ids, filter, staleness, or all.

    Raises:
        UnknownSession: an id is unknown and may not be skipped; nothing is done for the others.
        UsageError: its filter can't be read, or is empty: a script's unset variable means nobody.
    """
    asked, is_meant = _asked(request, supervisor)
    return [session for session in asked if is_meant(session)]


async def sessions_in_slices(request: Targeted, supervisor: Supervisor) -> list[Session]:
    """As `sessions`, with turns for other work on the event loop."""
    asked, is_meant = _asked(request, supervisor)
    return [session async for session in in_slices(asked) if is_meant(session)]


def _asked(request: Targeted, supervisor: Supervisor) -> tuple[list[Session], Callable[[Session], bool]]:
    """The sessions that a request may mean, and which of them it does."""
    store = supervisor.store
    if request.ids is not None:
        gone = unknown(request, supervisor)
        return supervisor.require([one for one in request.ids if one not in gone]), _any
    if request.filter is not None:
        try:
            wanted = filters.parse(request.filter)
        except filters.FilterError as error:
            raise UsageError(f"filter: {error}") from None
        if wanted.is_empty:
            raise UsageError("filter: empty (use all, or --all, for all sessions)")
        now = store.now()
        return list(store), lambda session: wanted.matches(store.aged(session), now)
    if request.stale:
        return list(store), lambda session: store.view(session).stale is not None
    return list(store), _any


def _any(_: Session) -> bool:
    return True


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
