"""The browsers' endpoints in the dashboard, on the real API: listed as they change, drained, taken back."""

from dataclasses import replace
from pathlib import Path

import pytest

from browser_host.api.schema import BrowserView
from browser_host.sessions.browser_state import BrowserState
from tests.tui.deck.screen_samples import HOST, NOW, busy_deck, session
from tests.tui.plan.stage import stage
from tui.browsers import browser_text
from tui.host.deck import Deck
from tui.style.glyphs import UNICODE
from tui.view.header import badges
from tui.view.view_state import ViewState

pytestmark = pytest.mark.usefixtures("no_quiet_time")


def endpoint(name: str, state: BrowserState, **changes: object) -> BrowserView:
    view = BrowserView(name, "grid", state, 0, 200, True, "156.0.1", NOW - 60, None)  # noqa: FBT003 - isolated
    return replace(view, **changes)  # type: ignore[arg-type]  # names are the fields'


def deck(*browsers: BrowserView) -> Deck:
    return replace(busy_deck(1), host=replace(HOST, browsers=browsers))


def lines(shown: Deck, width: int) -> list[str]:
    found = browser_text.rows(shown, NOW, width, UNICODE)
    return ["".join(span.text for span in row.spans) for row in found]


async def test_an_endpoint_is_listed_drained_and_taken_back(tmp_path: Path) -> None:
    async with stage(tmp_path, count=3) as one:
        await one.press("B")
        await one.shows("endpoint", "local", "up", "3/", "yes")
        await one.press("d")
        await one.shows("local takes no more sessions", "draining", "1/1 ENDPOINTS OUT: local draining")
        assert one.host.hosting.drained
        await one.press("u")
        await one.shows("local takes sessions", "up")
        assert not one.host.hosting.drained


def test_endpoints_of_several_hosts_count_their_own_sessions() -> None:
    shown = deck(endpoint("tokyo/local", BrowserState.UP), endpoint("york/local", BrowserState.UP))
    ids = ("tokyo/a", "tokyo/b", "york/a")
    held = {name: session(name, browser="local") for name in ids}
    first, second = lines(replace(shown, sessions=held), 130)
    assert first.split()[:4] == ["tokyo/local", "grid", "up", "2/200"]
    assert second.split()[:4] == ["york/local", "grid", "up", "1/200"]


async def test_a_read_only_host_is_not_asked_to_drain(tmp_path: Path) -> None:
    async with stage(tmp_path, count=1) as one:
        one.app.deck = replace(one.app.deck, host=replace(HOST, read_only=True))
        await one.press("B", "d")
        await one.shows("The host is read-only")
        assert not one.host.hosting.drained


def test_endpoints_have_a_line_each_with_sessions_and_reason() -> None:
    full, down = endpoint("b", BrowserState.UP, number=1), endpoint("a", BrowserState.DOWN, reason="hung")
    shown = deck(full, replace(full, number=2), down)
    held = {name: session(name, browser="b") for name in ("s1", "s2")}
    first, second = lines(replace(shown, sessions=held), 130)
    assert first.split() == ["a", "grid", "down", "0/200", "yes", "1m", "156.0.1", "hung"]
    assert second.split()[:4] == ["b", "grid", "up", "2/200"]


def test_a_narrow_list_keeps_the_reason() -> None:
    (line,) = lines(deck(endpoint("a", BrowserState.DOWN, reason="hung")), 80)
    assert "hung" in line
    assert "156" not in line


def test_the_header_names_endpoints_that_are_out() -> None:
    up, out = endpoint("a", BrowserState.UP), endpoint("b", BrowserState.DOWN)
    left = endpoint("c", BrowserState.DRAINING)
    assert badges(deck(up, replace(up, state=BrowserState.DOWN)), ViewState(), NOW) == []
    ((words, _),) = badges(deck(up, out, left), ViewState(), NOW)
    assert words == "2/3 ENDPOINTS OUT: b down, c draining"
