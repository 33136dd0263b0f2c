"""Whether a request is made again, and when: pure, so that no request can be doubled by accident.

A link is asked for again only where the service certainly has not made one: no connection stood, or 429,
with which it says that it did not do it. Every 5xx is left alone, 503 with a Retry-After too: caches put
one on what a server behind them may well have done (Varnish's own error page says `Retry-After: 5`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from browser_host.upscope.calls import Call
from browser_host.upscope.outcomes import Answer, Broken, Stage

PASSING = frozenset({HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT})


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a request may take with all its repetitions.

    Args:
        total_s: seconds, whatever happens.
        attempts: requests at most.
        first_s: seconds of the first pause at most; each further one may be twice as long.
        longest_s: seconds of any pause that the service did not ask for.
    """

    total_s: float = 20.0
    attempts: int = 4
    first_s: float = 0.5
    longest_s: float = 8.0


def may_repeat(call: Call, outcome: Answer | Broken) -> bool:
    """Whether making a request again can do no harm and may do good."""
    match outcome:
        case Broken(stage=Stage.NOT_SENT) | Answer(status=HTTPStatus.TOO_MANY_REQUESTS):
            return True
        case Broken(stage=Stage.UNDER_WAY):
            return call.may_be_repeated
        case Answer(status=status):
            return call.may_be_repeated and status in PASSING
        case _:
            return False


def pause(
    call: Call,
    outcome: Answer | Broken,
    *,
    attempt: int,
    left_s: float,
    patience: Patience,
    chance: Callable[[], float],
) -> float | None:
    """Seconds until a request is made again, or None where it is not.

    Args:
        attempt: how many were made, from 1.
        left_s: seconds left of the total.
        chance: a number from 0 to 1, so that many who were refused together don't come back together.
    """
    if attempt >= patience.attempts or not may_repeat(call, outcome):
        return None
    step = min(patience.longest_s, patience.first_s * 2 ** (attempt - 1))
    asked = outcome.retry_after_s if isinstance(outcome, Answer) else None
    wait = step * chance() if asked is None else asked + patience.first_s * chance()
    return wait if wait < left_s else None
