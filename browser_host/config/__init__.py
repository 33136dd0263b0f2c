"""The configuration: its model, how it is read, and how its mistakes are told."""

from browser_host.config.loader import (
    SOCKET_VARIABLE,
    Configuration,
    Override,
    load,
    locate,
    socket_override,
)
from browser_host.config.models import Settings
from browser_host.config.options import HostOptions
from browser_host.config.problems import ConfigurationError, Problem
from browser_host.config.unheeded import unheeded

__all__ = [
    "SOCKET_VARIABLE",
    "Configuration",
    "ConfigurationError",
    "HostOptions",
    "Override",
    "Problem",
    "Settings",
    "load",
    "locate",
    "socket_override",
    "unheeded",
]
