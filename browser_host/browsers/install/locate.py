"""Which browser to run: the configured one, else Playwright's own, else one on the PATH."""

import os
import shutil
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from browser_host.browsers.launch.driver import start_driver
from browser_host.errors import BrowserUnavailable

ON_PATH = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class Origin(StrEnum):
    """Where a browser was found."""

    CONFIGURED = "configured"
    PLAYWRIGHT = "playwright"
    PATH = "path"


@dataclass(frozen=True, slots=True)
class Found:
    """A browser that can be run.

    Args:
        executable: its program.
    """

    executable: Path
    origin: Origin

    @property
    def full_chrome(self) -> bool:
        """Whether it isolates sites by default; the headless shell does not."""
        return "headless" not in self.executable.name.replace("_", "-")


async def find(configured: Path | None, own: Path | None = None) -> Found | None:
    """Find a browser.

    Args:
        configured: `browser.executable`, or None.
        own: Playwright's own, if the caller knows it; otherwise Playwright is asked.

    Raises:
        BrowserUnavailable: the configured one can't be run, or Playwright's driver does not start.
    """
    if configured is not None:
        if not _runs(configured):
            raise BrowserUnavailable(
                f"browser.executable is {configured}, which is not an executable program. "
                "Set it to the browser's program, or remove the key to have one found."
            )
        return Found(configured, Origin.CONFIGURED)
    own = own or await playwrights_own()
    if own is not None and _runs(own):
        return Found(own, Origin.PLAYWRIGHT)
    return on_path()


def on_path() -> Found | None:
    """The first browser on the PATH, in order of its cost."""
    for name in ON_PATH:
        if (program := shutil.which(name)) is not None:
            return Found(Path(program), Origin.PATH)
    return None


async def playwrights_own() -> Path | None:
    """Playwright's own browser: the headless shell beside the browser that it reports."""
    if not _has_any():
        return None
    playwright = await start_driver()
    try:
        chromium = Path(playwright.chromium.executable_path)
    finally:
        await playwright.stop()
    # Playwright reports the full browser and runs the shell if headless: `chromium-1187/chrome-linux/chrome`
    # lies beside `chromium_headless_shell-1187/…`.
    for part in chromium.parents:
        if part.name.startswith("chromium-"):
            shells = part.with_name(part.name.replace("chromium-", "chromium_headless_shell-", 1))
            for name in ("headless_shell", "chrome-headless-shell"):
                if (shell := next(shells.glob(f"*/{name}"), None)) is not None:
                    return shell
    return chromium


def _has_any() -> bool:
    """Whether Playwright may have a browser at all; asking its driver takes a third of a second."""
    # https://playwright.dev/python/docs/browsers#managing-browser-binaries
    if "PLAYWRIGHT_BROWSERS_PATH" in os.environ:
        return True
    caches = (".cache/ms-playwright", "Library/Caches/ms-playwright")
    return any((Path.home() / cache).is_dir() for cache in caches)


def _runs(program: Path) -> bool:
    return program.is_file() and os.access(program, os.X_OK)
