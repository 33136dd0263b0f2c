"""The checks of `doctor` on the hosts of `[[hosts]]`: the line to each, its version, and its browsers."""

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path

from browser_host import __version__
from browser_host.api.schema import HostView, Snapshot
from browser_host.cli.health.finding import Finding, State
from browser_host.cli.host_client import CLI
from browser_host.config.clients.host_address import HostAddress
from browser_host.errors import NoHost, WatchdeckError
from browser_host.hosts.connecting import named_hosts
from browser_host.hosts.named_host import NamedHost
from browser_host.hosts.ssh_line import private_folder
from browser_host.scrubbing import scrubbed
from browser_host.sessions.browser_state import BrowserState


def examine_hosts(addresses: Sequence[HostAddress]) -> Sequence[Finding]:
    """Ask all hosts at once; findings about one do not depend on the others.

    Args:
        addresses: with names.
    """
    return asyncio.run(_examine_all(addresses))


async def _examine_all(addresses: Sequence[HostAddress]) -> Sequence[Finding]:
    with private_folder() as folder:
        hosts = named_hosts(addresses, CLI, folder)
        found = await asyncio.gather(*map(_examine, hosts, addresses))
    return [finding for one in found for finding in one]


async def _examine(host: NamedHost, address: HostAddress) -> Sequence[Finding]:
    try:
        if host.line is None:
            return [await _host(host, _start_it(address.socket))]
        async with host.line.standing():
            there = f"{_start_it(address.socket)} on {address.ssh}"
            return [_line(address, None), await _host(host, there)]
    except NoHost as error:  # of the line
        return [_line(address, error)]
    except Exception as error:  # noqa: BLE001 - one check that fails must not stop the others
        text = scrubbed(f"{type(error).__name__}: {error}")
        return [Finding(f"host {address.name}", State.BROKEN, text)]
    finally:
        await host.close()


def _line(address: HostAddress, error: NoHost | None) -> Finding:
    check = f"line {address.name}"
    if error is None:
        return Finding(check, State.OK, f"ssh {address.ssh} forwards {address.socket}")
    advice = f"make this work without questions: ssh -o BatchMode=yes {address.ssh} true"
    return Finding(check, State.BROKEN, str(error), advice)


def _start_it(place: Path) -> str:
    return f"start it: watchdeck host --socket {place}"


async def _host(host: NamedHost, start_it: str) -> Finding:
    check = f"host {host.name}"
    try:
        snapshot = await host.snapshot()
    except NoHost:
        return Finding(check, State.BROKEN, "no host answers", start_it)
    except WatchdeckError as error:
        return Finding(check, State.BROKEN, str(error), "is its version compatible with this one?")
    troubles = list(_troubles(host.name, snapshot.host))
    found = "; ".join((_described(snapshot), *(text for text, _ in troubles)))
    advice = "; ".join(dict.fromkeys(advice for _, advice in troubles))
    return Finding(check, State.NOTE if troubles else State.OK, found, advice)


def _described(snapshot: Snapshot) -> str:
    host, browsers = snapshot.host, snapshot.host.browsers
    up = sum(one.state is BrowserState.UP for one in browsers)
    words = f"version {host.version}, pid {host.pid}, {len(snapshot.sessions)} sessions"
    isolated = all(one.isolated for one in browsers if one.state is BrowserState.UP)
    shared = ", which share nothing between sessions" if up and isolated else ""
    return f"{words}, {up} of {len(browsers)} browsers up{shared}"


def _troubles(name: str, host: HostView) -> Iterator[tuple[str, str]]:
    """What is wrong with a host that answers, and what to do about it."""
    if host.version != __version__:
        yield f"this Watchdeck is version {__version__}", "install the same version on both"
    for one in host.browsers:
        if one.isolated is False:
            yield (
                f"{one.name} does not isolate sessions, so each has a process of its own",
                _LOOK.format(name),
            )
        if one.state is BrowserState.DOWN:
            yield f"{one.name} is down: {one.reason or 'it did not say why'}", _LOOK.format(name)
    for trouble in (host.journal, host.configuration, host.given_up):
        if trouble is not None:
            yield trouble, f"look into the log of {name}"


_LOOK = "watchdeck browsers --host {}"
