"""Starting a program that stays: without looking for garbage in what it has just created."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Create what start-up creates without looking for garbage in it again and again.

    That took a sixth of the time to the dashboard's first row. What was started collects afterwards.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
