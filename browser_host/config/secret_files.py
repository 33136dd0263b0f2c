"""Secrets in files of their own: read once, and refused if others can read them."""

import base64
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel

from browser_host import private_files, text_files
from browser_host.config.addresses import remote_browser, watch_link, webhook
from browser_host.secrets import ApiKey, BrowserUrl, Secret, WatchLink

SIZE_LIMIT = 64 * 1024
"""Bytes of a secret's file; a larger one is some other file."""

KEY_LIMIT = 1024

MOST_SIGNING = 8
"""Signing secrets in a file: two while receivers change from one to the next, and room for mistakes."""

LEAST_KEY_BYTES, MOST_KEY_BYTES = 16, 96
"""Of a signing secret; Standard Webhooks wants 24 to 64, and shows shorter ones in its own examples."""

READ_WITHIN_S = 4.0
"""Seconds for one file."""

S = TypeVar("S", bound=Secret)


@dataclass(frozen=True, slots=True)
class SecretFile(Generic[S]):
    """A file, and the secret in its first line."""

    path: Path
    secret: S

    def __str__(self) -> str:
        return f"{self.path} ({self.secret})"


def api_key(text: str) -> ApiKey:
    """A key that fits an HTTP header; surrounding spaces and a byte-order mark are stripped.

    Raises:
        ValueError: it is empty, too long, or not printable ASCII without spaces.
    """
    text = text_files.trimmed(text)
    if not 0 < len(text) <= KEY_LIMIT or not (text.isascii() and text.isprintable()) or " " in text:
        raise ValueError(f"expected a key of 1 to {KEY_LIMIT} ASCII characters without spaces")
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


def read_webhook(path: Path) -> SecretFile[Secret]:
    """The webhook's address in a file.

    Raises:
        ValueError: the file can't be read, others can read it, or holds no address.
    """
    return _read(path, webhook)


def read_signing(path: Path) -> SecretFile[Secret]:
    """The first signing secret in a file, all of whose secrets were checked.

    Raises:
        ValueError: as `signing_secrets`.
    """
    return SecretFile(path, signing_secrets(path)[0])


def signing_secrets(path: Path) -> tuple[Secret, ...]:
    """The signing secrets in a file, one per line, in the form of Standard Webhooks (`whsec_` and base64).

    Raises:
        ValueError: the file can't be read, others can read it, or a line holds no secret.
    """
    lines = [text for line in _private_text(path).splitlines() if (text := text_files.trimmed(line))]
    if not 0 < len(lines) <= MOST_SIGNING:
        raise ValueError(f"expected 1 to {MOST_SIGNING} secrets in its file, one per line, got {len(lines)}")
    return tuple(_signing(line) for line in lines)


def _signing(text: str) -> Secret:
    encoded = text.removeprefix("whsec_")
    try:
        key = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except ValueError:
        key = b""
    if not LEAST_KEY_BYTES <= len(key) <= MOST_KEY_BYTES:
        raise ValueError(
            f"expected a signing secret in its file: whsec_ and {LEAST_KEY_BYTES} to {MOST_KEY_BYTES} bytes "
            "in base64"
        )
    return Secret(text)


def read_browser_url(path: Path) -> SecretFile[BrowserUrl]:
    """The address of a remote browser in a file.

    Raises:
        ValueError: the file can't be read, others can read it, or holds no such address.
    """
    return _read(path, remote_browser)


def named_in(settings: BaseModel) -> Iterator[Path]:
    """The secrets' files that a model names, at any depth."""
    for _, value in settings:
        for one in value if isinstance(value, tuple) else (value,):
            if isinstance(one, SecretFile):
                yield one.path
            elif isinstance(one, BaseModel):
                yield from named_in(one)


def _read(path: Path, parse: Callable[[str], S]) -> SecretFile[S]:
    lines = text_files.trimmed(_private_text(path)).splitlines()
    try:
        return SecretFile(path, parse(lines[0] if lines else ""))
    except ValueError as error:
        raise ValueError(f"in its file: {error}") from None


def _private_text(path: Path) -> str:
    """Read a file; the mode is that of the open file, so that it can't be swapped in between."""
    try:
        with text_files.opened(path) as descriptor:
            content = _private_content(descriptor)
    except OSError as error:
        raise ValueError(f"expected a readable file: {error.strerror}") from None
    if len(content) > SIZE_LIMIT:
        raise ValueError(f"expected a file of at most {SIZE_LIMIT // 1024} KiB")
    return text_files.decoded(content)


def _private_content(descriptor: int) -> bytes:
    mode = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(mode):
        raise ValueError("expected a regular file")
    if exposed := private_files.exposed_mode(mode):
        raise ValueError(f"expected a file that only you can read (chmod 600), got mode {exposed}")
    return text_files.content_of(descriptor, SIZE_LIMIT, READ_WITHIN_S)
