"""Removes what looks like a secret from any text: the last line of defence behind the `Secret` types."""

import re

_ADDRESS = re.compile(
    r"(?P<scheme>\b(?:https?|wss?)://)(?:[^\s/?#@\"'<>\\]*@)?(?P<host>[^\s/?#\"'<>\\]+)(?P<rest>[/?#][^\s\"'<>\\]*)?",
    re.IGNORECASE,
)
_HEADER = re.compile(
    r"(?P<name>x-api-key|authorization)(?P<between>[\"']?[\s:=,]{1,4}(?:b?[\"'])?)"
    r"(?P<scheme>(?:bearer|basic)\s+)?[^\s\"',)}\]]+",
    re.IGNORECASE,
)
_QUERY = re.compile(r"(?P<name>[?&][\w.\[\]-]{1,64}=)[^&\s\"'<>]+")


def scrubbed(text: str) -> str:
    """Cut addresses to their origins, and mask API keys in headers and values in queries.

    Args:
        text: a value in a log line, an error message, a traceback.
    """
    text = _ADDRESS.sub(_origin, text)
    text = _HEADER.sub(lambda found: f"{found['name']}{found['between']}{found['scheme'] or ''}…", text)
    return _QUERY.sub(lambda found: f"{found['name']}…", text)


def _origin(found: re.Match[str]) -> str:
    rest = found["rest"] or ""
    return f"{found['scheme']}{found['host']}{rest if rest in ('', '/') else '/…'}"
