"""Decide whether and when a request is repeated. Pure, so that tests prove that no link is created twice.

A link is requested again only if the service certainly did not create one: there was no connection, or it
answered 429, which means that it did nothing. After a 5xx it is never requested again, not even after 503
with a Retry-After: caches add one to answers of a server that may have acted (Varnish's own error page has
`Retry-After: 5`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from browser_host.upscope.calls import ServiceCall
from browser_host.upscope.outcomes import Broken, ServiceAnswer, Stage

PASSING = frozenset({HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT})


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a request may take, including retries.

    Args:
        total_s: most seconds in all.
        attempts: most requests.
        first_s: most seconds of the first pause; each further one may be twice as long.
        longest_s: most seconds of a pause, unless the service requests a longer one.
    """

    total_s: float = 20.0
    attempts: int = 4
    first_s: float = 0.5
    longest_s: float = 8.0


def may_repeat(call: ServiceCall, outcome: ServiceAnswer | Broken) -> bool:
    """Whether repeating a request is harmless and may succeed."""
    match outcome:
        case Broken(stage=Stage.NOT_SENT) | ServiceAnswer(status=HTTPStatus.TOO_MANY_REQUESTS):
            return True
        case Broken(stage=Stage.UNDER_WAY):
            return call.may_be_repeated
        case ServiceAnswer(status=status):
            return call.may_be_repeated and status in PASSING
        case _:
            return False


def pause(
    call: ServiceCall,
    outcome: ServiceAnswer | Broken,
    *,
    attempt: int,
    left_s: float,
    patience: Patience,
    chance: Callable[[], float],
) -> float | None:
    """Seconds until a request is repeated, or None if it is not.

    Args:
        attempt: number of requests made, from 1.
        left_s: seconds left of the total.
        chance: a number from 0 to 1, so that clients refused together don't retry together.
    """
    if attempt >= patience.attempts or not may_repeat(call, outcome):
        return None
    step = min(patience.longest_s, patience.first_s * 2 ** (attempt - 1))
    asked = outcome.retry_after_s if isinstance(outcome, ServiceAnswer) else None
    wait = step * chance() if asked is None else asked + patience.first_s * chance()
    return wait if wait < left_s else None
