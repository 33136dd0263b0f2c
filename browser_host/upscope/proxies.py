"""Find the environment's proxy for the service. Pure.

httpx refuses to create a client if `NO_PROXY` has an entry that it can't parse (`fe80::/10`, `[::1]`), and it
does not support networks there; other programs accept the same variable.
"""

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from browser_host.config import addresses
from browser_host.protocol.text import printable
from browser_host.secrets import Secret
from browser_host.text_files import trimmed

ENTRY_LIMIT = 60
"""Characters of an entry that messages show."""

LONGEST_ENTRY = 300
"""Characters of the longest entry accepted; a DNS name has at most 253."""

_PORTS = {"https": 443, "http": 80}
_ENTRY = re.compile(
    r"(?:(?P<scheme>https?)://)?(?P<host>\[[^\]]*\][^:]*|[^:]*|.*:.*:[^\]]*?)(?::(?P<port>\d+))?/?"
)
_NAME = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*")


@dataclass(frozen=True, slots=True)
class Route:
    """How to reach the service.

    Args:
        proxy: its address, which may contain a password; None for a direct connection.
        variable: the environment variable that names the proxy.
        unread: invalid entries of `NO_PROXY`, made printable.
    """

    proxy: Secret | None = None
    variable: str = ""
    unread: tuple[str, ...] = ()

    def address(self) -> str | None:
        """The proxy's address, or None.

        Raises:
            ValueError: its port does not exist; httpx would take it, and fail with an OverflowError later.
        """
        if self.proxy is None:
            return None
        urlsplit(self.proxy.reveal()).port  # noqa: B018 - it raises
        return self.proxy.reveal()


def route(base_url: str, environ: Mapping[str, str]) -> Route:
    """The proxy that the environment names; this machine reaches itself without one."""
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    if addresses.is_loopback(host):
        return Route()
    port = parts.port or _PORTS.get(parts.scheme, 0)
    entries = re.split(r"[,\s]+", _value(environ, "no_proxy")[1])
    exempt = [(entry, _exempts(entry, host, port)) for entry in entries if entry]
    unread = tuple(printable(entry, ENTRY_LIMIT) for entry, exempts in exempt if exempts is None)
    if any(exempts for _, exempts in exempt):
        return Route(unread=unread)
    for name in (f"{parts.scheme}_proxy", "all_proxy"):
        variable, proxy = _value(environ, name)
        if proxy:
            return Route(Secret(proxy if "://" in proxy else f"http://{proxy}"), variable, unread)
    return Route(unread=unread)


def _value(environ: Mapping[str, str], name: str) -> tuple[str, str]:
    """The variable's value; the lowercase name overrides the uppercase one, even if empty."""
    written = name if name in environ else name.upper()
    return written, trimmed(environ.get(written, ""))


def _exempts(entry: str, host: str, port: int) -> bool | None:
    """Whether an entry excludes a host from the proxy; None if it is invalid."""
    found = _ENTRY.fullmatch(entry.lower().rstrip("/")) if len(entry) <= LONGEST_ENTRY else None
    if found is None:
        return None
    matches = _matches(re.sub(r"[\[\]]", "", found["host"]), host)
    return matches and int(found["port"] or port) == port if matches is not None else None


def _matches(pattern: str, host: str) -> bool | None:
    if pattern == "*":
        return True
    try:
        network = ipaddress.ip_network(pattern, strict=False)
    except ValueError:
        return _in_domain(pattern, host)
    try:
        return ipaddress.ip_address(host) in network
    except ValueError:
        return False


def _in_domain(pattern: str, host: str) -> bool | None:
    domain = _ascii(pattern.removeprefix("*").strip("."))
    if domain is None or not _NAME.fullmatch(domain):
        return None
    name = _ascii(host.rstrip(".")) or ""
    return name == domain or name.endswith(f".{domain}")


def _ascii(name: str) -> str | None:
    try:
        return name.encode("idna").decode().lower()
    except UnicodeError:
        return None
