"""From the configuration's words to those of the rooms, which do not know the configuration."""

import os
from collections.abc import Callable
from pathlib import Path

from browser_host.api.peers import user_name
from browser_host.browsers.log import Log
from browser_host.browsers.settings import PoolSettings, Recycle, Render, SandboxSetting
from browser_host.config.models import LabelLimits, Settings, Stale
from browser_host.errors import UsageError
from browser_host.protocol.reader import StatePaths
from browser_host.sessions.instant import system_clock
from browser_host.sessions.session import Source
from browser_host.sessions.staleness import Rule, StaleLimits, StaleRules
from browser_host.supervisor.new_session import NewSession
from browser_host.supervisor.rest import Rest
from browser_host.supervisor.rules import Rules
from browser_host.supervisor.scout import Scout
from browser_host.supervisor.supervisor import Supervisor
from browser_host.upscope import discovery
from browser_host.upscope.client import UpscopeClient
from browser_host.upscope.links import LinkRules
from browser_host.upscope.settings import from_config


def rules_of(settings: Settings) -> Rules:
    """The supervisor's part of the configuration."""
    return Rules(
        read_only=settings.host.read_only,
        raw_instructions=settings.host.raw_instructions,
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
    )


def _stale_rules(stale: Stale) -> StaleRules:
    default = {rule.value: getattr(stale, rule.value) for rule in Rule}
    return StaleRules(
        default=StaleLimits(**default),
        labels=tuple(
            (
                one.match,
                StaleLimits(**default | {key: getattr(one, key) for key in _given(one)}),
            )
            for one in stale.labels
        ),
    )


def _given(limits: LabelLimits) -> set[str]:
    """The rules that have a limit of their own for a label."""
    return limits.model_fields_set - {"match"}


def sessions_of(settings: Settings) -> list[NewSession]:
    """The sessions that the configuration names."""
    return [
        NewSession(link=entry.link, source=Source.CONFIG, label=entry.label, visitor=entry.visitor)
        for entry in settings.sessions
    ]


def pool_settings(settings: Settings, executable: Path, *, simulated: bool) -> PoolSettings:
    """The browsers' part of the configuration.

    Args:
        executable: of the browser that was found.
        simulated: the pages are the built-in simulator's, on this machine.
    """
    browser = settings.browser
    return PoolSettings(
        executable=executable,
        sessions_per_page=browser.sessions_per_page,
        render=Render(browser.render.value),
        allow_private_network=browser.allow_private_network or simulated,
        sandbox=SandboxSetting(browser.sandbox.value),
        recycle=Recycle(
            after=browser.recycle.after,
            page_heap=browser.recycle.page_heap_mb << 20,
            driver_memory=browser.recycle.driver_mb << 20,
        ),
    )


def rest_of(settings: Settings, log: Log) -> Rest | None:
    """The way to the REST service, or None where no key is set up.

    Raises:
        UsageError: the key, its file, the private authority or the proxy can't be used.
    """
    service = from_config(settings.upscope, os.environ)
    if service is None:
        return None
    discover = settings.upscope.discover
    rules = LinkRules(an_hour=discover.max_sessions if discover.enabled else None)
    return Rest(
        UpscopeClient(service), rules, supervisor_name=user_name(os.geteuid()), clock=system_clock, log=log
    )


def scout_of(
    settings: Settings, supervisor: Supervisor, rest: Rest | None, log: Log, changed: Callable[[], None]
) -> Scout | None:
    """Discovery, or None where it is off.

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
    return Scout(
        supervisor,
        rest,
        discovery.Rules(
            max_sessions=discover.max_sessions,
            grace_s=discover.grace,
            in_session_only=discover.in_session_only,
            links=rest.rules,
        ),
        search=discover.search,
        interval_s=discover.interval,
        clock=system_clock,
        log=log,
        changed=changed,
    )
