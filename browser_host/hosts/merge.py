"""The answers of several hosts as one; pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from browser_host.api.schema import Alerts, AlertView, DiscoveryView, HostView, Outcome, Snapshot, VisitorView
from browser_host.host_names import qualified


def outcome(answers: Iterable[Outcome]) -> Outcome:
    """One plan, one list of results and their totals."""
    found = tuple(answers)
    totals: Counter[str] = Counter()
    for one in found:
        totals.update(one.counts)
    return Outcome(
        results=tuple(result for one in found for result in one.results),
        counts=totals,
        plan=tuple(entry for one in found for entry in one.plan),
        notes=tuple(note for one in found for note in one.notes),
    )


def alerts(answers: Mapping[str, Alerts]) -> Alerts:
    """All alerts, those first that reached their state first."""
    return Alerts(_by_time(one for answer in answers.values() for one in answer.alerts))


def entries(answers: Mapping[str, Iterable[Mapping[str, Any]]], limit: int) -> tuple[Mapping[str, Any], ...]:
    """The newest entries of the journals by time, newest last; those without a time come first."""
    every = [entry for answer in answers.values() for entry in answer]
    return tuple(sorted(every, key=lambda entry: entry["at"] or "")[-limit:])


def visitors(answers: Mapping[str, Iterable[VisitorView]], limit: int) -> tuple[VisitorView, ...]:
    """The visitors by qualified id, those of each host in its service's order."""
    every = (replace(one, id=qualified(name, one.id)) for name, answer in answers.items() for one in answer)
    return tuple(every)[: limit * len(answers)]


def snapshot(answers: Mapping[str, Snapshot]) -> Snapshot:
    """All sessions; what can't be said of several hosts in one word is said cautiously."""
    host = host_view({name: one.host for name, one in answers.items()})
    return Snapshot(0, host, tuple(view for one in answers.values() for view in one.sessions))


def host_view(hosts: Mapping[str, HostView]) -> HostView:
    """Several hosts as one, at least one; troubles say whose they are.

    It is read-only if all are, and an end can be undone for as long as on the quickest; the limits of
    staleness are those of the first, for they can't be joined.
    """
    every = tuple(hosts.values())
    return HostView(
        version=", ".join(sorted({one.version for one in every})),
        pid=0,
        started_at=max(one.started_at for one in every),
        read_only=all(one.read_only for one in every),
        browsers=tuple(browser for one in every for browser in one.browsers),
        undo_s=min(one.undo_s for one in every),
        confirm_within_s=max(one.confirm_within_s for one in every),
        raw_instructions=any(one.raw_instructions for one in every),
        simulated=any(one.simulated for one in every),
        journal=_if_all(hosts, "journal"),
        configuration=_if_any(hosts, "configuration"),
        given_up=_if_any(hosts, "given_up"),
        discovery=_discovery(one.discovery for one in every),
        automatic=tuple(dict.fromkeys(rule for one in every for rule in one.automatic)),
        stale=every[0].stale,
        visitors=_if_any(hosts, "visitors"),
        alerts=_by_time(alert for one in every for alert in one.alerts),
    )


def _by_time(found: Iterable[AlertView]) -> tuple[AlertView, ...]:
    return tuple(sorted(found, key=lambda one: one.since))


def _if_any(hosts: Mapping[str, HostView], key: str) -> str | None:
    told = [f"{name}: {text}" for name, one in hosts.items() if (text := getattr(one, key)) is not None]
    return "; ".join(told) or None


def _if_all(hosts: Mapping[str, HostView], key: str) -> str | None:
    return _if_any(hosts, key) if all(getattr(one, key) is not None for one in hosts.values()) else None


def _discovery(views: Iterable[DiscoveryView | None]) -> DiscoveryView | None:
    there = [one for one in views if one is not None]
    if not there:
        return None
    return DiscoveryView(
        seen=sum(one.seen for one in there),
        held=sum(one.held for one in there),
        held_back=sum(one.held_back for one in there),
        ceiling=sum(one.ceiling for one in there),
        links_this_hour=sum(one.links_this_hour for one in there),
        trouble="; ".join(dict.fromkeys(one.trouble for one in there if one.trouble)) or None,
    )
