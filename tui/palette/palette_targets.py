"""Targets that the palette gives an action: `@marked`, `@shown`, `@stale`; pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from tui.host.deck import Deck
from tui.view.view_state import ActionTarget, Aim, ViewState, aimed

AIMED: Mapping[str, str] = {
    "end": "End",
    "mode-draw": "Mode draw to",
    "mode-pointer": "Mode pointer to",
    "mode-cursor": "Mode cursor to",
    "color-next": "Next color to",
    "color-choose": "Choose a color for",
    "retry": "Retry",
    "copy-id": "Copy the ids of",
    "copy-row": "Copy the rows of",
}
"""The actions that accept a target, by id, as the palette words them."""

_AIMS = (Aim.MARKED, Aim.STALE, Aim.SHOWN)
"""The widest last, so that enter pressed by accident hits few."""


@dataclass(frozen=True, slots=True)
class PaletteTarget:
    """An action with its target, as the palette offers it: it can hit those it counts and no others."""

    action: str
    target: ActionTarget

    @property
    def words(self) -> str:
        """Such as `End @stale: the 5 stale sessions (2 hidden by the filter)`."""
        return f"{AIMED[self.action]} @{self.target.aim.value}: {self.target.words}"


def parted(query: str) -> tuple[str, str | None]:
    """The action's part of a query, and the target's word without its `@`, None if no target is named."""
    words = query.split()
    named = [word for word in words if word.startswith("@")]
    rest = " ".join(word for word in words if not word.startswith("@"))
    return rest, named[-1][1:].casefold() if named else None


def offered(word: str, view: ViewState, deck: Deck, actions: Sequence[str]) -> Iterator[PaletteTarget]:
    """The actions with each target that the word begins and that is not empty.

    Args:
        word: what was typed of the target so far.
        actions: ids of the actions that work now, the best match first.
    """
    for aim in _AIMS:
        if aim.value.startswith(word) and (target := aimed(view, deck, aim)).ids:
            yield from (PaletteTarget(action, target) for action in actions)


def still_meant(target: ActionTarget, view: ViewState, deck: Deck) -> ActionTarget:
    """The part of an offered target that still belongs to it; it never grows."""
    now = aimed(view, deck, target.aim)
    means = frozenset(now.ids)
    ids = tuple(session_id for session_id in target.ids if session_id in means)
    return replace(target, ids=ids, hidden=len(frozenset(ids).difference(view.rows)))
