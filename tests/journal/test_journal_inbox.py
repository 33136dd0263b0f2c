"""What may wait is written with what may not, in the order in which it came."""

from concurrent.futures import Future

import pytest

from browser_host.journal.inbox import Ask, Full, Inbox, Write
from tests.journal.samples import entry

FOREVER_S = 3_600.0


def patient(number: int) -> Write:
    return Write((entry(text=f"{number}"),), patient=True)


def urgent(number: int) -> Write:
    return Write((entry(text=f"{number}"),))


def test_what_may_wait_waits_for_company() -> None:
    inbox = Inbox(100, patience=FOREVER_S)
    inbox.put(patient(1))
    assert inbox.take(10, within=0.0) == ()
    inbox.put(patient(2))
    assert inbox.take(10, within=0.0) == ()
    inbox.put(urgent(3))
    inbox.put(patient(4))
    jobs = inbox.take(10, within=0.0)
    assert [job.entries[0].text for job in jobs if isinstance(job, Write)] == ["1", "2", "3", "4"]


def test_a_look_hurries_what_waits_so_that_it_sees_it() -> None:
    inbox = Inbox(100, patience=FOREVER_S)
    inbox.put(patient(1))
    inbox.put(Ask(lambda: None, Future()))
    assert len(inbox.take(10, within=0.0)) == 2


def test_patience_ends() -> None:
    inbox = Inbox(100, patience=0.05)
    inbox.put(patient(1))
    assert len(inbox.take(10, within=5.0)) == 1


def test_what_is_left_by_a_group_that_was_full_is_due_as_well() -> None:
    inbox = Inbox(100, patience=FOREVER_S)
    for number in range(3):
        inbox.put(patient(number))
    inbox.put(urgent(3))
    assert len(inbox.take(2, within=0.0)) == 2
    assert len(inbox.take(2, within=0.0)) == 2


def test_what_may_wait_counts_for_the_limit() -> None:
    inbox = Inbox(2, patience=FOREVER_S)
    inbox.put(patient(1))
    inbox.put(patient(2))
    with pytest.raises(Full):
        inbox.put(urgent(3))
