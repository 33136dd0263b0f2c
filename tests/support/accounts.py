"""What was given, what the journal says of it and what the pages saw of it, laid beside each other. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

Key: TypeAlias = tuple[str, str, str]
"""Fingerprint of a link, action, and what the action is to do: a message to a page."""

ACTIONS = frozenset({"setMode", "switchColor", "endSession"})
NOTHING_SENT = frozenset({"failed", "cancelled", "skipped"})
CLOSED = NOTHING_SENT | {"confirmed", "unconfirmed"}

ANY_COLOR = "next colour"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the host answered to a test that gave an instruction.

    Args:
        link: fingerprint of the session's.
        argument: what the action is to do, as the page is told it.
        given, answered: seconds since the epoch.
        state: the result's, `refused` with the error's code in `text`, or `no answer`.
        instruction: the ledger's id, where there is one.
    """

    session: str
    link: str
    action: str
    argument: str
    given: float
    answered: float
    state: str
    instruction: str | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Fate:
    """What the journal says of one instruction, oldest outcome first."""

    session: str
    action: str
    argument: str
    outcomes: tuple[str, ...]
    at: str

    @property
    def last(self) -> str:
        return self.outcomes[-1]

    @property
    def is_open(self) -> bool:
        """A mode is never confirmed, so that it was sent is the last word of it."""
        return self.last not in CLOSED and not (self.action == "setMode" and self.last == "sent")


def fates(entries: Iterable[Mapping[str, Any]]) -> dict[str, Fate]:
    """By the instruction's id."""
    steps: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for entry in entries:
        if entry["action"] in ACTIONS:
            steps[entry["instruction"]].append(entry)
    return {
        number: Fate(
            found[0]["session"],
            found[0]["action"],
            "" if found[0]["action"] == "endSession" else found[0]["text"],
            tuple(entry["outcome"] for entry in found),
            found[0]["at"],
        )
        for number, found in steps.items()
    }


def seen(instructions: Iterable[Mapping[str, Any]]) -> Counter[Key]:
    """What pages were told, by the pages' own record."""
    return Counter((one["link"], one["action"], _argument(one["message"])) for one in instructions)


def complaints(
    known: Mapping[str, Fate],
    told: Counter[Key],
    links: Mapping[str, str],
    answers: Sequence[Answer] = (),
    unwitnessed: frozenset[str] = frozenset(),
) -> list[str]:
    """Every instruction that was lost, repeated, misdirected, or told of wrongly; none where all is well.

    Args:
        links: fingerprint by the session's id.
        unwitnessed: ids of instructions whose page may have died before it could note them.
    """
    may, must = Counter[Key](), Counter[Key]()
    found = []
    for number, fate in known.items():
        key = (links.get(fate.session, "?"), fate.action, fate.argument)
        may[key] += fate.last not in NOTHING_SENT
        must[key] += fate.last == "confirmed" and number not in unwitnessed
        if fate.is_open or fate.outcomes[0] != "intended" or len(set(fate.outcomes)) < len(fate.outcomes):
            found.append(f"{number} {key} has no one fate: {fate.outcomes}")
    for key, times in told.items():
        if times > may[key]:
            found.append(f"{key} reached a page {times} times, and {may[key]} times at most it was sent")
    found += [
        f"{key} was confirmed {times} times, and seen {told[key]}"
        for key, times in must.items()
        if told[key] < times
    ]
    return found + [text for one in answers if (text := _contradicted(one, known, told))]


def unwitnessed(answers: Iterable[Answer], died: Iterable[tuple[float, float]]) -> frozenset[str]:
    """Ids of the instructions that were under way while pages died: nobody may ever hear what these noted.

    Args:
        died: from and until when, in seconds since the epoch.
    """
    times = list(died)
    return frozenset(
        answer.instruction
        for answer in answers
        if answer.instruction
        and any(answer.answered >= began and answer.given <= over for began, over in times)
    )


def _contradicted(answer: Answer, known: Mapping[str, Fate], told: Counter[Key]) -> str | None:
    times = told[answer.link, answer.action, answer.argument]
    if answer.instruction is not None:
        fate = known.get(answer.instruction)
        if fate is None or answer.state not in fate.outcomes:
            return f"{answer} was answered, and the journal says {fate}"
    elif answer.state in {"refused", "failed"} and answer.argument.startswith("#") and times:
        return f"{answer} was refused, and reached its page"
    return None


def _argument(message: Any) -> str:
    if not isinstance(message, dict) or message.get("action") == "endSession":
        return ""
    if message.get("action") == "setMode":
        return str(message.get("mode"))
    return str(message.get("color", ANY_COLOR))
