"""Hosting again what a host before this one had when it died, and saying what can't come back."""

from browser_host.api.peer import Peer
from browser_host.browsers.log import Log
from browser_host.errors import WatchdeckError
from browser_host.journal import entries
from browser_host.sessions.instant import Clock
from browser_host.sessions.session import Source
from browser_host.supervisor.identity import Identities
from browser_host.supervisor.new_session import NewSession
from browser_host.supervisor.recovery import Hosted, Recovery
from browser_host.supervisor.rest import Rest
from browser_host.supervisor.scribe import Scribe
from browser_host.supervisor.supervisor import Supervisor

HOST = Peer(uid=-1, name=entries.HOST, client="host")
"""Who adds a session again."""


def remember(recovery: Recovery, supervisor: Supervisor, rest: Rest | None, clock: Clock) -> None:
    """What is to be known before a session is hosted: numbers, what was sent, links that were made."""
    supervisor.dispatch.number_from(recovery.last_number)
    supervisor.recall(recovery.pasts)
    if rest is not None:
        now = clock()
        rest.remember([(one, now.mono - max(0.0, now.wall - at)) for one, at in recovery.links])


def bring_back(
    recovery: Recovery, supervisor: Supervisor, identities: Identities, scribe: Scribe, log: Log
) -> None:
    """Hosts the sessions again that were added by command, once those of the configuration are hosted."""
    for one in recovery.sessions:
        if one.id in supervisor.fleet:
            continue  # the configuration names it by now
        if (why := _host_again(one, supervisor, identities)) is None:
            log.info("session.recovered", id=one.id, label=one.label)
        else:
            log.warning("session.not_recovered", id=one.id, label=one.label, why=why)
            scribe.not_recovered(one, why)


def _host_again(one: Hosted, supervisor: Supervisor, identities: Identities) -> str | None:
    """Why it can't be, in plain words."""
    if one.visitor is None:
        return f"it was added by its link ({one.link}), and no link is ever written down; add it again"
    if identities.identify(one.visitor, ()) != one.id:
        return "its id was made with another key (ids.key), or its visitor's is not written down as it was"
    try:
        supervisor.require_writable(HOST)
        supervisor.add(NewSession(None, Source.COMMAND, one.label, one.visitor), HOST)
    except WatchdeckError as error:
        return str(error)
    return None
