"""The host's health as a sentence for people, and as numbers for Prometheus."""

import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from browser_host.api.endpoint_views import endpoints
from browser_host.api.replies import Health
from browser_host.api.schema import AlertView, BrowserView
from browser_host.config.choices import Channel
from browser_host.notify.outbox import DeliveryFate
from browser_host.protocol.page_messages import Status
from browser_host.sessions.alerts.alert_state import AlertState
from browser_host.sessions.browser_state import BrowserState
from browser_host.sessions.session import Hosting, Session
from browser_host.supervisor.counters import Counters, MessageFate


def trouble(browsers: Sequence[BrowserView], sessions: Iterable[Session]) -> str | None:
    """What is wrong with the hosting, or None."""
    problems = [
        f"browser {one.name} is {one.state}" + (f": {one.reason}" if one.reason else "")
        for one in endpoints(browsers)
        if one.state is not BrowserState.UP
    ]
    counts = Counter(session.hosting for session in sessions)
    problems += [
        f"{counts[hosting]} {'session is' if counts[hosting] == 1 else 'sessions are'} {hosting}"
        for hosting in (Hosting.LOST, Hosting.UNRESPONSIVE)
        if counts[hosting]
    ]
    return "; ".join(problems) or None


def status_line(health: Health) -> str:
    """The host's status line for the service manager."""
    reason = f": {health.reason}" if health.reason else ""
    return f"{health.sessions} sessions, {health.status}{reason}"


@dataclass(frozen=True, slots=True)
class Figures:
    """The source of the metrics at one time.

    Args:
        published: events so far.
        started: epoch seconds.
        deliveries: of alerts, by channel and result.
    """

    browsers: Sequence[BrowserView]
    sessions: Sequence[Session]
    counters: Counters
    published: int
    started: float
    alerts: Sequence[AlertView]
    deliveries: Mapping[tuple[Channel, DeliveryFate], int]


def exposition(figures: Figures) -> bytes:
    """The numbers in Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(_HostCollector(figures))
    return generate_latest(registry)


class _HostCollector(Collector):
    def __init__(self, figures: Figures) -> None:
        self._figures = figures

    def collect(self) -> Iterator[Metric]:
        figures = self._figures
        counters = figures.counters
        yield GaugeMetricFamily("watchdeck_start_time_seconds", "Start of the host", figures.started)
        yield CounterMetricFamily("watchdeck_events", "Events published to clients", figures.published)
        hosting = Counter(session.hosting for session in figures.sessions)
        yield _gauges("sessions", "Sessions by hosting", "hosting", {one: hosting[one] for one in Hosting})
        status = Counter(session.status for session in figures.sessions)
        reported = {one.value: status[one] for one in Status} | {"": status[None]}
        yield _gauges("sessions_status", "Sessions by the last status reported", "status", reported)
        yield _counts(
            "page_messages",
            "Page messages by result",
            "what",
            {fate: counters.messages[fate] for fate in MessageFate},
        )
        yield _counts("failures", "Failures of the hosting by cause", "cause", counters.failures)
        yield _counts(
            "instructions", "Instructions by each state they reached", "state", counters.instructions
        )
        states = Counter(one.state for one in figures.browsers)
        yield _gauges("browsers", "Browsers by state", "state", {one: states[one] for one in BrowserState})
        yield self._by_browser("browser_up", "Whether each browser is up", _is_up)
        yield self._by_browser("browser_pages", "Pages of each browser", lambda one: one.pages)
        yield self._by_browser(
            "browser_busiest_page",
            "Share of time that the thread of each browser's busiest page works",
            lambda one: one.busiest,
        )

        yield from _of_alerts(figures)
        yield self._by_endpoint("endpoint_up", "Whether each endpoint is up", _is_up)
        yield self._by_endpoint("endpoint_sessions", "Sessions of each endpoint", lambda one: one.sessions)
        yield self._by_endpoint(
            "endpoint_capacity", "Most sessions of each endpoint", lambda one: one.max_sessions
        )
        yield self._by_endpoint(
            "endpoint_round_trip_seconds",
            "Seconds that the last answer of each endpoint's browser took",
            lambda one: one.round_trip_s,
        )

    def _by_endpoint(self, name: str, text: str, value: Callable[[BrowserView], float]) -> Metric:
        found = {one.name: value(one) for one in endpoints(self._figures.browsers)}
        return _gauges(name, text, "endpoint", found)

    def _by_browser(self, name: str, text: str, value: Callable[[BrowserView], float]) -> Metric:
        numbered = {_label(one): value(one) for one in self._figures.browsers}
        return _gauges(name, text, "browser", numbered)


def _of_alerts(figures: Figures) -> Iterator[Metric]:
    states = GaugeMetricFamily(
        "watchdeck_alerts", "Alerts by name and state, with 1 for the state", labels=["name", "state"]
    )
    sessions = GaugeMetricFamily("watchdeck_alert_sessions", "Sessions of each alert", labels=["name"])
    for alert in figures.alerts:
        for state in AlertState:
            states.add_metric([alert.name, state], float(state is alert.state))
        sessions.add_metric([alert.name], len(alert.sessions))
    deliveries = CounterMetricFamily(
        "watchdeck_alert_deliveries", "Announcements by channel and result", labels=["channel", "result"]
    )
    for channel, fate in itertools.product((Channel.COMMAND, Channel.WEBHOOK), DeliveryFate):
        deliveries.add_metric([channel, fate], figures.deliveries.get((channel, fate), 0))
    yield from (states, sessions, deliveries)


def _is_up(browser: BrowserView) -> float:
    return float(browser.state is BrowserState.UP)


def _label(browser: BrowserView) -> str:
    return browser.name if browser.number is None else str(browser.number)


def _gauges(name: str, text: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(f"watchdeck_{name}", text, labels=[label])
    for key, value in values.items():
        family.add_metric([str(key)], value)
    return family


def _counts(name: str, text: str, label: str, values: Mapping[str, float]) -> Metric:
    family = CounterMetricFamily(f"watchdeck_{name}", text, labels=[label])
    for key, value in sorted(values.items()):
        family.add_metric([str(key)], value)
    return family
