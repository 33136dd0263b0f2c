"""A configuration that a running host reloads: applied, or refused with its reason."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import pytest

from browser_host.api.requests import HistoryRequest, ScreenshotRequest
from browser_host.config.models import BrowserSection, HostSection, SessionEntry, Settings, StaleSection
from browser_host.config.problems import ConfigProblem, ConfigurationError
from browser_host.errors import Refused, UsageError, WatchdeckError
from browser_host.secrets import WatchLink
from browser_host.sessions.clock import system_clock
from browser_host.supervisor.audit.recorder import AuditRecorder
from browser_host.supervisor.process.from_settings import policy_of, sessions_of
from browser_host.supervisor.process.reload import Reload
from browser_host.supervisor.process.sd_notify import Notifier
from tests.support.host import PEER, ScriptedHost, SilentLog, scripted_host


class Facts(SilentLog):
    def __init__(self) -> None:
        super().__init__()
        self.told: dict[str, dict[str, object]] = {}

    def info(self, event: str, **values: object) -> None:
        super().info(event, **values)
        self.told[event] = values

    warning = info


def settings(*labels: str, **tables: object) -> Settings:
    sessions = tuple(
        SessionEntry(label=label, watch_url=WatchLink(f"https://watch.example/?token={label}"))
        for label in labels
    )
    return Settings.model_validate({"sessions": sessions, **tables})


@dataclass(slots=True)
class Reloading:
    host: ScriptedHost
    reload: Reload
    log: Facts
    asked: asyncio.Event
    next: list[Settings | WatchdeckError] = field(default_factory=list)

    async def read(self, new: Settings | WatchdeckError) -> None:
        self.next.append(new)
        await self.reload.reload()

    async def rows(self) -> list[str]:
        entries = (await self.host.service.history(HistoryRequest())).entries
        return [entry.text or "" for entry in entries if entry.action == "host.reloaded"]

    def labels(self) -> list[str]:
        return [session.label for session in self.host.supervisor.store]


@contextlib.asynccontextmanager
async def reloading(
    start: Settings, *, hosts_sessions: bool = True, changed: Callable[[], None] = lambda: None
) -> AsyncIterator[Reloading]:
    log, asked = Facts(), asyncio.Event()
    coming: list[Settings | WatchdeckError] = []

    def read() -> Settings:
        found = coming.pop(0)
        if isinstance(found, WatchdeckError):
            raise found
        return found

    async with scripted_host(policy_of(start)) as host:
        for one in sessions_of(start):
            host.supervisor.add(one)
        reload = Reload(
            start,
            read,
            asked,
            policy=host.policy,
            supervisor=host.supervisor,
            add=lambda session: void(host.supervisor.add(session)),
            hosts_sessions=hosts_sessions,
            outboxes=host.alert_watch.outboxes,
            recorder=AuditRecorder(host.journal, system_clock),
            notifier=Notifier("", None, log),
            log=log,
            changed=changed,
        )
        yield Reloading(host, reload, log, asked, coming)


def void(_: object) -> None:
    """What is given is not asked for."""


async def test_new_rules_hold_in_every_room_at_once() -> None:
    async with reloading(settings("s0")) as one:
        (session_id,) = (session.id for session in one.host.supervisor.store)
        one.host.hosting.says_status(session_id, "pendingRequest")
        one.host.supervisor.require_writable(PEER)
        assert one.host.service.snapshot().sessions[0].stale is None
        await one.read(
            settings(
                "s0", stale=StaleSection(pending=0.000_001), host=HostSection(read_only=True, keep_ended=1.0)
            )
        )
        snapshot = one.host.service.snapshot()
        assert snapshot.host.read_only
        (stale,) = (one.stale for one in snapshot.sessions)
        assert stale is not None
        assert stale.rule == "pending"
        with pytest.raises(Refused, match="read-only"):
            one.host.supervisor.require_writable(PEER)
        assert one.log.told["config.reloaded"]["keys"] == (
            "stale.pending",
            "host.read_only",
            "host.keep_ended",
        )
        assert await one.rows() == ["changed: stale.pending, host.read_only, host.keep_ended"]


async def test_pictures_are_refused_once_preview_is_off() -> None:
    async with reloading(settings("s0")) as one:
        (session_id,) = (session.id for session in one.host.supervisor.store)
        assert await one.host.service.screenshot(session_id, ScreenshotRequest(), PEER)
        await one.read(settings("s0", host=HostSection(preview=False)))
        with pytest.raises(Refused, match=r"host\.preview"):
            await one.host.service.screenshot(session_id, ScreenshotRequest(), PEER)


async def test_faulty_file_changes_nothing_and_shows_its_reason() -> None:
    async with reloading(settings("s0")) as one:
        wrong = ConfigurationError(
            [
                ConfigProblem("config.toml:3", "stale.pendin", "unknown key; did you mean stale.pending?"),
                ConfigProblem("config.toml:9", "host.read_only", "expected true or false, got the number 3"),
            ]
        )
        await one.read(wrong)
        reason = str(one.host.service.health().reason)
        for part in ("config.toml:3: stale.pendin", "config.toml:9: host.read_only", "the previous one"):
            assert part in reason
        assert one.log.told["config.refused"]["problems"] == str(wrong).splitlines()
        assert one.host.policy.now == policy_of(settings())
        assert await one.rows() == []
        await one.read(settings("s0"))
        assert one.host.service.health().reason is None
        assert await one.rows() == ["no changes"]


async def test_a_file_that_is_gone_is_refused() -> None:
    async with reloading(settings("s0")) as one:
        await one.read(UsageError("no configuration at config.toml"))
        assert "no configuration" in str(one.host.service.health().reason)
        assert one.labels() == ["s0"]


async def test_new_sessions_are_hosted_and_removed_ones_stay() -> None:
    async with reloading(settings("s0", "s1")) as one:
        gone = next(session.id for session in one.host.supervisor.store if session.label == "s0")
        await one.read(settings("s1", "s2"))
        assert one.labels() == ["s0", "s1", "s2"]
        assert one.log.told["config.sessions_stay"]["sessions"] == {gone: "s0"}
        assert await one.rows() == [
            f"changed: sessions; new sessions: 1; no longer in the file, and kept: {gone}"
        ]


async def test_a_session_that_was_removed_by_hand_is_not_brought_back() -> None:
    async with reloading(settings("s0", "s1")) as one:
        one.host.supervisor.remove(next(iter(one.host.supervisor.store)).id, PEER)
        await one.read(settings("s0", "s1", host=HostSection(read_only=True)))
        assert one.labels() == ["s1"]


async def test_simulated_sessions_are_left_alone() -> None:
    async with reloading(settings(), hosts_sessions=False) as one:
        await one.read(settings("s0"))
        assert one.labels() == []


async def test_what_cannot_change_is_named_each_time() -> None:
    async with reloading(settings("s0")) as one:
        other = settings("s0", browser=BrowserSection(sessions_per_process=2))
        for _ in range(2):
            one.log.told.clear()
            await one.read(other)
            assert one.log.told["config.needs_restart"]["keys"] == ("browser.sessions_per_process",)
            assert one.log.told["config.reloaded"]["keys"] == ()


async def test_another_label_for_a_hosted_link_needs_a_restart() -> None:
    async with reloading(settings("s0")) as one:
        renamed = settings().model_copy(
            update={
                "sessions": (
                    SessionEntry(label="new", watch_url=WatchLink("https://watch.example/?token=s0")),
                )
            }
        )
        await one.read(renamed)
        assert one.labels() == ["s0"]
        assert one.log.told["config.needs_restart"]["keys"] == ("sessions.label",)


async def test_it_reloads_when_it_is_asked_to_and_tells_the_clients() -> None:
    told = asyncio.Event()
    async with reloading(settings(), changed=told.set) as one:
        one.next.append(settings(host=HostSection(read_only=True)))
        one.asked.set()  # before anybody listens
        async with one.reload.listening():
            await asyncio.wait_for(told.wait(), 10)
        assert one.host.policy.now.read_only
        assert one.reload.settings.host.read_only


async def test_alerts_of_a_reload_apply_at_once() -> None:
    start = settings(alerts=[{"name": "stuck", "when": "status:waiting", "for": "0s"}])
    async with reloading(start) as one:
        (session_id,) = one.host.live(1, "active")
        await one.read(settings(alerts=[{"name": "active", "when": "status:active", "for": "0s"}]))
        await one.host.alert_watch.look()
        (alert,) = one.host.alert_watch.views()
        assert (alert.name, alert.state, alert.sessions) == ("active", "firing", (session_id,))
        assert one.log.told["config.reloaded"]["keys"] == ("alerts",)
