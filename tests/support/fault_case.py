"""One run of a row of the fault matrix: its clock, its limits, and what was measured."""

import time
from collections.abc import Callable
from typing import TypeAlias, TypeVar

from tests.support.fault_table import ROWS

Record: TypeAlias = Callable[[str, object], None]
"""pytest's `record_property`: what is recorded stands in the report of `--junit-xml`."""

T = TypeVar("T")


class Case:
    """Begun when the fault strikes; a row's limits are upper limits.

    Args:
        name: of the row.
    """

    def __init__(self, name: str, record: Record) -> None:
        self.row = ROWS[name]
        self._name = name
        self._record = record
        self._began = self._over = time.monotonic()

    def strikes(self) -> None:
        """The fault begins now; one that does not last is over at once."""
        self._began = self._over = time.monotonic()

    def is_over(self) -> None:
        """What was broken is whole again: from now on it counts until all is as before."""
        self._over = time.monotonic()

    def said(self, wait: Callable[[float], T]) -> T:
        """What `wait` returns, if that is within the row's limit.

        Args:
            wait: takes the seconds that are left, and raises where they do not suffice.
        """
        return self._within("said_s", self._began, self.row.said_within, wait)

    def back(self, wait: Callable[[float], T]) -> T:
        """The same for all being as before, counted from the fault's end."""
        return self._within("back_s", self._over, self.row.back_within, wait)

    def _within(self, what: str, since: float, limit: float | None, wait: Callable[[float], T]) -> T:
        assert limit is not None, f"the table promises no time for {self._name!r}"
        found = wait(max(0.0, limit - (time.monotonic() - since)))
        took = time.monotonic() - since
        self._record("fault", self._name)
        self._record(what, round(took, 1))
        assert took <= limit, f"{self._name}: {what} {took:.1f}, and {limit:g} s is the limit"
        return found


def until(holds: Callable[[], T], within: float) -> T:
    """The first true thing that `holds` returns.

    Args:
        within: seconds.
    """
    deadline = time.monotonic() + within
    while not (found := holds()):
        assert time.monotonic() < deadline, f"not within {within:.1f} s: {found!r}"
        time.sleep(0.05)
    return found
