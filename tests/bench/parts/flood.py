"""The effect of one flooding page on the others."""

import time
from collections.abc import Mapping
from typing import Any

from tests.bench.figures import Figure, quantile
from tests.bench.stand import Stand
from tests.bench.tap import tapped

TITLE = "One page posts 50,000 messages a second, beside 99 sessions that post one a second"
ROUNDS = 3
SESSIONS = 100
FLOOD = 50_000
COUNTS_S = 15.0
SETTLES_S = 4.0

FIGURES = (
    Figure("p50 before: all", "ms"),
    Figure("p99 before: all", "ms"),
    Figure("p50 under the flood: sessions of other pages", "ms"),
    Figure("p99 under the flood: sessions of other pages", "ms"),
    Figure("p50 under the flood: sessions of the same page", "ms"),
    Figure("p50: other pages under the flood / before", "x", at_most=2.0),
    Figure("p99: other pages under the flood / before", "x", at_most=2.0),
    Figure("counted messages of the flood", "1/s"),
    Figure("sessions named as flooding", "", at_least=1.0, at_most=1.0),
)


def measure(stand: Stand) -> Mapping[str, float]:
    """Measure one round: the same sessions without and with the flood, at a client of a real host."""
    sessions = stand.scale.sessions(SESSIONS, least=30)
    calm, _, _ = _ages(stand, sessions, "clock")
    ages, host, reason = _ages(stand, sessions, ",".join(("flood", *["clock"] * (sessions - 1))))
    culprit = max(host, key=lambda one: one["dropped"])
    neighbours = {one["id"] for one in host if one["process"] == culprit["process"]} - {culprit["id"]}
    others = [age for one, all_ages in ages.items() if one not in neighbours for age in all_ages]
    beside = [age for one in neighbours for age in ages.get(one, [])]
    before = [age for all_ages in calm.values() for age in all_ages]
    named = [one for one in host if f"{one['id']} " in reason]
    return {
        "p50 before: all": quantile(before, 0.5),
        "p99 before: all": quantile(before, 0.99),
        "p50 under the flood: sessions of other pages": quantile(others, 0.5),
        "p99 under the flood: sessions of other pages": quantile(others, 0.99),
        "p50 under the flood: sessions of the same page": quantile(beside, 0.5),
        "p50: other pages under the flood / before": quantile(others, 0.5) / quantile(before, 0.5),
        "p99: other pages under the flood / before": quantile(others, 0.99) / quantile(before, 0.99),
        "counted messages of the flood": (culprit["dropped"] + culprit["events"])
        / stand.scale.seconds(COUNTS_S + SETTLES_S),
        "sessions named as flooding": len(named),
    }


def _ages(
    stand: Stand, sessions: int, scenario: str
) -> tuple[Mapping[str, list[float]], list[dict[str, Any]], str]:
    """Return the age of each session's messages at a client, and sessions and health at the end."""
    with (
        stand.pages(sessions, 1.0, scenario=scenario, flood=FLOOD) as links,
        stand.host(links) as hosted,
    ):
        hosted.open_s(sessions)
        time.sleep(stand.scale.seconds(SETTLES_S))
        with tapped(hosted.home.socket) as tap:
            time.sleep(stand.scale.seconds(COUNTS_S))
            health = hosted.health()
        return tap.ages_ms, hosted.sessions(), health["reason"] or ""
