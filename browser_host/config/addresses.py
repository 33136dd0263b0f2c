"""Checks of addresses before anything is opened or sent: watch links, services and browsers.

A line end or byte-order mark around an address is stripped.
"""

import ipaddress
from urllib.parse import SplitResult, urlsplit

from browser_host.secrets import BrowserUrl, Secret, WatchLink
from browser_host.text_files import trimmed

LIMIT = 8192
"""Characters of the longest address accepted; browsers and servers have similar limits."""


ON_SOCKET = "ws+unix"
"""The scheme of a Playwright server behind a Unix socket, such as one that `ssh -L` forwards."""


def watch_link(text: str) -> WatchLink:
    """A checked watch link.

    Args:
        text: https, or http to a loopback or private host.

    Raises:
        ValueError: says what is wrong, without any part of the address.
    """
    text = trimmed(text)
    _web("a watch link", text)
    return WatchLink(text)


def service(text: str) -> str:
    """The base address of the REST service, without a slash at its end.

    Raises:
        ValueError: says what is wrong, without any part of the address.
    """
    text = trimmed(text)
    parts = _web("the service's address", text)
    if parts.query or parts.fragment:
        raise ValueError("expected the service's address without a query or fragment")
    return text.rstrip("/")


def webhook(text: str) -> Secret:
    """The checked address of a webhook: https, or http to a loopback or private host.

    Raises:
        ValueError: says what is wrong, without any part of the address.
    """
    text = trimmed(text)
    _web("a webhook's address", text)
    return Secret(text)


def remote_browser(text: str) -> BrowserUrl:
    """The address of a remote browser; it may contain a token.

    Args:
        text: ws, wss, http, https, or ws+unix with the path of a socket.

    Raises:
        ValueError: says what is wrong, without any part of the address.
    """
    text = trimmed(text)
    if text.startswith(f"{ON_SOCKET}:"):
        _socket(text)
    else:
        _split("a browser's address", text, ("ws", "wss", "http", "https", ON_SOCKET), login=True)
    return BrowserUrl(text)


def is_web(address: BrowserUrl) -> bool:
    """Whether an address is one of http or https: remote debugging has such, a Playwright server has not."""
    return address.reveal().startswith(("http://", "https://"))


def is_base(address: BrowserUrl) -> bool:
    """Whether an address is one of http or https that paths can be added to."""
    parts = urlsplit(address.reveal())
    return is_web(address) and not parts.query and not parts.fragment


def has_login(address: BrowserUrl) -> bool:
    """Whether an address has a user name or password, as that of a Grid may."""
    return not is_on_socket(address) and "@" in urlsplit(address.reveal()).netloc


def is_on_socket(address: BrowserUrl) -> bool:
    """Whether an address is that of a Unix socket."""
    return address.reveal().startswith(f"{ON_SOCKET}:")


def _socket(text: str) -> None:
    path = text.removeprefix(f"{ON_SOCKET}://")
    is_plain = text.isprintable() and " " not in text and "\\" not in text
    if len(text) > LIMIT or not is_plain or not path.startswith("/") or path.startswith("//"):
        raise ValueError(f"expected {ON_SOCKET}:///PATH/OF/SOCKET, with :/PATH of the server after it")


def is_private(host: str) -> bool:
    """Whether a host name is this machine or a private address."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_private


def is_loopback(host: str) -> bool:
    """Whether a host name is this machine, which no proxy is used for."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _web(what: str, text: str) -> SplitResult:
    parts = _split(what, text, ("https", "http"))
    if parts.scheme == "http" and not is_private(parts.hostname or ""):
        raise ValueError(
            f"expected {what} with https://; http:// is accepted for loopback and private hosts only"
        )
    return parts


def _split(what: str, text: str, schemes: tuple[str, ...], *, login: bool = False) -> SplitResult:
    expected = f"expected {what} ({', '.join(f'{scheme}://' for scheme in schemes)})"
    if len(text) > LIMIT:
        raise ValueError(f"{expected} of at most {LIMIT} characters, got {len(text)}")
    if not text.isprintable() or " " in text or "\\" in text:
        raise ValueError(f"{expected} without spaces, backslashes and control characters")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise ValueError(f"{expected}, got an invalid address") from None
    if parts.scheme not in schemes:
        raise ValueError(f"{expected}, got {'another scheme' if parts.scheme else 'none of these'}")
    if not parts.hostname or port == 0:
        raise ValueError(f"{expected} with a host")
    if "@" in parts.netloc and not login:
        raise ValueError(f"{expected} without a user name or password in it")
    return parts
