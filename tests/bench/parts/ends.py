"""The time from an instruction to its confirmation, for one session and for all."""

import statistics
import time
from collections.abc import Mapping
from typing import Any

from tests.bench.figures import Figure, quantile
from tests.bench.stand import Hosted, Stand

TITLE = "From an instruction to its confirmation (200 sessions, one message a second each, no undo)"
ROUNDS = 3
SESSIONS = 200
SETTLES_S = 4.0
SINGLE = 30
"""Instructions to one session each, one after the other."""

FIGURES = (
    Figure("a colour, one session: p50", "ms"),
    Figure("a colour, one session: p99", "ms"),
    Figure("a colour, all sessions", "s"),
    Figure("an end, one session", "ms"),
    Figure("an end, all other sessions", "s", at_most=1.0),
    Figure("confirmed ends", "%", at_least=100.0),
)

_RULES = """
[end]
undo = "0s"
per_second = 1000
"""
_CONFIRMED = "confirmed"


def measure(stand: Stand) -> Mapping[str, float]:
    """Measure one round. A page takes 30 ms to end, the simulator's default."""
    sessions = stand.scale.sessions(SESSIONS)
    with stand.pages(sessions, 1.0) as links, stand.host(links, more=_RULES) as hosted:
        hosted.open_s(sessions)
        time.sleep(stand.scale.seconds(SETTLES_S))
        ids = [session["id"] for session in hosted.sessions()]
        color = {"action": "switchColor", "color": "#123456"}
        singles = [
            _took(hosted, "/v1/instructions", {"ids": [one], **color})[0] * 1000
            for one in ids[1 : SINGLE + 1]
        ]
        all_colors, _ = _took(hosted, "/v1/instructions", {"all": True, **color})
        one_end, first = _took(hosted, "/v1/ends", {"ids": ids[:1]})
        all_ends, rest = _took(hosted, "/v1/ends", {"all": True})
    confirmed = first["counts"].get(_CONFIRMED, 0) + rest["counts"].get(_CONFIRMED, 0)
    return {
        "a colour, one session: p50": statistics.median(singles),
        "a colour, one session: p99": quantile(singles, 0.99),
        "a colour, all sessions": all_colors,
        "an end, one session": one_end * 1000,
        "an end, all other sessions": all_ends,
        "confirmed ends": 100 * confirmed / sessions,
    }


def _took(hosted: Hosted, address: str, body: dict[str, Any]) -> tuple[float, dict[str, Any]]:
    began = time.monotonic()
    answer = hosted.post(address, body)
    return time.monotonic() - began, answer
