"""The journal on the dashboard."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from browser_host.errors import WatchdeckError
from tests.tui.plan.stage import stage
from tui.screens.history import HistoryScreen
from tui.style.glyphs import UNICODE
from tui.style.roles import printable
from tui.view import history_text

words = st.text(max_size=20)
entries = st.fixed_dictionaries(
    {
        "seq": st.integers(1, 10**9),
        "at": st.none() | st.just("2026-01-01T00:00:00.000Z"),
        **{
            key: st.none() | words
            for key in (
                "by",
                "client",
                "action",
                "session",
                "label",
                "outcome",
                "text",
                "instruction",
                "peer",
            )
        },
    }
)


@given(st.lists(entries, max_size=5), st.integers(40, 200), words)
def test_any_entry_can_be_shown(found: list[history_text.Entry], width: int, wanted: str) -> None:
    rows = history_text.rows(found, width, UNICODE)
    assert len(rows) == len(found)
    assert all(printable(span.text) == span.text for row in rows for span in row.spans)
    assert all(printable(whole) == whole for whole in map(history_text.whole, found))
    assert set(map(id, history_text.matching(found, wanted))) <= set(map(id, found))
    assert history_text.matching(found, "  ") == tuple(found)


async def test_what_happened_is_read_filtered_and_asked_for_again(tmp_path: Path) -> None:
    async with stage(tmp_path, count=3) as one:
        ids = list(one.app.deck.sessions)
        await one.press("s")
        await one.until(lambda: len(one.host.hosting.posted) == 1)
        await one.press("j", "h")
        await one.shows("History of all sessions", "color", "sent", "visitor 0", "visitor 2")
        await one.press("tab")
        await one.shows("History of visitor 1")
        assert "visitor 0" not in one.shown()
        await one.press("tab")
        await one.shows("History of all sessions")
        await one.press("slash", *"color")
        await one.shows("/ color", "color")
        assert "pendingRequest" not in one.shown()
        await one.press("enter")
        assert isinstance(one.app.screen, HistoryScreen)
        one.host.hosting.says_color(ids[0], "#ff0000", after=1)
        await one.press("escape", "r")
        await one.shows("confirmed")
        await one.press("escape")
        assert not isinstance(one.app.screen, HistoryScreen)


async def test_keys_typed_in_the_filter_do_nothing_else(tmp_path: Path) -> None:
    async with stage(tmp_path, count=1) as one:
        await one.press("h")
        await one.shows("History")
        await one.press("slash", "q", "r", "question_mark")
        await one.shows("/ qr?", "No entry contains these words")
        await one.press("escape")
        await one.shows("History", "shown", "visitor 0")


async def test_a_journal_that_can_not_be_read_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stage(tmp_path, count=1) as one:

        async def unreadable(*_: object, **__: object) -> None:
            raise WatchdeckError("the journal /j can't be read: it is not a database")

        monkeypatch.setattr(one.host.journal, "history", unreadable)
        await one.press("h")
        await one.shows("Can't read the journal", "it is not a database", "r reads again")
