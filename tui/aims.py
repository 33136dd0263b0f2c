"""Targets that the palette gives an action: `@marked`, `@shown`, `@stale`; pure."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from tui.state import Deck
from tui.view_state import Aim, Target, ViewState, aimed

AIMED: Mapping[str, str] = {
    "end": "End",
    "mode-draw": "Mode draw to",
    "mode-pointer": "Mode pointer to",
    "mode-cursor": "Mode cursor to",
    "color-next": "Next color to",
    "color-choose": "Choose a color for",
    "retry": "Try to host again",
    "copy-id": "Copy the ids of",
    "copy-row": "Copy the rows of",
}
"""What can be given a target, by the action's id, in the palette's words."""

_AIMS = (Aim.MARKED, Aim.STALE, Aim.SHOWN)
"""The widest last: what enter chooses by accident should be little."""


@dataclass(frozen=True, slots=True)
class Aimed:
    """An action with its target, as the palette offers it: what it counts is what it can hit."""

    action: str
    target: Target

    @property
    def words(self) -> str:
        """Such as `End @stale: the 5 stale sessions (2 hidden by the filter)`."""
        return f"{AIMED[self.action]} @{self.target.aim.value}: {self.target.words}"


def parted(query: str) -> tuple[str, str | None]:
    """What is asked for, and the target's word without its `@`, None where no target is named."""
    words = query.split()
    named = [word for word in words if word.startswith("@")]
    rest = " ".join(word for word in words if not word.startswith("@"))
    return rest, named[-1][1:].casefold() if named else None


def offered(word: str, view: ViewState, deck: Deck, actions: Collection[str]) -> Iterator[Aimed]:
    """The actions with each target that the word begins and that has anybody in it.

    Args:
        word: what was typed of the target so far.
        actions: ids of the actions that work now.
    """
    for aim in _AIMS:
        if aim.value.startswith(word) and (target := aimed(view, deck, aim)).ids:
            yield from (Aimed(action, target) for action in AIMED if action in actions)


def still_meant(target: Target, view: ViewState, deck: Deck) -> Target:
    """Of those that were counted when the target was offered, the ones that it means yet; never more."""
    now = aimed(view, deck, target.aim)
    means = frozenset(now.ids)
    ids = tuple(session_id for session_id in target.ids if session_id in means)
    return replace(target, ids=ids, hidden=len(frozenset(ids).difference(view.rows)))
