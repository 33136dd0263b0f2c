"""Compares the host's answers to instructions with the journal and with the pages' own record. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

Key: TypeAlias = tuple[str, str, str]
"""Fingerprint of a link, action and argument: a message to a page."""

ACTIONS = frozenset({"setMode", "switchColor", "endSession"})
NOTHING_SENT = frozenset({"failed", "cancelled", "skipped"})
CLOSED = NOTHING_SENT | {"confirmed", "unconfirmed"}

ANY_COLOR = "next colour"


@dataclass(frozen=True, slots=True)
class Answer:
    """The host's answer to an instruction.

    Args:
        link: fingerprint of the session's link.
        argument: the argument of the action, as the page receives it.
        given, answered: seconds since the epoch.
        state: state of the result; `refused`, with the error code in `text`; or `no answer`.
        instruction: id in the ledger, if there is one.
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
class InstructionHistory:
    """The journal entries of one instruction, oldest outcome first."""

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
        """Whether an outcome is still missing; for a mode, which is never confirmed, `sent` is final."""
        return self.last not in CLOSED and not (self.action == "setMode" and self.last == "sent")


def histories(entries: Iterable[Mapping[str, Any]]) -> dict[str, InstructionHistory]:
    """Group journal entries by the id of their instruction."""
    steps: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for entry in entries:
        if entry["action"] in ACTIONS:
            steps[entry["instruction"]].append(entry)
    return {
        number: InstructionHistory(
            found[0]["session"],
            found[0]["action"],
            "" if found[0]["action"] == "endSession" else found[0]["text"],
            tuple(entry["outcome"] for entry in found),
            found[0]["at"],
        )
        for number, found in steps.items()
    }


def received(instructions: Iterable[Mapping[str, Any]]) -> Counter[Key]:
    """Count the instructions in the pages' own record."""
    return Counter((one["link"], one["action"], _argument(one["message"])) for one in instructions)


def discrepancies(
    known: Mapping[str, InstructionHistory],
    told: Counter[Key],
    links: Mapping[str, str],
    answers: Sequence[Answer] = (),
    unobserved: frozenset[str] = frozenset(),
) -> list[str]:
    """Describe every instruction that was lost, repeated, misdirected or reported incorrectly.

    Args:
        links: fingerprint by session id.
        unobserved: ids of instructions whose page or host may have died before recording what became of them.
    """
    may, must = Counter[Key](), Counter[Key]()
    found = []
    for number, history in known.items():
        key = (links.get(history.session, "?"), history.action, history.argument)
        may[key] += history.last not in NOTHING_SENT
        must[key] += history.last == "confirmed" and number not in unobserved
        if (
            history.is_open
            or history.outcomes[0] != "intended"
            or len(set(history.outcomes)) < len(history.outcomes)
        ):
            found.append(f"{number} {key} has no single history: {history.outcomes}")
    for key, times in told.items():
        if times > may[key]:
            found.append(f"{key} reached a page {times} times, but was sent at most {may[key]} times")
    found += [
        f"{key} was confirmed {times} times, but received {told[key]} times"
        for key, times in must.items()
        if told[key] < times
    ]
    return found + [text for one in answers if (text := _contradiction(one, known, told, unobserved))]


def unobserved(answers: Iterable[Answer], died: Iterable[tuple[float, float]]) -> frozenset[str]:
    """Ids of the instructions under way while pages crashed, whose record may be lost.

    Args:
        died: start and end of each such time, in seconds since the epoch.
    """
    times = list(died)
    return frozenset(
        answer.instruction
        for answer in answers
        if answer.instruction
        and any(answer.answered >= began and answer.given <= over for began, over in times)
    )


def _contradiction(
    answer: Answer,
    known: Mapping[str, InstructionHistory],
    told: Counter[Key],
    unobserved: frozenset[str],
) -> str | None:
    times = told[answer.link, answer.action, answer.argument]
    if answer.instruction is not None:
        history = known.get(answer.instruction)
        if history is None or answer.state not in history.outcomes:
            if answer.instruction in unobserved and history is not None and history.last == "unconfirmed":
                return None  # told by a host that was killed before the journal had it
            return f"answer {answer} contradicts the journal: {history}"
    elif answer.state in {"refused", "failed"} and answer.argument.startswith("#") and times:
        return f"{answer} was refused, but reached its page"
    return None


def _argument(message: Any) -> str:
    if not isinstance(message, dict) or message.get("action") == "endSession":
        return ""
    if message.get("action") == "setMode":
        return str(message.get("mode"))
    return str(message.get("color", ANY_COLOR))
