"""What the help lists: keys, and the filter language as the filter itself defines it; pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from browser_host.sessions import filter as filters
from browser_host.sessions.folding import folded

KEYMAP = 'To change a key, add its id to the configuration:  [tui.keymap]  end = "x"'

_MEANINGS = {
    "status:": "the status that the page reported",
    "hosting:": "the state of hosting",
    "source:": "where the session comes from",
    "mode:": "the last mode sent",
    "label:": "part of the label",
    "color:": "the page's color, by name or #rrggbb",
    "stale:": "staleness, or the rule that found it",
    "tag:": "a whole tag of the visitor, as the service last said",
    "url:": "part of the visitor's address, as the service last said",
    "online:": "whether the visitor is online, as the service last said",
    "host:": "the name of the host, where there are several",
    "browser:": "the name of the browser's endpoint",
    "age>": "open for longer; age< for less; such as 90s, 10m, 2h",
    "silent>": "without an event for longer; silent< for less",
}


@dataclass(frozen=True, slots=True)
class HelpRow:
    """A line of the help.

    Args:
        name: a key, or a term of the filter.
        words: what it does.
        detail: the action's id, or the accepted words.
    """

    name: str
    words: str
    detail: str = ""


def filter_rows() -> Iterator[HelpRow]:
    """The filter language, a row for each kind of term."""
    yield HelpRow("acme", "id, label or visitor contains the text")
    for term, accepted in filters.terms():
        yield HelpRow(term, _MEANINGS.get(term, ""), " ".join(accepted))
    yield HelpRow("!term", "inverts a term, such as !status:active")
    yield HelpRow("a b", "both terms must match")
    yield HelpRow('label:"a b"', "quotes keep spaces and colons")


def matching(rows: Iterable[HelpRow], query: str) -> tuple[HelpRow, ...]:
    """The rows that contain every word of the query; all of them for an empty one."""
    words = folded(query).split()
    return tuple(
        row for row in rows if all(word in folded(f"{row.name} {row.words} {row.detail}") for word in words)
    )
