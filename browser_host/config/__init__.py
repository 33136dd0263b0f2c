"""The configuration: its model, how it is read, and how its mistakes are reported."""

import importlib
from typing import TYPE_CHECKING, Any

from browser_host.config.options import SOCKET_VARIABLE, HostOptions, Override, locate, socket_override
from browser_host.config.problems import ConfigProblem, ConfigurationError

if TYPE_CHECKING:
    from browser_host.config.loader import Configuration, load
    from browser_host.config.models import Settings

__all__ = [
    "SOCKET_VARIABLE",
    "ConfigProblem",
    "Configuration",
    "ConfigurationError",
    "HostOptions",
    "Override",
    "Settings",
    "load",
    "locate",
    "socket_override",
]

_LAZY = {"Configuration": "loader", "load": "loader", "Settings": "models"}
"""Names whose modules load pydantic, which most commands need not."""


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_LAZY[name]}"), name)
