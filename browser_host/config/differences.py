"""Which keys differ between two configurations, and which of them a running host can take over."""

from collections.abc import Iterator
from dataclasses import dataclass

from browser_host.config.models import Section, Settings

AT_ONCE = (
    "end.",
    "host.keep_ended",
    "host.on_exit",
    "host.raw_instructions",
    "host.read_only",
    "log.level",
    "protocol.",
    "sessions",
    "stale.",
)
"""Keys, or the beginnings of keys, that hold as soon as they are read; any other one needs a restart.

`host.read_only` is among them both ways: who can write the file and signal the host could as well start it
anew, and to freeze a host at once without losing its sessions is what the key is for.
"""

_DASHBOARDS = "tui."
"""Each dashboard reads its keys for itself when it starts; no host is concerned."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Dotted keys that differ, in the order of the model.

    Args:
        at_once: what the host takes over now.
        at_restart: what it would have to be started anew for.
    """

    at_once: tuple[str, ...]
    at_restart: tuple[str, ...]


def difference(started: Settings, in_force: Settings, new: Settings) -> Difference:
    """What a new configuration changes.

    Args:
        started: what the host was started with, which holds until a restart where a key needs one.
        in_force: what it took over last.
    """
    return Difference(
        tuple(key for key in changed_keys(in_force, new) if key.startswith(AT_ONCE)),
        tuple(key for key in changed_keys(started, new) if not key.startswith((*AT_ONCE, _DASHBOARDS))),
    )


def changed_keys(before: Section, after: Section, table: str = "") -> Iterator[str]:
    """The dotted keys whose values differ; an array of tables is one key.

    Args:
        table: the dotted name of the table that the two are, with its dot.
    """
    for name in type(before).model_fields:
        old, new = getattr(before, name), getattr(after, name)
        if isinstance(old, Section):
            yield from changed_keys(old, new, f"{table}{name}.")
        elif old != new:
            yield f"{table}{name}"
