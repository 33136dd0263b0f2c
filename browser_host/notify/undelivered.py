"""Announcements that waited for a command or webhook when a host stopped, in a file for the next host."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

from browser_host import private_files
from browser_host.config.choices import Channel
from browser_host.notify.message import NoticeMessage

MOST_BYTES = 4_000_000
"""Size of the file: beyond it the oldest announcements are left out."""

KEPT_S = 3600.0
"""Seconds after which nobody wants to know any more: as long as a webhook is tried."""

Waiting: TypeAlias = Sequence[tuple[str, Channel, NoticeMessage]]
"""The alert, the channel, and the announcement, oldest first."""


def keep(path: Path, waiting: Waiting, now: float) -> None:
    """Write what waits; none makes no file.

    Args:
        now: epoch seconds.

    Raises:
        OSError: it can't be written.
    """
    kept: list[dict[str, object]] = []
    size = 0
    for alert, channel, message in reversed(waiting):
        size += len(message.body.encode("utf-8", "replace"))
        if size > MOST_BYTES:
            break
        kept.insert(0, {"alert": alert, "channel": channel, "id": message.id, "body": message.body})
    if kept:
        private_files.make_folder(path.parent)
        private_files.replace(path, json.dumps({"at": now, "waiting": kept}).encode())


def take(path: Path, now: float) -> Waiting:
    """Read what waited, and remove the file, so that nothing is announced by two hosts.

    Args:
        now: epoch seconds.

    Raises:
        OSError: it can't be read or removed.
        ValueError: it is not what `keep` writes; it is removed all the same.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return ()
    path.unlink()
    try:
        found = json.loads(content)
        if not 0 <= now - found["at"] <= KEPT_S:
            return ()
        return tuple(
            (str(one["alert"]), Channel(one["channel"]), NoticeMessage(str(one["id"]), str(one["body"])))
            for one in found["waiting"]
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"{path.name}: {error!r}") from error
