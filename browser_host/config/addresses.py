"""What an address must be like before anything is opened or sent: watch links and services."""

import ipaddress
from urllib.parse import SplitResult, urlsplit

from browser_host.secrets import WatchLink

LIMIT = 8192
"""Characters of the longest address that is taken; browsers and servers stop near it."""


def watch_link(text: str) -> WatchLink:
    """A watch link that may be opened.

    Args:
        text: https, or http to a loopback or private host.

    Raises:
        ValueError: with what is wrong, and nothing of the address in it.
    """
    _web("a watch link", text)
    return WatchLink(text)


def service(text: str) -> str:
    """The base address of the REST service, without a slash at its end.

    Raises:
        ValueError: with what is wrong, and nothing of the address in it.
    """
    parts = _web("the service's address", text)
    if parts.query or parts.fragment:
        raise ValueError("expected the service's address without a query or fragment")
    return text.rstrip("/")


def remote_browser(text: str) -> str:
    """The address of a browser elsewhere (ws, wss, http or https); it may carry a token.

    Raises:
        ValueError: with what is wrong, and nothing of the address in it.
    """
    _split("a browser's address", text, ("ws", "wss", "http", "https"))
    return text


def is_private(host: str) -> bool:
    """Whether a host name is this machine or stands for a private address."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_private


def is_loopback(host: str) -> bool:
    """Whether a host name is this machine itself, where no proxy leads to."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _web(what: str, text: str) -> SplitResult:
    parts = _split(what, text, ("https", "http"))
    if parts.scheme == "http" and not is_private(parts.hostname or ""):
        raise ValueError(
            f"expected {what} with https://; http:// is taken for loopback and private hosts only"
        )
    return parts


def _split(what: str, text: str, schemes: tuple[str, ...]) -> SplitResult:
    expected = f"expected {what} ({', '.join(f'{scheme}://' for scheme in schemes)})"
    if len(text) > LIMIT:
        raise ValueError(f"{expected} of at most {LIMIT} characters, got {len(text)}")
    if not text.isprintable() or " " in text or "\\" in text:
        raise ValueError(f"{expected} without blanks, backslashes and control characters")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise ValueError(f"{expected}, got something that is no address") from None
    if parts.scheme not in schemes:
        raise ValueError(f"{expected}, got {'another scheme' if parts.scheme else 'none of these'}")
    if not parts.hostname or port == 0:
        raise ValueError(f"{expected} with a host")
    if "@" in parts.netloc:
        raise ValueError(f"{expected} without a user name or password in it")
    return parts
