"""Session ids: short, stable over restarts, and revealing nothing about the link they were made from."""

import hashlib
import hmac
import os
import secrets
from collections.abc import Container
from pathlib import Path

from browser_host import private_files

KEY_BYTES = 32
LENGTH = 5
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_LETTERS = "abcdefghjkmnpqrstuvwxyz"


class SessionIds:
    """Makes the id of each visitor or link.

    An id is a keyed hash, so it can't be used to learn or test a link.

    Args:
        key: this host's secret, which stays the same over restarts.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    def identify(self, what: str, taken: Container[str]) -> str:
        """The id of a visitor or link.

        Args:
            what: the visitor's short id, or the revealed link.
            taken: ids in use; in a collision (one in some 25 million pairs) the next candidate is used.
        """
        attempt = 0
        while (found := self._hash(f"{attempt}:{what}")) in taken:
            attempt += 1
        return found

    def _hash(self, text: str) -> str:
        number = int.from_bytes(
            hmac.digest(self._key, text.encode("utf-8", "replace"), hashlib.sha256), "big"
        )
        number, at = divmod(number, len(_LETTERS))
        letters = [_LETTERS[at]]  # a letter first, so that no id looks like a number or an option
        for _ in range(LENGTH - 1):
            number, at = divmod(number, len(_ALPHABET))
            letters.append(_ALPHABET[at])
        return "".join(letters)


def load_key(path: Path) -> bytes:
    """The host's secret for ids, created at the first start.

    Raises:
        OSError: it can neither be read nor created.
    """
    private_files.make_folder(path.parent)
    try:
        handle = private_files.open_plain(path, os.O_RDONLY)
    except FileNotFoundError:
        return _make_key(path)
    with os.fdopen(handle, "rb") as file:
        key = file.read(KEY_BYTES)
    return key if len(key) == KEY_BYTES else _make_key(path)


def _make_key(path: Path) -> bytes:
    key = secrets.token_bytes(KEY_BYTES)
    private_files.replace(path, key)
    return key
