"""Text for the journal: bounded, printable and without links."""

import re

from browser_host.protocol.text import printable
from browser_host.scrubbing import scrubbed
from browser_host.secrets import WatchLink

_LINK = re.compile(r"[a-z][a-z0-9+.-]{0,15}(?P<colon>://|%3a%2f%2f)(?P<rest>[^\s\"'<>]*)", re.IGNORECASE)
_SUSPECT = re.compile(r"[:=%]|key|authorization", re.IGNORECASE)
"""Markers that accompany every secret; ids and names contain none, so one search suffices (58 to 20 us an
entry)."""
_ORIGIN = re.compile(r"[A-Za-z0-9.-]+(?::\d{1,5})?/?|\[[0-9A-Fa-f:.]+\](?::\d{1,5})?/?")
_LONGER = 8
"""How many times its limit of a text is read: a long link in front must not push the rest out."""
_CLOSING = ".,;:!?)]}"


def kept(text: str, limit: int) -> str:
    """The text as the journal stores it.

    A link becomes its fingerprint; a bare origin (scheme, host and port) is not secret and stays. Unprintable
    characters (control characters, bidirectional overrides, lone surrogates) are escaped.

    Args:
        limit: characters; a longer text ends in `…`.
    """
    looked_at = text[: limit * _LONGER]
    if _SUSPECT.search(looked_at):
        looked_at = scrubbed(_LINK.sub(_masked, looked_at))
    return printable(looked_at, limit)


def _masked(match: re.Match[str]) -> str:
    link = match[0].rstrip(_CLOSING)
    after = match[0][len(link) :]
    if match["colon"] == "://" and _ORIGIN.fullmatch(match["rest"].rstrip(_CLOSING)):
        return match[0]
    return f"(link {WatchLink(link).fingerprint}){after}"
