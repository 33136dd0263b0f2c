"""Rules between keys, on the tables as they were read and on the settings made of them."""

from collections.abc import Iterator, Mapping
from typing import Any

from browser_host.config import addresses
from browser_host.config.choices import Channel
from browser_host.config.models import Settings
from browser_host.config.positions import Key
from browser_host.secrets import BrowserUrl
from browser_host.sessions.browser_state import BrowserKind

Complaint = tuple[Key, str]
"""A place in the document and what is wrong with it."""

_ORIGINS = ("watch_url", "watch_url_file", "visitor")


def complaints(document: Mapping[str, Any]) -> Iterator[Complaint]:
    """Every broken rule; tables of the wrong shape are skipped, because the models report them."""
    yield from _sessions(_tables(document.get("sessions")))
    yield from _hosts(_tables(document.get("hosts")))
    yield from _alerts(_tables(document.get("alerts")))
    browser = document.get("browser")
    if isinstance(browser, dict):
        yield from _endpoints(_tables(browser.get("endpoints")))


def _tables(value: object) -> list[tuple[int, dict[str, Any]]]:
    items = value if isinstance(value, list) else []
    return [(number, item) for number, item in enumerate(items) if isinstance(item, dict)]


def _sessions(sessions: list[tuple[int, dict[str, Any]]]) -> Iterator[Complaint]:
    first: dict[tuple[str, str], int] = {}
    for number, session in sessions:
        given = [name for name in _ORIGINS if name in session]
        if len(given) != 1:
            came = " and ".join(given) or "none of them"
            yield ("sessions", number), f"expected exactly one of {', '.join(_ORIGINS)}, got {came}"
        for name in given:
            same = (name, str(session[name]))
            if first.setdefault(same, number) != number:
                yield ("sessions", number, name), f"the same {name} as sessions[{first[same]}]"


def _endpoints(endpoints: list[tuple[int, dict[str, Any]]]) -> Iterator[Complaint]:
    names: dict[str, int] = {}
    for number, endpoint in endpoints:
        place = ("browser", "endpoints", number)
        given = [key for key in ("url", "url_file") if key in endpoint]
        match endpoint.get("kind"):
            case "local":
                for key in given:
                    yield (*place, key), f'expected no {key} with kind = "local"'
            case ("playwright" | "grid" | "cdp") as kind if len(given) != 1:
                came = "both" if given else "none of them"
                yield place, f'expected exactly one of url, url_file with kind = "{kind}", got {came}'
        name = str(endpoint.get("name"))
        if "name" in endpoint and names.setdefault(name, number) != number:
            yield (*place, "name"), f"the same name as browser.endpoints[{names[name]}]"


def _hosts(hosts: list[tuple[int, dict[str, Any]]]) -> Iterator[Complaint]:
    names: dict[str, int] = {}
    for number, host in hosts:
        given = [key for key in ("socket", "ssh") if key in host]
        if len(given) != 1:
            came = "both" if given else "none of them"
            yield ("hosts", number), f"expected exactly one of socket, ssh, got {came}"
        if "ssh" in host and "remote_socket" not in host:
            yield (
                ("hosts", number),
                "expected remote_socket with ssh: the path of the host's socket over there",
            )
        if "remote_socket" in host and "ssh" not in host:
            yield ("hosts", number, "remote_socket"), "expected ssh with it"
        name = str(host.get("name"))
        if "name" in host and names.setdefault(name, number) != number:
            yield ("hosts", number, "name"), f"the same name as hosts[{names[name]}]"


def _alerts(alerts: list[tuple[int, dict[str, Any]]]) -> Iterator[Complaint]:
    first: dict[str, int] = {}
    for number, alert in alerts:
        name = str(alert.get("name"))
        if first.setdefault(name, number) != number:
            yield ("alerts", number, "name"), f"the same name as alerts[{first[name]}]"
        if {"webhook_url", "webhook_url_file"} <= alert.keys():
            yield ("alerts", number), "expected one of webhook_url, webhook_url_file, got both"
        given = {
            Channel.COMMAND: bool(alert.get("command")),
            Channel.WEBHOOK: bool({"webhook_url", "webhook_url_file"} & alert.keys()),
        }
        keys = {Channel.COMMAND: "command", Channel.WEBHOOK: "webhook_url or webhook_url_file"}
        notify = alert.get("notify")
        for channel, is_given in given.items():
            if isinstance(notify, list) and (channel in notify) is not is_given:
                missing = f'"{channel}" in notify' if is_given else keys[channel]
                there = keys[channel] if is_given else f'"{channel}" in notify'
                yield ("alerts", number), f"expected {missing}, because there is {there}"
        if "secret_file" in alert and not given[Channel.WEBHOOK]:
            yield ("alerts", number, "secret_file"), f"expected {keys[Channel.WEBHOOK]} with it"


def image_complaints(settings: Settings) -> Iterator[Complaint]:
    """`browser.images = false` with an endpoint for which it would have no effect."""
    if settings.browser.images:
        return
    for number, endpoint in enumerate(settings.browser.endpoints):
        if endpoint.kind is not BrowserKind.LOCAL:
            cause = f'browser.endpoints[{number}] has kind = "{endpoint.kind}"'
            yield ("browser", "images"), f"expected true: only local browsers can omit images, and {cause}"


def address_complaints(settings: Settings) -> Iterator[Complaint]:
    """Every address of a scheme that its endpoint's kind does not have."""
    for number, endpoint in enumerate(settings.browser.endpoints):
        key = "url_file" if endpoint.url_file else "url"
        place = ("browser", "endpoints", number, key)
        match endpoint.kind, endpoint.address:
            case BrowserKind.PLAYWRIGHT, BrowserUrl() as address if addresses.is_web(address):
                yield place, 'expected ws://, wss:// or ws+unix:// with kind = "playwright"'
            case BrowserKind.GRID, BrowserUrl() as address if not addresses.is_base(address):
                yield place, 'expected http:// or https:// without a query with kind = "grid"'
            case (BrowserKind.PLAYWRIGHT | BrowserKind.CDP) as kind, BrowserUrl() as address if (
                addresses.has_login(address)
            ):
                yield place, f'expected no user name or password in it with kind = "{kind}"'
            case BrowserKind.CDP, BrowserUrl() as address if addresses.is_on_socket(address):
                yield place, 'expected ws://, wss://, http:// or https:// with kind = "cdp"'
