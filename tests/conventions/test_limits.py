"""docs/limits.md: generated from the code, and each limit is reached by a test."""

import pytest

from browser_host.sessions import filter  # noqa: A004 - the package's own word
from browser_host.supervisor import policy, upscope_worker
from browser_host.upscope import client
from tests.conventions.limits import PAGE_PATH, ROWS, Row, page
from tests.conventions.named import is_there
from tui.view import saved_view
from tui.widgets import filter_bar


def test_the_page_is_what_the_code_generates() -> None:
    assert PAGE_PATH.read_text("utf-8") == page()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.what)
def test_each_limit_is_reached_by_a_test(row: Row) -> None:
    assert is_there(row.shown_by)


def test_the_client_has_a_connection_for_each_request() -> None:
    assert (client.LIMITS.max_connections or 0) >= upscope_worker.AT_ONCE
    assert upscope_worker.WAITING >= policy.MAX_SESSIONS


def test_a_saved_filter_is_one_that_can_be_typed() -> None:
    assert saved_view.FILTER_AT_MOST == filter_bar.LONGEST <= filter.LIMIT
