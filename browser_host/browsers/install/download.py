"""Getting a browser if none is found: Playwright's download, else the distribution's package."""

import asyncio
import os
import platform
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from browser_host.browsers.install.locate import Found, find
from browser_host.errors import BrowserUnavailable

Say: TypeAlias = Callable[[str], None]
"""Takes a line of progress for the user."""

DOWNLOAD_WITHIN_S = 300.0
PACKAGE_WITHIN_S = 300.0
DOWNLOAD = ("playwright", "install", "chromium-headless-shell")
PACKAGES = ("chromium-headless-shell", "chromium")
"""Debian's names; the shell is a third of the size, but not in every release."""
_DEBIAN_KIN = {"debian", "ubuntu"}
_MAX_LINE = 200


@dataclass(frozen=True, slots=True)
class Machine:
    """What getting a browser depends on; tests pass another one.

    Args:
        uid: the effective user id.
        distribution: the names in `/etc/os-release` (`ID` and `ID_LIKE`).
        python: the interpreter that has Playwright.
        environment: variables for the commands.
    """

    uid: int
    distribution: frozenset[str]
    python: str
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))

    @classmethod
    def here(cls) -> "Machine":
        """This machine."""
        try:
            release = platform.freedesktop_os_release()
        except OSError:
            release = {}
        names = f"{release.get('ID', '')} {release.get('ID_LIKE', '')}".lower().split()
        return cls(os.geteuid(), frozenset(names), sys.executable)

    @property
    def packages(self) -> bool:
        """Whether the distribution's package manager can be used."""
        debian = bool(self.distribution & _DEBIAN_KIN)
        return debian and self.uid == 0 and shutil.which("apt-get", path=self._path) is not None

    @property
    def _path(self) -> str | None:
        return self.environment.get("PATH")


def ensure_browser(configured: Path | None, say: Say, machine: Machine | None = None) -> Found:
    """Find a browser or get one; it blocks, so call it in a thread while a loop is running.

    Args:
        configured: `browser.executable`, or None.
        say: called with each line of progress.
        machine: the machine; None for this one.

    Raises:
        BrowserUnavailable: no browser was found or installed; the text has the exact commands.
    """
    return asyncio.run(_ensure(configured, say, machine or Machine.here()))


async def _ensure(configured: Path | None, say: Say, machine: Machine) -> Found:
    if (found := await find(configured)) is not None:
        return found
    say("no browser found; downloading Playwright's headless Chromium (about 100 MB, once)")
    downloaded = await _run((machine.python, "-m", *DOWNLOAD), DOWNLOAD_WITHIN_S, say, machine)
    if downloaded and (found := await find(None)) is not None:
        return found
    if machine.packages:
        say("the download failed; installing the distribution's package")
        await _run(("apt-get", "update"), PACKAGE_WITHIN_S, say, machine)
        for package in PACKAGES:
            command = ("apt-get", "install", "-y", "--no-install-recommends", package)
            if (
                await _run(command, PACKAGE_WITHIN_S, say, machine)
                and (found := await find(None)) is not None
            ):
                return found
    raise BrowserUnavailable(_advice(machine))


async def _run(command: Sequence[str], within: float, say: Say, machine: Machine) -> bool:
    """Run a command and pass its output to `say`; whether it succeeded in time."""
    # Firewalls often drop packets silently: wait ten seconds to connect instead of Playwright's thirty.
    patience = {
        "DEBIAN_FRONTEND": "noninteractive",
        "NO_COLOR": "1",
        "PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT": "10000",
    }
    environment = {**machine.environment, **patience}
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env=environment,
        )
    except OSError as error:
        say(f"{command[0]}: {error.strerror}")
        return False
    assert process.stdout is not None  # noqa: S101 - it is a pipe, as requested above
    try:
        async with asyncio.timeout(within):
            # In chunks, not lines: a progress bar is one endless line.
            while piece := await process.stdout.read(4096):
                for line in piece.decode("utf-8", "replace").splitlines():
                    if text := "".join(c for c in line.strip() if c.isprintable())[:_MAX_LINE]:
                        say(text)
            return await process.wait() == 0
    except TimeoutError:
        say(f"{command[0]} took longer than {within:.0f} s and was stopped")
        return False
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def _advice(machine: Machine) -> str:
    lines = [
        "No browser was found, and none could be installed. Do one of these:",
        f"  {machine.python} -m {' '.join(DOWNLOAD)}",
    ]
    if machine.distribution & _DEBIAN_KIN:
        sudo = "" if machine.uid == 0 else "sudo "
        lines.append(f"  {sudo}apt-get update && {sudo}apt-get install -y {PACKAGES[0]}")
    lines.append('  or set one in the configuration: [browser] executable = "/path/to/chromium"')
    return "\n".join(lines)
