"""The README's table of bounds: each number is the code's, and a test shows what happens at it."""

import re

import pytest

from browser_host.browsers import settings as hosting
from browser_host.config import models
from browser_host.sessions import filter  # noqa: A004 - the room's own word
from browser_host.supervisor import rest, rules
from browser_host.upscope import client
from tests.house.bounds import ROWS, Row
from tests.house.named import ROOT, is_there
from tui import memory
from tui.widgets import filter_bar


def table() -> list[tuple[str, str, str]]:
    section = (ROOT / "README.md").read_text("utf-8").partition("\n## Bounds\n")[2].partition("\n## ")[0]
    lines = [
        re.split(r"\s*\|\s*", line.strip("| \n")) for line in section.splitlines() if line.startswith("|")
    ]
    return [(what, much, happens) for what, much, happens in lines[2:]]


def test_the_table_says_what_the_code_does() -> None:
    assert [row[:2] for row in table()] == [(row.what, row.much) for row in ROWS]


def test_the_table_says_what_happens_at_each() -> None:
    assert not [what for what, _, happens in table() if not happens]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.what)
def test_what_happens_at_each_is_shown(row: Row) -> None:
    assert is_there(row.shown_by)


def test_the_services_questions_fit_its_connections() -> None:
    assert (client.LIMITS.max_connections or 0) >= rest.AT_ONCE
    assert rest.WAITING >= rules.MAX_SESSIONS


def test_what_is_kept_of_a_filter_is_what_may_be_typed() -> None:
    assert memory.FILTER_AT_MOST == filter_bar.LONGEST <= filter.LIMIT


def test_the_configuration_allows_no_more_pages_than_a_browser_takes() -> None:
    assert models.PAGES_LIMIT == hosting.MAX_PAGES_PER_BROWSER
