"""Session ids: short, the same after every restart, and silent about the link they were made from."""

import hashlib
import hmac
import os
import secrets
from collections.abc import Container
from pathlib import Path

KEY_BYTES = 32
LENGTH = 5
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_LETTERS = "abcdefghjkmnpqrstuvwxyz"


class Identities:
    """Gives each visitor or link its id.

    An id is a keyed hash, so that whoever sees it can neither learn nor test a link by it.

    Args:
        key: this host's own secret, the same over its restarts.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    def identify(self, what: str, taken: Container[str]) -> str:
        """The id of a visitor or link.

        Args:
            what: the visitor's short id, or the revealed link.
            taken: ids that are in use; a clash (one in some 25 million pairs) takes the next in line.
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
        letters = [_LETTERS[at]]  # a letter first: an id is never taken for a number or an option
        for _ in range(LENGTH - 1):
            number, at = divmod(number, len(_ALPHABET))
            letters.append(_ALPHABET[at])
        return "".join(letters)


def load_key(path: Path) -> bytes:
    """The host's secret for ids, made at the first start.

    Raises:
        OSError: it can neither be read nor made.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return _make_key(path)
    with os.fdopen(handle, "rb") as file:
        key = file.read(KEY_BYTES)
    return key if len(key) == KEY_BYTES else _make_key(path)


def _make_key(path: Path) -> bytes:
    key = secrets.token_bytes(KEY_BYTES)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    return key
