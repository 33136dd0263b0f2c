"""Ends that wait, and whose they are: in the header, on the row, in the prompt."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from browser_host.sessions.views import EndedView, InstructionView, SessionView
from tests.tui.deck.screen_samples import NOW, deck, session
from tui.host import pending_ends
from tui.view import confirm_text, rows
from tui.view.columns import layout
from tui.view.rows import RowContext

ME, ROOT, RULE = "alice (1000)", "root (0)", "rule"


def ending(name: str, by: str, state: str = "queued", action: str = "endSession") -> SessionView:
    return session(name, instruction=InstructionView("i1", action, state, NOW, by, ""))


def told(view: SessionView, width: int = 159) -> str:
    columns = layout(width, wide=False)
    cells = rows.cells(view, columns, RowContext(NOW, uid=1000))
    at = [placed.column.id for placed in columns.placed].index("instruction")
    return "".join(part.text for part in cells[at]).strip()


def test_the_row_says_who_else_has_an_end_open() -> None:
    assert told(ending("a", ROOT), 79) == "end queued root"
    assert told(ending("a", RULE, "sent")) == "end sent rule"
    assert told(ending("a", ME), 79) == "end queued"
    assert told(ending("a", ROOT, "confirmed"), 79) == "end confirmed"
    assert told(ending("a", ROOT, action="switchColor"), 79) == "color queued"


def test_a_mode_that_was_sent_is_named() -> None:
    assert told(replace(ending("a", ME, "sent", "setMode"), mode="draw"), 79) == "draw sent"
    assert told(replace(ending("a", ME, "queued", "setMode"), mode="draw"), 79) == "mode queued"


def test_the_header_says_how_many_and_by_whom() -> None:
    def words(*givers: str) -> str:
        views = [ending(f"s{at}", giver) for at, giver in enumerate(givers)]
        return pending_ends.words(pending_ends.ends([*views, ending("z", ROOT, "sent")]), 1000)

    assert words() == ""
    assert words(ROOT, ROOT) == "2 ends pending by root (0)"
    assert words(ME) == "1 end pending"
    assert words(ME, ME, RULE) == "3 ends pending, 1 by rule"
    assert words(ME, ROOT, RULE) == "3 ends pending, 2 by 2 others"


def test_nobody_is_ended_twice_and_prompt_names_skipped() -> None:
    over = session("over", ended=EndedView("terminated", NOW), hosting="ended", process=None)
    held = deck(session("a"), ending("b", ROOT), ending("c", RULE, "sent"), ending("d", ME, "failed"), over)
    aim = confirm_text.endable(("a", "b", "c", "d", "over"), held)
    assert aim.ids == ("a", "d")
    asked = confirm_text.ending(aim.ids, "the 5 marked sessions", 3.0, aim.left_out)
    assert asked.go == "End 2 sessions"
    assert "skipped: 1 already ended; 2 already pending, requested by root (0), rule" in asked.text


@given(givers=st.lists(st.none() | st.sampled_from((ME, ROOT, RULE))))
def test_each_session_of_a_target_is_ended_or_explained(givers: list[str | None]) -> None:
    views = [
        session(f"s{at}") if giver is None else ending(f"s{at}", giver) for at, giver in enumerate(givers)
    ]
    aim = confirm_text.endable([view.id for view in views], deck(*views))
    assert len(aim.ids) + aim.ended + sum(aim.pending.values()) == len(views)
    assert all(pending_ends.giver(views[int(name[1:])]) is None for name in aim.ids)
