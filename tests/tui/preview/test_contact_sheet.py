"""The contact sheet: as many pictures as fit, one at a time, against a scripted host on a real socket."""

from hypothesis import example, given
from hypothesis import strategies as st

from tests.tui.preview.test_preview import is_quiet
from tests.tui.wiring.dashboard import asked, running, setup_for, until
from tests.tui.wiring.fake_host import FakeHost
from tui.app import WatchdeckApp
from tui.preview.contact_screen import ContactScreen
from tui.preview.sheet_layout import MOST, sheet_layout


@given(st.integers(0, 400), st.integers(1, 300), st.integers(0, 100))
@example(count=0, width=120, height=40)
def test_pictures_never_overlap_or_leave_the_sheet(count: int, width: int, height: int) -> None:
    sheet = sheet_layout(count, width, height)
    assert sheet.shown <= min(count, MOST)
    taken: set[tuple[int, int]] = set()
    for number in range(sheet.shown):
        left, top = sheet.place(number)
        cells = {(x, y) for x in range(left, left + sheet.columns) for y in range(top, top + 1 + sheet.lines)}
        assert not cells & taken
        taken |= cells
    assert all(0 <= x < width and 0 <= y < height for x, y in taken)


def test_an_ordinary_terminal_has_room_for_some() -> None:
    assert [sheet_layout(6, *size).shown for size in ((80, 23), (160, 44))] == [6, 6]
    assert sheet_layout(400, 160, 44).shown == MOST
    assert sheet_layout(2, 160, 44).columns == 60
    assert [sheet_layout(4, *size).columns for size in ((120, 34), (80, 23))] == [51, 32], "as large as fits"


async def test_the_marked_are_looked_at_one_at_a_time(host: FakeHost) -> None:
    async with running(setup_for(host, preview_every_s=0.05)) as (app, pilot):
        await pilot.press("space", "j", "space", "I")
        await until(pilot, lambda: isinstance(app.screen, ContactScreen))
        looks = [(await asked(host))[1] for _ in range(5)]
        assert [session_id for session_id, _ in looks] == ["s1", "s3", "s1", "s3", "s1"]
        assert len({width for _, width in looks}) == 1
        await until(pilot, lambda: len(app.screen.query_one("#contact-sheet")._pictures) == 2)  # type: ignore[attr-defined]
        text = [strip.text for strip in app.screen._compositor.render_strips(app.size)]
        assert "2 marked sessions" in text[0]
        assert "label of s1" in text[1]
        assert "label of s3" in text[1]
        assert text[1].count("viewerReady") == 2
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app._main)
        await is_quiet(host, pilot)


async def test_a_long_label_leaves_its_status_in_sight(host: FakeHost) -> None:
    for session_id in ("s1", "s2", "s3"):
        host.change(session_id, label="a label that is longer than its picture")
    app = WatchdeckApp(setup_for(host))
    async with app.run_test(size=(60, 20)) as pilot:
        await until(pilot, lambda: len(app.deck.sessions) == 3)
        await pilot.press("I")
        await until(pilot, lambda: isinstance(app.screen, ContactScreen))
        await pilot.pause()
        text = app.screen._compositor.render_strips(app.size)[1].text
        assert text.count("viewerReady") >= 2
