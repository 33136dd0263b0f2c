"""Describes the machine of a measurement."""

import importlib.metadata
import os
import platform
import subprocess
from pathlib import Path

import psutil

_SHOWN = ("playwright", "textual", "uvicorn", "httpx")


def describe(browser: Path) -> str:
    """Describe processor, memory, system and versions, a line each."""
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in _SHOWN)
    version = subprocess.run([browser, "--version"], capture_output=True, text=True, check=False, timeout=30)
    return "\n".join(
        (
            f"- {os.cpu_count()} cores: {_processor()}; {psutil.virtual_memory().total / 2**30:.0f} GiB",
            f"- {platform.system()} {platform.release()}, Python {platform.python_version()}; load {load}",
            f"- {version.stdout.strip() or browser.name}; {versions}",
        )
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines()
    except OSError:
        return platform.machine()
    return next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")),
        platform.machine(),
    )
