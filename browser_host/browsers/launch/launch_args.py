"""A browser's launch settings besides its features: its environment, images, the rules for a proxy. Pure.

Behind a proxy `allow_private_network = false` alone has no effect: Chromium takes the proxy's address for
that of the page, so a page loaded through a proxy on this machine could use all services of this machine. So
the proxy's address is declared public, and private addresses bypass the proxy: the browser sees them and
refuses them. A name that only the proxy resolves is the proxy's responsibility.
"""

from collections.abc import Iterable, Mapping
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from browser_host.browsers.launch.driver_environment import browser_environment

_PROXIES = {"http_proxy": 80, "https_proxy": 80, "all_proxy": 80, "socks_server": 1080}
"""Variables from which Chromium reads a proxy, in lower or upper case, and their default ports.

https://source.chromium.org/chromium/chromium/src/+/main:net/proxy_resolution/proxy_config_service_linux.cc
"""
_SCRIPTED = "auto_proxy"
_DIRECT = (
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
    "192.168.0.0/16", "::1/128", "fc00::/7", "fe80::/10",
)  # fmt: skip
"""Addresses of this machine, of private and of shared networks.

https://www.iana.org/assignments/iana-ipv4-special-registry/
"""

PLAYWRIGHT_BLINK = (
    "primaryHoverType=2",
    "availableHoverTypes=2",
    "primaryPointerType=4",
    "availablePointerTypes=4",
)
"""Blink's settings as Playwright 1.65 passes them: a page sees a mouse."""
NO_IMAGES = f"--blink-settings={','.join((*PLAYWRIGHT_BLINK, 'imagesEnabled=false'))}"
"""Pages load no images. It replaces Playwright's own argument, because the last one counts: alone, pages
would see a touch screen."""


def variables(given: Mapping[str, str], *, private_network: bool, home: Path | None) -> dict[str, str]:
    """The environment of the browser, made from that of the host.

    Args:
        private_network: whether pages may use private addresses.
        home: the browser's own home folder, or None.
    """
    made = browser_environment(given)
    if home is not None:
        made["HOME"] = str(home)
        made.pop("XDG_DATA_HOME", None)  # newer versions look there first
    if not private_network and proxies(given):
        made["no_proxy"] = ",".join(filter(None, (_value(given, "no_proxy"), *_DIRECT)))
        made.pop("NO_PROXY", None)
    return made


def proxies(given: Mapping[str, str]) -> frozenset[tuple[str, int]]:
    """The hosts and ports of the proxies in an environment."""
    found = set()
    for name, port in _PROXIES.items():
        if value := _value(given, name):
            try:
                parts = urlsplit(value if "://" in value else f"//{value}")
                host, named = parts.hostname, parts.port
            except ValueError:
                continue  # the browser ignores it too
            if host:
                found.add((host, named or (1080 if parts.scheme.startswith("socks") else port)))
    return frozenset(found)


def is_scripted(given: Mapping[str, str]) -> bool:
    """Whether a script chooses the proxy, so that it can't be known beforehand."""
    return _SCRIPTED in given or _SCRIPTED.upper() in given


def public_addresses(addresses: Iterable[tuple[str, int]]) -> list[str]:
    """The argument that declares these addresses public.

    Args:
        addresses: numeric addresses of proxies, with their ports.
    """
    overrides = []
    for text, port in sorted(set(addresses)):
        address = ip_address(text.split("%")[0])
        host = f"[{address}]" if address.version == 6 else str(address)  # noqa: PLR2004 - IP's version
        overrides.append(f"{host}:{port}=public")
    return [f"--ip-address-space-overrides={','.join(overrides)}"] if overrides else []


def _value(given: Mapping[str, str], name: str) -> str:
    return given.get(name) or given.get(name.upper()) or ""
