"""Which keys differ between two configurations, and which of them a running host can apply."""

from collections.abc import Iterator
from dataclasses import dataclass

from browser_host.config.models import Section, Settings

AT_ONCE = (
    "alerts",
    "end.",
    "host.input",
    "host.keep_ended",
    "host.on_exit",
    "host.preview",
    "host.raw_instructions",
    "host.read_only",
    "log.level",
    "protocol.",
    "sessions",
    "stale.",
)
"""Keys, or prefixes of keys, that apply on reload; all others need a restart.

`host.read_only` can be switched both ways: who can write the file and signal the host could also restart
it, and the key exists to freeze a host at once without losing its sessions.
"""

_CLIENTS = ("hosts", "tui.")
"""Each dashboard and command reads these keys itself when it starts; hosts ignore them."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Dotted keys that differ, in the model's order.

    Args:
        at_once: keys that the host applies now.
        at_restart: keys that need a restart.
    """

    at_once: tuple[str, ...]
    at_restart: tuple[str, ...]


def difference(started: Settings, in_force: Settings, new: Settings) -> Difference:
    """What a new configuration changes.

    Args:
        started: what the host was started with, for keys that need a restart.
        in_force: what it applied last.
    """
    return Difference(
        tuple(key for key in changed_keys(in_force, new) if key.startswith(AT_ONCE)),
        tuple(key for key in changed_keys(started, new) if not key.startswith((*AT_ONCE, *_CLIENTS))),
    )


def changed_keys(before: Section, after: Section, table: str = "") -> Iterator[str]:
    """The dotted keys whose values differ; an array of tables counts as one key.

    Args:
        table: the dotted name of both tables, with a final dot.
    """
    for name in type(before).model_fields:
        old, new = getattr(before, name), getattr(after, name)
        if isinstance(old, Section):
            yield from changed_keys(old, new, f"{table}{name}.")
        elif old != new:
            yield f"{table}{name}"
