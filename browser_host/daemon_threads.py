"""Run work that may hang in a system call, with a deadline."""

import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def run_within(work: Callable[[], T], within_s: float) -> T:
    """Run work in a separate thread, and return its result or raise its exception.

    A thread in a system call on a dead mount can't be stopped; a daemon does not keep the process alive.

    Args:
        within_s: seconds until the thread is abandoned.

    Raises:
        TimeoutError: it was not done in time.
    """
    # A Future would do, but its package loads logging: 10 ms of every command.
    done, results, errors = threading.Event(), list[T](), list[BaseException]()

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:  # noqa: BLE001 - raised by whoever waits
            errors.append(error)
        finally:
            done.set()

    threading.Thread(target=run, name="watchdeck-within", daemon=True).start()
    if not done.wait(within_s):
        raise TimeoutError
    if errors:
        raise errors[0]
    return results[0]
