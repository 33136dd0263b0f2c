"""Whether Chromium's own sandbox is on, and why."""

from dataclasses import dataclass

from browser_host.browsers.settings import SandboxSetting
from browser_host.errors import BrowserUnavailable

_ROOT = "Chromium's sandbox does not work as root"


@dataclass(frozen=True, slots=True)
class Sandbox:
    """The decision.

    Args:
        why: a reason for the log and `doctor`.
    """

    on: bool
    why: str


def decide(setting: SandboxSetting, uid: int) -> Sandbox:
    """Decide by the setting and the user that runs the host.

    Args:
        uid: the effective user id.

    Raises:
        BrowserUnavailable: the setting requires it, and it cannot work.
    """
    match setting, uid == 0:
        case SandboxSetting.ON, True:
            raise BrowserUnavailable(
                f'browser.sandbox = "on", but the host runs as root: {_ROOT}. '
                'Run it as an ordinary user, or set browser.sandbox = "off".'
            )
        case SandboxSetting.AUTO, True:
            return Sandbox(on=False, why=f"the host runs as root, and {_ROOT}; run it as an ordinary user")
        case SandboxSetting.OFF, _:
            return Sandbox(on=False, why='browser.sandbox = "off"')
        case _:
            return Sandbox(on=True, why="the host runs as an ordinary user")
