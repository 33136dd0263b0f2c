"""One run of a row of the fault matrix: its clock, its limits, and its measurements."""

import time
from collections.abc import Callable
from typing import TypeAlias, TypeVar

from tests.support.fault_table import ROWS
from tests.support.patience import patient

RecordProperty: TypeAlias = Callable[[str, object], None]
"""pytest's `record_property`: writes a value into the report of `--junit-xml`."""

T = TypeVar("T")


class FaultCase:
    """Measures one fault against the limits of its row; create it when the fault starts.

    Args:
        name: name of the row.
        record: takes the measurements.
    """

    def __init__(self, name: str, record: RecordProperty) -> None:
        self.row = ROWS[name]
        self._name = name
        self._record = record
        self._began = self._over = time.monotonic()

    def start(self) -> None:
        """Restart the clock: the fault starts now, and ends at once unless `end_fault` follows."""
        self._began = self._over = time.monotonic()

    def end_fault(self) -> None:
        """The fault ends now; the time to recover counts from here."""
        self._over = time.monotonic()

    def detected(self, wait: Callable[[float], T]) -> T:
        """Return what `wait` returns; fails if detection takes longer than the row's limit.

        Args:
            wait: takes the remaining seconds, and raises when they have passed.
        """
        return self._within("detect_s", self._began, self.row.detect_within, wait)

    def recovered(self, wait: Callable[[float], T]) -> T:
        """Do the same for recovery, counted from the end of the fault."""
        return self._within("recover_s", self._over, self.row.recover_within, wait)

    def detected_now(self) -> None:
        """The caller has just seen the detection; fails if that took longer than the row's limit."""
        self.detected(lambda _: None)

    def recovered_now(self) -> None:
        """Do the same for recovery."""
        self.recovered(lambda _: None)

    def _within(self, what: str, since: float, limit: float | None, wait: Callable[[float], T]) -> T:
        assert limit is not None, f"no limit in the table for {self._name!r}"
        found = wait(max(0.0, patient(limit) - (time.monotonic() - since)))
        took = time.monotonic() - since
        self._record("fault", self._name)
        self._record(what, round(took, 1))
        assert took <= patient(limit), f"{self._name}: {what} {took:.1f} (limit {limit:g} s)"
        return found


def until(holds: Callable[[], T], within: float) -> T:
    """Wait for `holds` to return something true, and return it.

    Args:
        within: seconds.
    """
    deadline = time.monotonic() + patient(within)
    while not (found := holds()):
        assert time.monotonic() < deadline, f"not within {within:.1f} s: {found!r}"
        time.sleep(0.05)
    return found
