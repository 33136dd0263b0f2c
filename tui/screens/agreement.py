"""What a question was answered with, and what follows from it."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ConfirmAnswer:
    """What was answered.

    Args:
        ids: the sessions that are still open, None if the question was cancelled.
        why: why it was cancelled, in a sentence; empty if the operator chose to.
    """

    ids: tuple[str, ...] | None = None
    why: str = ""


def on_agreement(
    agreed: Callable[[tuple[str, ...]], object], say: Callable[[str], object]
) -> Callable[[ConfirmAnswer | None], None]:
    """What to do with an answer: go on where the operator agreed, else say why the question was cancelled."""

    def answered(answer: ConfirmAnswer | None) -> None:
        if answer is not None and answer.ids is not None:
            agreed(answer.ids)
        elif answer is not None and answer.why:
            say(answer.why)

    return answered
