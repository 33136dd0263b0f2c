"""Text as the journal keeps it: bounded, printable, and never with a link in it."""

import re

from browser_host.protocol.text import printable
from browser_host.scrubbing import scrubbed
from browser_host.secrets import WatchLink

_LINK = re.compile(r"[a-z][a-z0-9+.-]{0,15}(?P<colon>://|%3a%2f%2f)(?P<rest>[^\s\"'<>]*)", re.IGNORECASE)
_SUSPECT = re.compile(r"[:=%]|key|authorization", re.IGNORECASE)
"""What stands beside every secret; ids and names have none of it and cost one look (58 to 20 us an entry)."""
_ORIGIN = re.compile(r"[A-Za-z0-9.-]+(?::\d{1,5})?/?|\[[0-9A-Fa-f:.]+\](?::\d{1,5})?/?")
_LONGER = 8
"""A text is looked at so many times its limit: a long link before the words must not push them out."""
_CLOSING = ".,;:!?)]}"


def kept(text: str, limit: int) -> str:
    """The text as it may be written down.

    A link becomes its fingerprint; an origin alone (scheme, host and port) is no secret and stays. What
    does not print (control characters, bidirectional overrides, lone surrogates) is written as an escape.

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
