import pytest

from browser_host.browsers.sandbox import decide
from browser_host.browsers.settings import SandboxSetting
from browser_host.errors import BrowserUnavailable


@pytest.mark.parametrize(
    ("setting", "uid", "on"),
    [
        (SandboxSetting.AUTO, 1000, True),
        (SandboxSetting.AUTO, 0, False),
        (SandboxSetting.ON, 1000, True),
        (SandboxSetting.OFF, 1000, False),
        (SandboxSetting.OFF, 0, False),
    ],
)
def test_the_sandbox_is_on_wherever_it_can_be(setting: SandboxSetting, uid: int, on: bool) -> None:  # noqa: FBT001 - a case's expected value
    decided = decide(setting, uid)
    assert decided.on is on
    assert decided.why


def test_asking_for_it_as_root_is_refused_with_the_reason() -> None:
    with pytest.raises(BrowserUnavailable, match="as root") as caught:
        decide(SandboxSetting.ON, 0)
    assert 'browser.sandbox = "off"' in str(caught.value)
