"""A private file with what clients need of configurations that were valid, and the files that they came from.

It holds no secrets. An entry counts only while none of its files has changed in any way; a file that is
damaged, too large or not private is ignored, as is a folder that can't be written: both cost time only.
"""

import contextlib
import json
import os
import stat
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from browser_host import private_files
from browser_host.config import paths
from browser_host.config.options import Override

MOST_ENTRIES = 16
"""Configurations that are remembered; the oldest is forgotten first."""

SIZE_LIMIT = 1 << 20
"""Bytes of the file; with 1,000 sessions whose links are in files, an entry takes 120 kB."""

_VARIABLES = ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR")
"""What default paths and `~` depend on."""

Stamp: TypeAlias = list[int] | None
"""Device, inode, size, and times of the last changes of content and of mode in nanoseconds; None: no file."""


def question(place: Path, overrides: Sequence[Override]) -> str:
    """All besides the content of files that the settings depend on.

    Args:
        place: the configuration's absolute path.
        overrides: in force.
    """
    said = [[one.section, one.name, str(one.value)] for one in overrides]
    return json.dumps([str(place), said, os.geteuid(), *map(os.environ.get, _VARIABLES)])


def stamps(files: Iterable[Path]) -> dict[str, Stamp]:
    """The files' stamps, by path; without those that can't be looked at or are no regular files."""
    found: dict[str, Stamp] = {}
    for file in files:
        try:
            status = file.stat()
        except FileNotFoundError:
            found[str(file)] = None
        except OSError:
            continue
        else:
            if stat.S_ISREG(status.st_mode):
                times = status.st_mtime_ns, status.st_ctime_ns
                found[str(file)] = [status.st_dev, status.st_ino, status.st_size, *times]
    return found


def recall(asked: str) -> Mapping[str, Any] | None:
    """The settings, if they were remembered and none of their files has changed since.

    Raises:
        KeyError, TypeError, ValueError: the entry is damaged.
    """
    entry = _entries().get(asked)
    if entry is None or entry["files"] != stamps(map(Path, entry["files"])):
        return None
    settings: Mapping[str, Any] = entry["settings"]
    return settings


def remember(asked: str, files: Mapping[str, Stamp], settings: Mapping[str, Any]) -> None:
    """Remember valid settings until one of their files, or of those with the rules, changes.

    Args:
        files: the configuration's, with its stamp from before it was read, and those that it names.
    """
    if json.loads(asked)[0] not in files:
        return  # a pipe says something else next time
    entries = {key: entry for key, entry in _entries().items() if key != asked}
    entries[asked] = {"files": {**files, **stamps(_rules())}, "settings": settings}
    kept = dict(list(entries.items())[-MOST_ENTRIES:])
    with contextlib.suppress(OSError):  # see the module
        private_files.make_folder(paths.cache_file().parent)
        private_files.replace(paths.cache_file(), json.dumps(kept).encode(), durable=False)


def _rules() -> Iterable[Path]:
    """The modules that validate: another version of Watchdeck may refuse what this one takes."""
    return Path(__file__).parents[1].glob("*.py")


def _entries() -> dict[str, Any]:
    try:
        descriptor = private_files.open_plain(paths.cache_file(), os.O_RDONLY)
        with os.fdopen(descriptor, "rb") as file:
            status = os.fstat(descriptor)
            if status.st_uid != os.geteuid() or private_files.exposed_mode(status.st_mode):
                return {}
            content = file.read(SIZE_LIMIT + 1)
        entries = json.loads(content) if len(content) <= SIZE_LIMIT else {}
    except (OSError, ValueError, RecursionError):
        return {}
    return entries if isinstance(entries, dict) else {}
