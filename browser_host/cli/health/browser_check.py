"""Start the browser once as a host would, for `doctor`."""

import asyncio
import os
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from browser_host.browsers.browser import HostBrowser
from browser_host.browsers.endpoints.local_browser import LocalBrowser
from browser_host.browsers.endpoints.remote_source import remote_source
from browser_host.browsers.install.locate import find
from browser_host.browsers.install.sandbox import Sandbox
from browser_host.browsers.settings import EndpointSettings, PoolSettings
from browser_host.errors import BrowserUnavailable

CLOSE_WITHIN_S = 5.0

_TEMPORARY = ("TMPDIR", "TMP", "TEMP")
"""Where the driver keeps the browser's profile: the first that is set, else /tmp (Node's `os.tmpdir`)."""


class NoBrowser(BrowserUnavailable):
    """There is no browser to start."""


class _NoLog:
    def info(self, event: str, **facts: Any) -> None:
        """Drop the log: the finding reports the result."""

    warning = info


def start_once(wanted: PoolSettings, sandbox: Sandbox) -> str:
    """Start and close the browser; return which one it is and what its sessions would share.

    Args:
        wanted: with `browser.executable`, or None for whatever is found.

    Raises:
        NoBrowser: none was found.
        BrowserUnavailable: it did not start, and why.
    """
    return asyncio.run(_start(wanted, sandbox))


async def _start(wanted: PoolSettings, sandbox: Sandbox) -> str:
    found = await find(wanted.executable)
    if found is None:
        raise NoBrowser("none found")
    browser = HostBrowser(0, _NoLog(), lambda *_: None)
    begun = time.monotonic()
    try:
        source = LocalBrowser(replace(wanted, executable=found.executable), sandbox)
        await browser.start(source, wanted.sessions_per_process, asyncio.Lock())
        took_s = time.monotonic() - begun
        program = f"{found.executable} ({found.origin.value}), version {browser.version}"
        return f"{program}, started in {took_s:.1f} s; {browser.isolation}"
    finally:
        await browser.close(CLOSE_WITHIN_S)


def connect_once(endpoint: EndpointSettings) -> str:
    """Connect to an endpoint's browser and leave it; return its version and what its sessions would share.

    Raises:
        BrowserUnavailable: it can't be reached, or does not isolate its sessions as the settings require.
    """
    return asyncio.run(_connect(endpoint))


async def _connect(endpoint: EndpointSettings) -> str:
    browser = HostBrowser(0, _NoLog(), lambda *_: None)
    try:
        await browser.start(remote_source(endpoint), 1, asyncio.Lock())
        if endpoint.require_isolation and not browser.isolation.isolated:
            raise BrowserUnavailable(f"{browser.isolation}, so a host does not use it")
        return f"{endpoint.kind}, version {browser.version}; {browser.isolation}"
    finally:
        await browser.close(CLOSE_WITHIN_S)


def suspects(environ: Mapping[str, str]) -> str:
    """What to change in the environment so that the browser starts, or an empty text."""
    problem = temporary_folder_problem(environ)
    return problem or "run watchdeck browser install, or set browser.executable"


def temporary_folder_problem(environ: Mapping[str, str]) -> str:
    """Why the folder for temporary files is not usable, or an empty text."""
    variable = next((name for name in _TEMPORARY if environ.get(name)), "")
    folder = Path(environ[variable] if variable else "/tmp")  # noqa: S108 - looked at, not written to
    if not folder.is_dir():
        return f"create the folder {folder} named by {variable or 'no variable'}, or unset {variable}"
    if not os.access(folder, os.W_OK | os.X_OK):
        return f"make the folder {folder} writable, or set TMPDIR to another one"
    return ""
