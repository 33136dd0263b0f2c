"""`[[alerts]]`: what is read, masked, and refused with the key's own name."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from browser_host.config import ConfigurationError, load
from browser_host.config.choices import Channel
from browser_host.config.models import Settings
from browser_host.config.secret_files import MOST_SIGNING, signing_secrets
from browser_host.sessions.alerts.alert_state import MOST_ALERTS
from browser_host.supervisor.process.from_settings import delivery_targets, policy_of

Written = Callable[[str], Path]
SIGNING = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLw"


def secret(path: Path, text: str) -> Path:
    path.write_text(text)
    path.chmod(0o600)
    return path


def test_an_alert_is_read_and_its_secrets_are_masked(written: Written, tmp_path: Path) -> None:
    secret(tmp_path / "secret", f"{SIGNING}\n\n{SIGNING}\r\n")
    path = written(
        """
        [[alerts]]
        name = "stuck"
        when = 'status:pendingRequest label:"acme corp"'
        for = "2m"
        severity = "critical"
        command = ["notify", "--urgent"]
        webhook_url = "https://hooks.example/canary?canary"
        secret_file = "secret"
        repeat = "1h"
        """
    )
    settings = load(path).settings
    (alert,) = policy_of(settings).alerts
    assert (alert.hold_s, alert.repeat_s, alert.severity, alert.notify) == (120, 3600, "critical", ("toast",))
    assert list(delivery_targets(settings)) == [("stuck", Channel.COMMAND), ("stuck", Channel.WEBHOOK)]
    shown = json.dumps(settings.model_dump(mode="json"))
    assert "canary" not in shown + repr(settings)
    assert "MfKQ" not in shown + repr(settings)
    assert '"for": "2m"' in shown
    assert len(signing_secrets(tmp_path / "secret")) == 2


@pytest.mark.parametrize(
    ("table", "key", "text"),
    [
        ('when = "stauts:active"', "alerts[0].when", "did you mean 'status:'?"),
        ('when = "host:york"', "alerts[0].when", "a filter without host:"),
        ('when = "browser:york/local"', "alerts[0].when", "hosts' names"),
        ('when = ""\nfro = "2m"', "alerts[0].fro", "did you mean alerts.for?"),
        ('when = ""\nfor = "soon"', "alerts[0].for", "expected a duration"),
        ('when = ""\nseverity = "critcal"', "alerts[0].severity", 'did you mean "critical"?'),
        ('when = ""\nnotify = ["webhook"]', "alerts[0]", "expected webhook_url or webhook_url_file"),
        ('when = ""\nnotify = []\ncommand = ["x"]', "alerts[0]", 'expected "command" in notify'),
        ('when = ""\nwebhook_url = "http://public.example/x"', "alerts[0].webhook_url", "https://"),
        ('when = ""\nsecret_file = "none"', "alerts[0].secret_file", "expected a readable file"),
        ('when = ""\n[[alerts]]\nname = "a"\nwhen = ""', "alerts[1].name", "the same name as alerts[0]"),
    ],
)
def test_a_wrong_alert_is_told_with_its_key(written: Written, table: str, key: str, text: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load(written(f'[[alerts]]\nname = "a"\n{table}'))
    assert any(problem.key == key and text in problem.text for problem in caught.value.problems)
    assert "public.example" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "whsec_short", "not base64!", f"{SIGNING}\n" * (MOST_SIGNING + 1)])
def test_a_file_without_signing_secrets_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ValueError, match="in its file"):
        signing_secrets(secret(tmp_path / "secret", text))


def test_the_services_key_is_not_given_to_commands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UPSCOPE_API_KEY", "canary")
    alert = {"name": "a", "when": "", "command": ["x"]}
    (target,) = delivery_targets(Settings.model_validate({"alerts": [alert]})).values()
    assert "canary" not in repr(target)
    assert "UPSCOPE_API_KEY" not in getattr(target, "environment", {"UPSCOPE_API_KEY"})


def test_there_are_so_many_alerts_and_no_more(written: Written) -> None:
    tables = [f'[[alerts]]\nname = "a{number}"\nwhen = ""\n' for number in range(MOST_ALERTS + 1)]
    assert len(load(written("".join(tables[1:]))).settings.alerts) == MOST_ALERTS
    with pytest.raises(ConfigurationError, match="alerts: expected"):
        load(written("".join(tables)))
