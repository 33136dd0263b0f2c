"""The endpoint `local`: a browser that is started on this machine."""

import os

from playwright.async_api import Browser, Playwright

from browser_host.browsers.install.locate import Found, Origin
from browser_host.browsers.install.sandbox import Sandbox
from browser_host.browsers.launch import feature_flags, launch_environment
from browser_host.browsers.settings import WINDOW, PoolSettings

START_WITHIN_S = 30.0


class LocalBrowser:
    """Starts a browser; implements `BrowserSource`."""

    keeps_contexts = False

    def __init__(self, settings: PoolSettings, sandbox: Sandbox) -> None:
        self._settings = settings
        self._sandbox = sandbox
        self._launch: launch_environment.LaunchEnvironment | None = None

    @property
    def program(self) -> str:
        """The name of its executable."""
        executable = self._settings.executable
        return executable.name if executable else "chromium"

    @property
    def sandbox(self) -> bool:
        """As decided at the start."""
        return self._sandbox.on

    async def open(self, driver: Playwright) -> Browser:
        """Start the browser, with the arguments that isolate its sessions."""
        executable = self._settings.executable
        found = Found(executable, Origin.CONFIGURED) if executable else None
        launch = self._launch = await launch_environment.prepare(self._settings, os.environ)
        return await driver.chromium.launch(
            executable_path=executable,
            env={**launch.variables},
            chromium_sandbox=self._sandbox.on,
            ignore_default_args=feature_flags.ignored(),
            args=[
                *feature_flags.isolation(full_chrome=found is not None and found.full_chrome, window=WINDOW),
                *launch.arguments,
            ],
            # The host handles signals: the driver would close the browser too early.
            handle_sigint=False,
            handle_sigterm=False,
            handle_sighup=False,
            timeout=START_WITHIN_S * 1000,
        )

    async def renew(self) -> bool:
        """Nobody but the host ends it."""
        return False

    def explain(self, error: Exception) -> str:
        """The program that did not start, and why."""
        program = self._settings.executable or "Playwright's own browser"
        if isinstance(error, TimeoutError):
            return f"{program} did not start within {START_WITHIN_S:.0f} s"
        said = str(error)
        if self._sandbox.on and "sandbox" in said.lower():
            return (
                f"{program} could not start with its sandbox on: this machine forbids user namespaces. "
                'Allow them, or set browser.sandbox = "off".'
            )
        first = next((line.strip() for line in said.splitlines() if line.strip()), type(error).__name__)
        return f"{program} could not be started: {first[:200]}. `watchdeck doctor` looks for the cause."

    async def close(self) -> None:
        """Remove the browser's home folder, if it had one."""
        if self._launch is not None:
            self._launch.remove()
