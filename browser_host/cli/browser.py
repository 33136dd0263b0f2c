"""`watchdeck browser install`: the browser found, or got."""

import click

from browser_host.api.schema import SCHEMA
from browser_host.cli.invocation import Invocation, common, with_invocation
from browser_host.cli.output import line, say, tell


@click.group()
@common
def browser() -> None:
    """The browser that hosts the watch pages."""


@browser.command()
@with_invocation
def install(invocation: Invocation) -> None:
    """Find a browser, or get one, and print where it is."""
    from browser_host.browsers.install import ensure_browser  # noqa: PLC0415 - it loads Playwright

    found = ensure_browser(invocation.configuration().settings.browser.executable, say)
    if invocation.json:
        tell({"schema": SCHEMA, "executable": str(found.executable), "origin": found.origin.value})
    else:
        line(str(found.executable))
