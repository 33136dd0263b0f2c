"""From the configuration's words to those of the rooms, which do not know the configuration."""

from pathlib import Path

from browser_host.browsers.settings import PoolSettings, Render, SandboxSetting
from browser_host.config.models import LabelLimits, Settings, Stale, StaleRule
from browser_host.protocol.reader import StatePaths
from browser_host.sessions.staleness import StaleLimits, StaleRules
from browser_host.supervisor.rules import Rules


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
        automatic=frozenset(rule.value for rule in settings.end.automatic),
        automatic_per_hour=settings.end.automatic_per_hour,
    )


def _stale_rules(stale: Stale) -> StaleRules:
    default = {rule.value: getattr(stale, rule.value) for rule in StaleRule}
    return StaleRules(
        default=StaleLimits(**default),
        labels=tuple(
            (
                one.match,
                StaleLimits(**default | {key: getattr(one, key) for key in one.model_fields_set - {"match"}}),
            )
            for one in stale.labels
        ),
    )


def _given(limits: LabelLimits) -> set[str]:
    return limits.model_fields_set - {"match"}


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
    )
