"""Secrets that stand in files of their own: read once, and refused where others can read them too."""

import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from browser_host.config.addresses import watch_link
from browser_host.secrets import ApiKey, Secret, WatchLink

SIZE_LIMIT = 64 * 1024
"""Bytes read of a secret's file; more is some other file."""

KEY_LIMIT = 1024

S = TypeVar("S", bound=Secret)


@dataclass(frozen=True, slots=True)
class SecretFile(Generic[S]):
    """A file, and the secret in its first line."""

    path: Path
    secret: S

    def __str__(self) -> str:
        return f"{self.path} ({self.secret})"


def api_key(text: str) -> ApiKey:
    """A key fit for an HTTP header.

    Raises:
        ValueError: it is empty, too long, or has blanks or other than printable ASCII characters.
    """
    if not 0 < len(text) <= KEY_LIMIT or not (text.isascii() and text.isprintable()) or " " in text:
        raise ValueError(f"expected a key of 1 to {KEY_LIMIT} ASCII characters without blanks")
    return ApiKey(text)


def read_api_key(path: Path) -> SecretFile[ApiKey]:
    """The API key in a file.

    Raises:
        ValueError: the file can't be read, others can read it, or holds no key.
    """
    return _read(path, api_key)


def read_watch_link(path: Path) -> SecretFile[WatchLink]:
    """The watch link in a file.

    Raises:
        ValueError: the file can't be read, others can read it, or holds no watch link.
    """
    return _read(path, watch_link)


def _read(path: Path, parse: Callable[[str], S]) -> SecretFile[S]:
    lines = _private_text(path).strip().splitlines()
    try:
        return SecretFile(path, parse(lines[0].strip() if lines else ""))
    except ValueError as error:
        raise ValueError(f"in its file: {error}") from None


def _private_text(path: Path) -> str:
    """The mode is asked of the open file, so that it can't be changed for another in between."""
    try:
        # Not to wait for a writer, where the path names a pipe.
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as error:
        raise ValueError(f"expected a file that can be read: {error.strerror}") from None
    try:
        mode = os.fstat(descriptor).st_mode
        if not stat.S_ISREG(mode):
            raise ValueError("expected an ordinary file")
        if mode & 0o077:
            raise ValueError(
                f"expected a file that only you can read (chmod 600), got mode {stat.S_IMODE(mode):04o}"
            )
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            content = file.read(SIZE_LIMIT + 1)
    finally:
        os.close(descriptor)
    if len(content) > SIZE_LIMIT:
        raise ValueError(f"expected a file of at most {SIZE_LIMIT // 1024} KiB")
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise ValueError("expected a file in UTF-8") from None
