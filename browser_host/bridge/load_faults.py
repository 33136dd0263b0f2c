"""Why a frame does not show its page: the browser's error names as sentences for operators. Pure.

Only the host of an address is ever shown: a watch link is a secret.
"""

from urllib.parse import urlsplit

from browser_host.sessions.session import ErrorCode, Fault

_HTTP_ERROR = 400
_MAX_HOST = 80

_FRAMING = {"ERR_BLOCKED_BY_RESPONSE", "ERR_BLOCKED_BY_CSP", "ERR_BLOCKED_BY_CLIENT"}
_CERTIFICATE = {
    "ERR_CERT_AUTHORITY_INVALID": (
        "the certificate of {host} is signed by an unknown authority: name its file in browser.ca_file"
    ),
    "ERR_CERT_COMMON_NAME_INVALID": "the certificate of {host} is for another host name",
    "ERR_CERT_DATE_INVALID": "the certificate of {host} has expired or is not valid yet",
    "ERR_CERT_REVOKED": "the certificate of {host} is revoked",
}
_UNREACHABLE = {
    "ERR_CONNECTION_REFUSED": "{host} refused the connection",
    "ERR_CONNECTION_RESET": "{host} reset the connection",
    "ERR_CONNECTION_CLOSED": "{host} closed the connection without an answer",
    "ERR_EMPTY_RESPONSE": "{host} closed the connection without an answer",
    "ERR_CONNECTION_TIMED_OUT": "{host} did not answer in time",
    "ERR_TIMED_OUT": "{host} did not answer in time",
    "ERR_NAME_NOT_RESOLVED": "the host name {host} could not be resolved",
    "ERR_ADDRESS_UNREACHABLE": "there is no route to {host}",
    "ERR_NETWORK_CHANGED": "the network changed while {host} was loading",
    "ERR_INTERNET_DISCONNECTED": "this machine has no network connection",
    "ERR_PROXY_CONNECTION_FAILED": "the proxy did not answer",
    "ERR_TUNNEL_CONNECTION_FAILED": "the proxy refused to connect to {host}",
    "ERR_TOO_MANY_REDIRECTS": "{host} redirects in a loop",
    "ERR_UNSAFE_PORT": "browsers refuse to connect to the port of the address at {host}",
    "ERR_INVALID_URL": "the link is not an address that a browser can open",
}

_TLS = ("ERR_SSL_", "ERR_BAD_SSL_")


def host_of(address: str) -> str:
    """The host of an address, printable and bounded."""
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        host = ""
    host = "".join(c for c in host if c.isprintable() and not c.isspace())[:_MAX_HOST]
    return host or "the service"


def origin_text(origin: str) -> str:
    """An origin as readable text, printable and bounded; `null` if it is not a web address."""
    if not origin.startswith(("https://", "http://")):
        return "null"
    return "".join(c for c in origin if c.isprintable() and not c.isspace())[: _MAX_HOST + 20]


def net_error(address: str, error: str) -> Fault:
    """The fault for a document that failed to load.

    Args:
        address: what failed to load; after redirects, the last target.
        error: Chromium's name, such as `net::ERR_CONNECTION_REFUSED`; empty if it gave none.
    """
    host = host_of(address)
    name = error.removeprefix("net::")
    if name in _FRAMING:
        return Fault(ErrorCode.FRAMING_BLOCKED, f"the page of {host} may not be shown in a frame")
    if name == "ERR_BLOCKED_BY_LOCAL_NETWORK_ACCESS_CHECKS":
        hint = "set browser.allow_private_network to host pages from there"
        return Fault(ErrorCode.PRIVATE_NETWORK, f"{host} is on this machine or a private network: {hint}")
    if name.startswith("ERR_CERT_"):
        text = _CERTIFICATE.get(name, f"the certificate of {{host}} is not accepted ({_token(name)})")
        return Fault(ErrorCode.CERTIFICATE, text.format(host=host))
    if name == "ERR_ABORTED":
        return Fault(ErrorCode.UNREACHABLE, _aborted(address, host))
    what = "could not connect securely to {host}" if name.startswith(_TLS) else "could not load {host}"
    text = _UNREACHABLE.get(name, what + (f" ({_token(name)})" if name else ""))
    return Fault(ErrorCode.UNREACHABLE, text.format(host=host))


def http_status(address: str, status: int) -> Fault | None:
    """The fault for a document's HTTP status, or None if the status is not an error."""
    if status < _HTTP_ERROR:
        return None
    return Fault(ErrorCode.HTTP_STATUS, f"the service at {host_of(address)} answered {status}")


def no_answer(address: str, within: float) -> Fault:
    """The fault for a frame that showed no document in time.

    Args:
        within: seconds.
    """
    return Fault(ErrorCode.UNREACHABLE, f"{host_of(address)} showed no page within {within:g} s")


def replaced(fault: Fault) -> Fault:
    """The fault for a page that had reported something, and whose next document failed with `fault`."""
    if fault.code is ErrorCode.HTTP_STATUS:
        return fault
    return Fault(ErrorCode.PAGE_REPLACED, f"the page navigated, and {fault.text}")


def left(address: str) -> Fault:
    """The fault for a page that had reported something, and navigated to another origin."""
    return Fault(ErrorCode.PAGE_REPLACED, f"the page was replaced by one of {host_of(address)}")


def silent(address: str, within: float) -> Fault:
    """The fault for a page that navigated within its origin, and whose next document reports nothing.

    Args:
        within: seconds.
    """
    text = f"the page was replaced by another of {host_of(address)}, which reported nothing for {within:g} s"
    return Fault(ErrorCode.PAGE_REPLACED, text)


def _aborted(address: str, host: str) -> str:
    # In a secure page only frames of this machine and private addresses may use http (mixed content).
    # Chromium reports the same error for that, for a download, and for an empty response (HTTP 204).
    by_number = host.replace(".", "").isdigit() or ":" in host or host == "localhost"
    if address.lower().startswith("http:") and not by_number:
        return f"{host} sent no page to show; an http: link works only for addresses on a private network"
    return f"{host} sent no page to show"


def _token(name: str) -> str:
    return "".join(c for c in name[:60] if c.isascii() and (c.isalnum() or c == "_"))
