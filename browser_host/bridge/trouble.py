"""Why a frame does not show its page, from the browser's words to the operator's. Pure; never an address."""

from urllib.parse import urlsplit

from browser_host.sessions.session import ErrorCode, Fault

LOAD_WITHIN_S = 20.0
"""How long a frame may take to commit its first document."""

_HTTP_ERROR = 400
_MAX_HOST = 80

_FRAMING = {"ERR_BLOCKED_BY_RESPONSE", "ERR_BLOCKED_BY_CSP", "ERR_BLOCKED_BY_CLIENT"}
_WORDS = {
    "ERR_CONNECTION_REFUSED": "{host} refused the connection",
    "ERR_CONNECTION_RESET": "{host} broke the connection off",
    "ERR_CONNECTION_CLOSED": "{host} closed the connection without an answer",
    "ERR_EMPTY_RESPONSE": "{host} closed the connection without an answer",
    "ERR_CONNECTION_TIMED_OUT": "{host} did not answer in time",
    "ERR_TIMED_OUT": "{host} did not answer in time",
    "ERR_NAME_NOT_RESOLVED": "the name {host} is not known here",
    "ERR_ADDRESS_UNREACHABLE": "there is no way to {host} from here",
    "ERR_NETWORK_CHANGED": "the network changed while {host} was loading",
    "ERR_INTERNET_DISCONNECTED": "this machine has no network",
    "ERR_PROXY_CONNECTION_FAILED": "the proxy did not answer",
    "ERR_TUNNEL_CONNECTION_FAILED": "the proxy let no connection to {host} through",
    "ERR_TOO_MANY_REDIRECTS": "{host} redirects in a circle",
    "ERR_UNSAFE_PORT": "browsers refuse the port of the address at {host}",
    "ERR_INVALID_URL": "the link is no address that a browser can open",
}


def host_of(address: str) -> str:
    """The host of an address, printable and bounded; the only part of a link that may be said."""
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        host = ""
    host = "".join(c for c in host if c.isprintable() and not c.isspace())[:_MAX_HOST]
    return host or "the service"


def net_error(address: str, error: str) -> Fault:
    """The fault for a document that failed to load.

    Args:
        address: what was to be loaded, for its host.
        error: Chromium's word, such as `net::ERR_CONNECTION_REFUSED`; empty where it gave none.
    """
    host = host_of(address)
    word = error.removeprefix("net::")
    if word in _FRAMING:
        return Fault(ErrorCode.FRAMING_BLOCKED, f"the page of {host} may not be shown in a frame")
    if word == "ERR_BLOCKED_BY_LOCAL_NETWORK_ACCESS_CHECKS":
        hint = "set browser.allow_private_network to host pages from there"
        return Fault(ErrorCode.PRIVATE_NETWORK, f"{host} is on this machine or a private network: {hint}")
    if word in _WORDS:
        return Fault(ErrorCode.UNREACHABLE, _WORDS[word].format(host=host))
    if word.startswith(("ERR_CERT_", "ERR_SSL_", "ERR_BAD_SSL_")):
        return Fault(ErrorCode.UNREACHABLE, f"no secure connection to {host} ({_name(word)})")
    if word == "ERR_ABORTED":
        return Fault(ErrorCode.UNREACHABLE, _aborted(address, host))
    return Fault(ErrorCode.UNREACHABLE, f"{host} could not be loaded" + (f" ({_name(word)})" if word else ""))


def http_status(address: str, status: int) -> Fault | None:
    """The fault for a document's HTTP status, or None where it is a page."""
    if status < _HTTP_ERROR:
        return None
    return Fault(ErrorCode.HTTP_STATUS, f"the service at {host_of(address)} answered {status}")


def no_answer(address: str) -> Fault:
    """The fault for a frame that committed nothing in time."""
    text = f"{host_of(address)} showed no page within {LOAD_WITHIN_S:.0f} s"
    return Fault(ErrorCode.UNREACHABLE, text)


def _aborted(address: str, host: str) -> str:
    # A frame of a secure page may be http: only for this machine and private addresses (mixed content);
    # Chromium gives no other word for it, nor for a download or an empty answer (HTTP 204).
    by_number = host.replace(".", "").isdigit() or ":" in host or host == "localhost"
    if address.lower().startswith("http:") and not by_number:
        return f"{host} gave no page to show; a link with http: works only for addresses on a private network"
    return f"{host} gave no page to show"


def _name(word: str) -> str:
    return "".join(c for c in word[:60] if c.isascii() and (c.isalnum() or c == "_"))
