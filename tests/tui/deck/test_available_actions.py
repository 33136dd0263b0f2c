"""What is refused is offered nowhere: not by a key, the footer, nor the palette's source; and why is said."""

from dataclasses import replace

import pytest

from browser_host.host_names import host_of
from browser_host.sessions.views import EndedView, SessionView
from tests.tui.deck.screen_samples import HOST, NOW, SampleApp, deck, session
from tests.tui.deck.test_screen_keys import screen_text, showing
from tui.host import deck as state
from tui.host.deck import Access, Deck
from tui.view import actions
from tui.view.actions import Needs
from tui.view.view_state import ActionTarget, Aim

HELD = deck(session("a", label="one"), session("b", label="two"))
CHANGING = {"end", "plan", "undo", "mode-draw", "mode-pointer", "mode-cursor", "color-next", "color-choose"}
REFUSED = [
    pytest.param(replace(HELD, host=replace(HOST, read_only=True)), "host.read_only", id="read-only host"),
    pytest.param(replace(HELD, access=Access.READ_ONLY), "--read-only", id="read-only dashboard"),
    pytest.param(
        replace(HELD, host=replace(HOST, journal="no space left on device")), "no space left", id="no journal"
    ),
    pytest.param(state.lost(HELD, NOW - 60), "Connection to the host lost", id="lost"),
]


def offered(app: SampleApp) -> set[str]:
    return {b.binding.id or "" for b in app.main.active_bindings.values() if b.enabled}


@pytest.mark.parametrize(("held", "why"), REFUSED)
async def test_nothing_that_is_refused_is_offered_until_it_is_not(held: Deck, why: str) -> None:
    async with showing(HELD, (160, 30)) as (app, pilot):
        assert offered(app) >= CHANGING
        assert " e end " in screen_text(app)
        app.main.show(held, NOW)
        await pilot.pause()
        assert not offered(app) & CHANGING
        assert " e end " not in screen_text(app)
        await pilot.press("e", "d")
        await pilot.pause()
        assert app.asked == []
        assert why in screen_text(app)
        app.main.show(HELD, NOW)
        await pilot.pause()
        assert offered(app) >= CHANGING


async def test_a_journal_that_fails_is_said_without_a_key() -> None:
    held = replace(HELD, host=replace(HOST, journal="no space left on device"))
    async with showing(held, (160, 30)) as (app, _):
        text = screen_text(app)
        assert "JOURNAL: no changes possible" in text
        assert "No changes possible: no space left on device" in text


async def test_marks_and_prompts_hold_order_and_count_hidden() -> None:
    async with showing(deck(session("b", label="two"), session("c", label="three"))) as (app, pilot):
        await pilot.press("L", "a")
        grown = deck(session("a", label="aaa"), session("b", label="two"), session("c", label="three"))
        app.main.show(grown, NOW)
        await pilot.pause()
        assert list(app.main.view.rows) == ["c", "b", "a"]
        await pilot.press("slash", *"two", "enter")
        await pilot.pause()
        assert "2 marked, 1 hidden by the filter" in screen_text(app)
        await pilot.press("escape", "U")
        assert list(app.main.view.rows) == ["a", "c", "b"]
        await pilot.press("o")
        await pilot.pause()
        app.main.show(replace(grown, sessions={"z": session("z", label="0"), **grown.sessions}), NOW)
        await pilot.press("escape")
        await pilot.pause()
        assert list(app.main.view.rows) == ["z", "a", "c", "b"]


ENDED = {"hosting": "ended", "ended": EndedView("terminated", NOW)}


async def test_ended_rows_offer_nothing_that_changes_them() -> None:
    held = deck(session("a", label="one", **ENDED), session("b", **ENDED), session("c", **ENDED))
    async with showing(held, (160, 30)) as (app, pilot):
        assert not offered(app) & (CHANGING - {"plan", "undo"})
        await pilot.press("S", "e")
        await pilot.pause()
        assert "one has already ended" in screen_text(app)
        await pilot.press("a", "d")
        await pilot.pause()
        assert "All 3 marked sessions have already ended; U clears the marks" in screen_text(app)
        assert app.asked == []
        app.main.show(deck(*HELD.sessions.values(), session("c", **ENDED)), NOW)
        await pilot.pause()
        assert offered(app) >= CHANGING, "one of the marked is open"


def test_the_first_open_session_decides_for_all_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[str] = []

    class Sessions(dict[str, SessionView]):
        def get(self, key: str, *_: object) -> SessionView | None:  # type: ignore[override]
            looked_at.append(f"session {key}")
            return super().get(key)

    def counted(name: str) -> str:
        looked_at.append(f"host of {name}")
        return host_of(name)

    monkeypatch.setattr(actions, "host_of", counted)
    many = deck(*(session(f"s{number}") for number in range(500)))
    held = replace(many, sessions=Sessions(many.sessions))
    marked = ActionTarget(tuple(held.sessions), aim=Aim.MARKED)
    assert actions.why_not(Needs.OPEN_TARGET_AND_HOST, held, marked) is None
    assert looked_at == ["host of s0", "session s0"]
