"""Secrets as types whose repr masks, so that no log line, traceback or view can show one."""

import hashlib
import hmac
from typing import NoReturn


class Secret:
    """A text that must never be shown; `reveal()` is the only way to read it, and easy to search for."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the text itself, for the one place that must use it."""
        return self._value

    @property
    def fingerprint(self) -> str:
        """Eight hex digits that distinguish two secrets without revealing either."""
        return hashlib.sha256(self._value.encode("utf-8", "surrogatepass")).hexdigest()[:8]

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…{self.fingerprint})"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return format(repr(self), spec)

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return hmac.compare_digest(self._value.encode(), other.reveal().encode())

    def __hash__(self) -> int:
        return hash((type(self), self._value))

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"{type(self).__name__} cannot be serialised")


class WatchLink(Secret):
    """A watch link: whoever holds it sees a visitor's screen."""

    __slots__ = ()


class BrowserUrl(Secret):
    """The address of a browser elsewhere: whoever holds it sees every page that the browser hosts."""

    __slots__ = ()


class ApiKey(Secret):
    """The key to the REST service."""

    __slots__ = ()
