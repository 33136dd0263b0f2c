"""Convert the configuration to the settings of each package; packages do not know the configuration."""

import os
from collections.abc import Callable
from pathlib import Path

from browser_host.api.peers import user_name
from browser_host.browsers.log import Log
from browser_host.browsers.settings import EndpointSettings, PoolSettings, Recycle, Render, SandboxSetting
from browser_host.config.choices import Channel
from browser_host.config.models import (
    AlertSection,
    EndpointSection,
    LabelLimitsSection,
    Settings,
    StaleSection,
)
from browser_host.errors import UsageError
from browser_host.notify.command_target import CommandTarget
from browser_host.notify.outbox import DeliveryTarget, OutboxKey
from browser_host.notify.webhook_target import WebhookTarget
from browser_host.protocol.message_reader import StatePaths
from browser_host.sessions.alerts.alert import Alert
from browser_host.sessions.browser_state import BrowserKind
from browser_host.sessions.clock import system_clock
from browser_host.sessions.session import Source
from browser_host.sessions.staleness import LabelRule, Rule, StaleLimits, StaleRules
from browser_host.supervisor.automation.discovery import DiscoveryPoller
from browser_host.supervisor.automation.visitor_poller import VisitorPoller
from browser_host.supervisor.new_session import NewSession
from browser_host.supervisor.policy import LivePolicy, Policy
from browser_host.supervisor.supervisor import Supervisor
from browser_host.supervisor.upscope_worker import UpscopeWorker
from browser_host.upscope import discovery_plan
from browser_host.upscope.client import UpscopeClient
from browser_host.upscope.links import LinkRules
from browser_host.upscope.settings import AGENT_ID, from_config


def policy_of(settings: Settings) -> Policy:
    """The supervisor's part of the configuration."""
    return Policy(
        read_only=settings.host.read_only,
        raw_instructions=settings.host.raw_instructions,
        preview=settings.host.preview,
        input=settings.host.input,
        undo_s=settings.end.undo,
        confirm_within_s=settings.end.confirm_within,
        ends_per_second=settings.end.per_second,
        keep_ended_s=settings.host.keep_ended,
        paths=StatePaths(
            status=settings.protocol.state_status,
            color=settings.protocol.state_color,
            mode=settings.protocol.state_mode,
        ),
        stale=_stale_rules(settings.stale),
        rest_fallback=settings.end.rest_fallback,
        automatic=frozenset(rule.value for rule in settings.end.automatic),
        automatic_per_hour=settings.end.automatic_per_hour,
        alerts=tuple(_alert(one) for one in settings.alerts),
    )


def _alert(section: AlertSection) -> Alert:
    return Alert(
        section.name,
        section.when,
        hold_s=section.hold,
        severity=section.severity,
        repeat_s=section.repeat,
        notify=tuple(sorted(section.channels - {Channel.COMMAND, Channel.WEBHOOK})),
    )


def delivery_targets(settings: Settings) -> dict[OutboxKey, DeliveryTarget]:
    """The commands and webhooks of the alerts; commands don't get the REST service's key."""
    environment = {name: text for name, text in os.environ.items() if name != settings.upscope.api_key_env}
    found: dict[OutboxKey, DeliveryTarget] = {}
    for one in settings.alerts:
        if Channel.COMMAND in one.channels and one.command:
            found[one.name, Channel.COMMAND] = CommandTarget(one.command, environment)
        if Channel.WEBHOOK in one.channels and (url := one.webhook) is not None:
            secret_file = one.secret_file.path if one.secret_file else None
            found[one.name, Channel.WEBHOOK] = WebhookTarget(url, secret_file)
    return found


def _stale_rules(stale: StaleSection) -> StaleRules:
    default = {rule.value: getattr(stale, rule.value) for rule in Rule}
    return StaleRules(
        default=StaleLimits(**default),
        labels=tuple(
            LabelRule(one.match, StaleLimits(**default | {key: getattr(one, key) for key in _given(one)}))
            for one in stale.labels
        ),
    )


def _given(limits: LabelLimitsSection) -> set[str]:
    """The rules with their own limit for a label."""
    return limits.model_fields_set - {"match"}


def sessions_of(settings: Settings) -> list[NewSession]:
    """The sessions of the configuration."""
    return [
        NewSession(link=entry.link, source=Source.CONFIG, label=entry.label, visitor=entry.visitor)
        for entry in settings.sessions
    ]


def pool_settings(settings: Settings, executable: Path | None, *, simulated: bool) -> PoolSettings:
    """The browsers' part of the configuration.

    Args:
        executable: of the browser that was found, or None if none is started on this machine.
        simulated: the pages are the built-in simulator's, on this machine.
    """
    browser = settings.browser
    return PoolSettings(
        executable=executable,
        sessions_per_process=browser.sessions_per_process,
        render=Render(browser.render.value),
        allow_private_network=browser.allow_private_network or simulated,
        sandbox=SandboxSetting(browser.sandbox.value),
        ca_file=browser.ca_file,
        load_within=browser.load_within,
        images=browser.images,
        recycle=Recycle(
            after=browser.recycle.after,
            group_heap=browser.recycle.page_heap_mb << 20,
            driver_memory=browser.recycle.driver_mb << 20,
        ),
        endpoints=tuple(map(endpoint_settings, browser.endpoints)) or PoolSettings().endpoints,
    )


def endpoint_settings(section: EndpointSection) -> EndpointSettings:
    """A configured endpoint; on this machine, a browser that does not isolate gets a process a session."""
    is_local = section.kind is BrowserKind.LOCAL
    return EndpointSettings(
        name=section.name,
        kind=section.kind,
        address=section.address,
        max_sessions=section.max_sessions,
        require_isolation=section.require_isolation and not is_local,
        on_demand=False,
    )


def rest_of(settings: Settings, log: Log) -> UpscopeWorker | None:
    """The client of the REST service, or None without a key.

    Raises:
        UsageError: the key, its file, the private authority or the proxy can't be used.
    """
    service = from_config(settings.upscope, os.environ)
    if service is None:
        return None
    discover = settings.upscope.discover
    rules = LinkRules(an_hour=discover.max_sessions if discover.enabled else None)
    return UpscopeWorker(
        UpscopeClient(service), rules, supervisor_name=user_name(os.geteuid()), clock=system_clock, log=log
    )


def poller_of(
    settings: Settings,
    supervisor: Supervisor,
    rest: UpscopeWorker | None,
    log: Log,
    changed: Callable[[], None],
) -> DiscoveryPoller | None:
    """Discovery, or None if it is off.

    Raises:
        UsageError: it is on, and there is no key.
    """
    discover = settings.upscope.discover
    if not discover.enabled:
        return None
    if rest is None:
        raise UsageError(
            "upscope.discover.enabled needs the service's API key: set the variable that "
            f"upscope.api_key_env names ({settings.upscope.api_key_env}), or upscope.api_key_file"
        )
    return DiscoveryPoller(
        supervisor,
        rest,
        discovery_plan.DiscoveryRules(
            max_sessions=discover.max_sessions,
            grace_s=discover.grace,
            in_session_only=discover.in_session_only,
            links=rest.rules,
        ),
        search=discover.search,
        share=discover.share,
        interval_s=discover.interval,
        clock=system_clock,
        log=log,
        changed=changed,
    )


def visitor_poller_of(
    settings: Settings,
    supervisor: Supervisor,
    rest: UpscopeWorker | None,
    policy: LivePolicy,
    log: Log,
    *,
    simulated: bool,
    changed: Callable[[], None],
) -> VisitorPoller | None:
    """What asks the service about hosted visitors, or None without a key or with `upscope.poll` off.

    Args:
        simulated: the sessions are the built-in simulator's, of whose visitors the service knows nothing.
    """
    interval_s = settings.upscope.poll
    if rest is None or interval_s is None or simulated:
        return None
    return VisitorPoller(
        rest.client,
        supervisor.store,
        policy,
        agent_id=settings.upscope.agent_id or AGENT_ID,
        interval_s=interval_s,
        receive=supervisor.receive,
        clock=system_clock,
        log=log,
        changed=changed,
    )
