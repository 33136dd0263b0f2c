"""`watchdeck alerts`: the alerts and since when; `watchdeck alerts ack` acknowledges."""

import time
from typing import Any

import click

from browser_host.api.schema import SCHEMA, Alerts, AlertView
from browser_host.cli.host_client import ask
from browser_host.cli.invocation import Invocation, with_hosts
from browser_host.cli.output import report, say, table, tell
from browser_host.errors import Exit
from browser_host.sessions import json_codec
from browser_host.sessions.alerts.alert_state import AlertState
from browser_host.sessions.durations import short_age

HEADER = ("NAME", "SEVERITY", "STATE", "SINCE", "SESSIONS")


@click.group(invoke_without_command=True)
@with_hosts
def alerts(invocation: Invocation) -> None:
    """Show the alerts, and since when they fire."""
    if click.get_current_context().invoked_subcommand is not None:
        return
    found = ask(invocation.hosts, lambda client: client.alerts())
    if not found.alerts and not invocation.json:
        say("no alert is about any session")
    _tell(found, as_json=invocation.json)


@alerts.command()
@click.argument("name")
@click.argument("ids", nargs=-1, metavar="[ID]...")
@with_hosts
def ack(invocation: Invocation, name: str, ids: tuple[str, ...]) -> Exit:
    """Acknowledge an alert.

    For all sessions that it fires for, or those named. It fires again for a session that joins later, or that
    leaves and returns. Exit code 1: it does not fire.
    """
    found = ask(invocation.hosts, lambda client: client.acknowledge(name, ids or None))
    done = any(one.state in (AlertState.ACKNOWLEDGED, AlertState.FIRING) for one in found.alerts)
    if not done:
        say(f"the alert {name} does not fire; nothing was acknowledged")
    code = Exit.OK if done else Exit.FAILED
    return report(code, lambda: _tell(found, as_json=invocation.json))


def _tell(found: Alerts, *, as_json: bool) -> None:
    if as_json:
        body: dict[str, Any] = {"schema": SCHEMA, **json_codec.to_json(found)}
        tell(body)
    elif found.alerts:
        now = time.time()
        table(HEADER, [_row(one, now) for one in found.alerts])


def _row(one: AlertView, now: float) -> tuple[str, ...]:
    return (one.name, one.severity, one.state, short_age(now - one.since), " ".join(one.sessions) or "-")
