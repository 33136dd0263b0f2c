"""What the palette finds for a query: by key, id, name, sentence or synonym, exact names first; pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum

from browser_host.sessions.folding import folded

SYNONYMS: Mapping[str, str] = {
    "mark": "select",
    "mark-all": "select all",
    "unmark": "deselect none",
    "filter": "search find grep",
    "mode-draw": "pen",
    "mode-pointer": "spotlight",
    "color-next": "colour switch",
    "color-choose": "colour pick",
    "end": "kill terminate close finish",
    "plan": "kill many plan",
    "undo": "cancel revert restore take back",
    "retry": "try again reload reconnect",
    "detail": "show info open describe",
    "first": "top",
    "last": "bottom",
    "faults": "errors problems trouble",
    "wide": "columns",
    "pause": "freeze hold resume",
    "follow": "tail",
    "sort-choose": "order",
    "copy-id": "yank",
    "copy-row": "yank",
    "history": "journal log audit",
    "visitors": "add watch host",
    "palette": "command",
    "help": "keys manual",
    "quit": "exit leave bye detach",
}
"""Words that other tools use for an action, by its id."""


class Rank(IntEnum):
    """How well a query fits an action; enter runs the first of the best."""

    NONE = 0
    WORDS = 1
    """Each word of the query begins a word of what is said of the action."""
    BEGINS = 2
    """Its id, name or a synonym begins with the query."""
    NAME = 3
    """Its id, name or a synonym is the query."""
    KEY = 4


@dataclass(frozen=True, slots=True)
class PaletteEntry:
    """An action as the palette lists it.

    Args:
        id: the action's, from which its synonyms follow.
        keys: its keys, as they are displayed.
        words: its name of one or two words.
        sentence: what it does.
    """

    id: str
    keys: tuple[str, ...]
    words: str
    sentence: str

    @property
    def names(self) -> Iterator[str]:
        """Each name that the action is known by, folded."""
        synonyms = SYNONYMS.get(self.id, "")
        yield from (folded(name) for name in (self.id, self.words, *synonyms.split(), synonyms) if name)


def rank(query: str, entry: PaletteEntry) -> Rank:
    """How well the query fits.

    Words fit by their beginnings only: with a looser match, enter after a name that is refused at the
    moment would run an action that merely has the same letters.
    """
    if len(query) == 1 and query in entry.keys:  # `end` is a key's name, too
        return Rank.KEY
    wanted, names = folded(query), tuple(entry.names)
    if wanted in names:
        return Rank.NAME
    if any(name.startswith(wanted) for name in names):
        return Rank.BEGINS
    said = " ".join((*names, folded(entry.sentence))).replace("-", " ").split()
    fits = all(any(word.startswith(part) for word in said) for part in wanted.replace("-", " ").split())
    return Rank.WORDS if fits else Rank.NONE


def found(query: str, entries: Iterable[PaletteEntry]) -> tuple[PaletteEntry, ...]:
    """The entries that fit, the best first, else in their own order; all of them for an empty query."""
    ranked = [(rank(query, entry), entry) for entry in entries]
    ranked.sort(key=lambda pair: -pair[0])
    return tuple(entry for fit, entry in ranked if fit)
