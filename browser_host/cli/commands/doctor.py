"""`watchdeck doctor`: check the installation and advise what to do."""

import os

import click

from browser_host.api.schema import SCHEMA
from browser_host.browsers.launch.driver_environment import withhold
from browser_host.cli.health.finding import State
from browser_host.cli.invocation import Invocation, with_hosts
from browser_host.cli.output import line, say, tell
from browser_host.errors import Exit


@click.command()
@with_hosts
def doctor(invocation: Invocation) -> Exit:
    """Check browser, terminal, configuration, socket, hosts and key.

    Starts the browser briefly; changes nothing and opens no watch link. With [[hosts]] it asks each of them,
    or the one that --host names. Exit code 1 if something does not work.
    """
    withheld = withhold(os.environ)
    from browser_host.cli.health.health_checks import examine  # noqa: PLC0415 - it loads Playwright

    findings = examine(invocation, withheld)
    usable = all(finding.state is not State.BROKEN for finding in findings)
    if invocation.json:
        checks = [
            {"check": f.check, "state": f.state.value, "found": f.found, "advice": f.advice} for f in findings
        ]
        tell({"schema": SCHEMA, "usable": usable, "checks": checks})
    else:
        for finding in findings:
            line(f"{finding.state.value:<7}  {finding.check:<13}  {finding.found}")
            if finding.advice:
                line(f"{'':<7}  {'':<13}  to do: {finding.advice}")
        say("usable" if usable else "not usable yet: see the lines marked broken")
    return Exit.OK if usable else Exit.FAILED
