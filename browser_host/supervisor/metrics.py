"""How the host is: in a sentence for a person, in numbers for Prometheus. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from browser_host.browsers.hosting import BrowserDescription
from browser_host.protocol.events import Status
from browser_host.sessions.session import Hosting, Session
from browser_host.supervisor.tallies import Tallies

RUNNING = "running"
"""The `state` of a browser that is well."""


def trouble(browsers: Sequence[BrowserDescription], sessions: Iterable[Session]) -> str | None:
    """What is wrong with the hosting, in plain words, or None."""
    ill = [f"browser {browser.number} is {browser.state}" for browser in browsers if browser.state != RUNNING]
    if not browsers:
        ill.append("no browser runs")
    counts = Counter(session.hosting for session in sessions)
    ill += [
        f"{counts[hosting]} {'session is' if counts[hosting] == 1 else 'sessions are'} {hosting.value}"
        for hosting in (Hosting.LOST, Hosting.UNRESPONSIVE)
        if counts[hosting]
    ]
    return "; ".join(ill) or None


def status_line(health: Mapping[str, Any]) -> str:
    """The host in a line, for whoever asks the service manager.

    Args:
        health: as `/v1/health` has it.
    """
    return f"{health['sessions']} sessions, {health['status']}" + (
        f": {health['reason']}" if health["reason"] else ""
    )


def exposition(
    browsers: Sequence[BrowserDescription],
    sessions: Iterable[Session],
    tallies: Tallies,
    *,
    seq: int,
    started: float,
) -> str:
    """The numbers in Prometheus' text format, version 0.0.4.

    Args:
        tallies: what was counted since the start.
        started: epoch seconds.
    """
    held = list(sessions)
    hosting = Counter(session.hosting for session in held)
    status = Counter(session.status for session in held)
    lines = [
        *_metric("start_time_seconds", "gauge", "When the host started.", [("", started)]),
        *_metric("events_total", "counter", "Events published to clients.", [("", seq)]),
        *_metric(
            "sessions",
            "gauge",
            "Sessions by how their hosting stands.",
            [(f'{{hosting="{one.value}"}}', hosting[one]) for one in Hosting],
        ),
        *_metric(
            "sessions_status",
            "gauge",
            "Sessions by their page's last word.",
            [(f'{{status="{one.value}"}}', status[one]) for one in Status] + [('{status=""}', status[None])],
        ),
        *_metric(
            "page_messages_total",
            "counter",
            "Messages of the pages, and what became of those that were not read.",
            [
                ('{what="read"}', sum(session.events for session in held)),
                ('{what="dropped"}', sum(session.dropped for session in held)),
                ('{what="refused"}', sum(session.violations for session in held)),
            ],
        ),
        *_metric(
            "falls_total",
            "counter",
            "Pages, sessions and browsers that fell, by cause; a page counts once with all its sessions.",
            [(f'{{why="{why}"}}', count) for why, count in sorted(tallies.falls.items())],
        ),
        *_metric(
            "instructions_total",
            "counter",
            "Instructions by what became of them; each is queued before it is anything else.",
            [(f'{{state="{state}"}}', count) for state, count in sorted(tallies.instructions.items())],
        ),
        *_metric(
            "browser_pages",
            "gauge",
            "Pages of each browser.",
            [(f'{{browser="{browser.number}"}}', browser.pages) for browser in browsers],
        ),
        *_metric(
            "browser_busiest_page",
            "gauge",
            "The share of time that the thread of each browser's busiest page works.",
            [(f'{{browser="{browser.number}"}}', browser.busiest) for browser in browsers],
        ),
        *_metric(
            "browser_up",
            "gauge",
            "Whether each browser is running.",
            [(f'{{browser="{browser.number}"}}', int(browser.state == RUNNING)) for browser in browsers],
        ),
    ]
    return "\n".join(lines) + "\n"


def _metric(name: str, kind: str, help_text: str, values: Sequence[tuple[str, float]]) -> list[str]:
    full = f"watchdeck_{name}"
    rows = [f"{full}{labels} {value}" for labels, value in values]
    return [f"# HELP {full} {help_text}", f"# TYPE {full} {kind}", *rows]
