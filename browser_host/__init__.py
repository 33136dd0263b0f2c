"""The host: owns the browser, is the only writer of state, and serves it on a Unix socket."""

__version__ = "0.1.0"
"""Watchdeck's; `pyproject.toml` takes it from here. Asking the installed package takes 20 ms of a command."""
