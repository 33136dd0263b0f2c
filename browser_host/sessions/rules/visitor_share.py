"""A host's share of the visitors, by rendezvous hashing: no two hosts watch one visitor; pure.

A visitor belongs to the host number for which the hash of number and visitor is highest (Thaler and
Ravishankar, 1998). So the hosts need not talk to each other, and one host more moves only its own part.
"""

import re
from dataclasses import dataclass
from hashlib import blake2b

MOST_HOSTS = 100
_WRITTEN = re.compile(r"([0-9]{1,3})/([0-9]{1,3})")


@dataclass(frozen=True, slots=True)
class VisitorShare:
    """One of `of` shares; `number` counts from 1."""

    number: int = 1
    of: int = 1

    @classmethod
    def parse(cls, text: str) -> "VisitorShare":
        """The share that a text such as `1/3` names.

        Raises:
            ValueError: it names none.
        """
        found = _WRITTEN.fullmatch(text)
        if found is None or not 1 <= int(found[1]) <= int(found[2]) <= MOST_HOSTS:
            raise ValueError(
                f'expected a share such as "1/3": a host\'s number and how many, {MOST_HOSTS} at most'
            )
        return cls(int(found[1]), int(found[2]))

    def has(self, visitor: str) -> bool:
        """Whether a visitor, by short id, belongs to it."""
        return owner(visitor, self.of) == self.number

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"


def owner(visitor: str, hosts: int) -> int:
    """The number of the host, 1 to `hosts`, that a visitor belongs to."""
    return max(range(1, hosts + 1), key=lambda number: _weight(number, visitor))


def _weight(number: int, visitor: str) -> bytes:
    return blake2b(visitor.encode("utf-8", "replace"), digest_size=8, salt=str(number).encode()).digest()
