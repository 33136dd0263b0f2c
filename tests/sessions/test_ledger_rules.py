"""What is truly known of an instruction, and when one is refused."""

import pytest

from browser_host.protocol.page_instructions import EndSession, Instruction, Mode, Raw, SetMode, SwitchColor
from browser_host.protocol.page_messages import (
    Color,
    ColorChanged,
    SessionEnded,
    StateUpdated,
    Status,
    StatusUpdated,
)
from browser_host.sessions import ledger
from browser_host.sessions import session_events as events
from browser_host.sessions.ledger import EntryState
from browser_host.sessions.rules import ledger_rules
from browser_host.sessions.rules.ledger_rules import REPEATED, next_deadline, refusal, settled
from tests.sessions.session_strategies import FAULT, World, at

RED = ColorChanged(Color("#ff0000", "red"))
BLUE = ColorChanged(Color("#0000ff", "blue"))


def test_an_end_is_queued_sent_and_confirmed() -> None:
    world = World().live().given(EndSession())
    assert world.types == ["instruction.queued"]
    world.happens(events.InstructionSent(1), 2)
    assert world.types == ["instruction.sent"]
    assert world.entry().sent_at == at(2)
    world.says(Status.TERMINATED, 3, after=1)
    assert world.types == ["session.status", "session.ended", "instruction.confirmed"]
    assert (world.entry().state, world.entry().finished_at) == (EntryState.CONFIRMED, at(3))


def test_generation_two_confirms_an_end_too() -> None:
    world = World().live().sent(EndSession()).says(SessionEnded(None, "{}"), 3, after=1)
    assert world.entry().state is EntryState.CONFIRMED


def test_an_answer_may_overtake_the_news_of_the_posting() -> None:
    world = World().live().given(EndSession()).says(Status.TERMINATED, 3, after=1)
    assert world.types[-2:] == ["instruction.sent", "instruction.confirmed"]
    assert [c.extra["entry"]["state"] for c in world.changes[-2:]] == ["sent", "confirmed"]
    world.happens(events.InstructionSent(1), 4)
    assert world.entry().state is EntryState.CONFIRMED


def test_an_end_that_is_not_due_yet_is_confirmed_by_nothing() -> None:
    world = World().live().given(EndSession(), due=4).says(Status.TERMINATED, 3, after=1)
    assert world.entry().state is EntryState.CANCELLED
    assert world.entry().text == "ended by itself before anything was sent"


def test_an_end_told_before_the_instruction_came_is_not_by_it() -> None:
    world = World().live().sent(EndSession(), number=4).says(Status.TERMINATED, 3, after=3)
    assert world.session.ended is not None
    assert world.entry(4).state is EntryState.UNCONFIRMED
    assert world.entry(4).text == "ended, but before the instruction reached the page"
    world.says(Status.TERMINATED, 4, after=4)
    assert world.entry(4).state is EntryState.UNCONFIRMED
    world.says(Status.WAITING, 5, after=4).says(Status.TERMINATED, 6, after=4)
    assert world.entry(4).state is EntryState.UNCONFIRMED


def test_end_reported_by_a_later_page_is_not_confirmed() -> None:
    world = World().live().sent(EndSession()).happens(events.PageLost(FAULT), 2).happens(events.Opened(2), 3)
    world.says(Status.TERMINATED, 4)
    assert world.entry().state is EntryState.UNCONFIRMED
    assert world.entry().text == "ended, but not in the page it was sent to"


def test_late_report_confirms_an_unconfirmed_end() -> None:
    world = World().live().sent(EndSession(), seconds=1)
    assert next_deadline(world.session) == 6
    assert world.happens(events.TimePassed(), 5.9).changes == ()
    world.happens(events.TimePassed(), 6)
    assert (world.entry().state, world.entry().text) == (
        EntryState.UNCONFIRMED,
        "no answer from the page within 5s",
    )
    assert next_deadline(world.session) is None
    world.says(Status.TERMINATED, 13, after=1)
    assert (world.entry().state, world.entry().text) == (EntryState.CONFIRMED, "confirmed late, after 12s")


def test_a_mode_rests_at_sent() -> None:
    world = World().live().sent(SetMode(Mode.DRAW))
    assert world.session.mode is Mode.DRAW
    assert "mode" in world.changes[0].keys
    assert settled(world.entry())
    assert world.happens(events.TimePassed(), 999).entry().state is EntryState.SENT


def test_a_toggle_is_confirmed_by_another_colour_alone() -> None:
    world = World().live().says(RED, 1).sent(SwitchColor()).says(BLUE, 2, after=0)
    assert world.entry().state is EntryState.SENT
    assert world.says(BLUE, 2, after=1).entry().state is EntryState.SENT
    assert world.says(RED, 2, after=1).entry().state is EntryState.CONFIRMED


def test_a_repeated_colour_is_no_answer_to_a_toggle() -> None:
    world = World().live().says(RED, 1).sent(SwitchColor()).says(RED, 2, after=1)
    world.happens(events.TimePassed(), 60)
    assert world.entry().text == "no answer from the page within 5s; the page says #ff0000"


def test_the_first_known_colour_is_no_answer_to_a_toggle() -> None:
    world = World().live().sent(SwitchColor()).says(RED, 2, after=1)
    assert world.entry().state is EntryState.SENT
    assert world.says(BLUE, 3, after=1).entry().state is EntryState.CONFIRMED


def test_a_snapshot_that_repeats_the_colour_confirms_no_toggle() -> None:
    world = World().live().says(RED, 1).sent(SwitchColor())
    same = StateUpdated(None, RED.color, None, "{}")
    assert world.says(same, 2, after=1).entry().state is EntryState.SENT
    other = StateUpdated(None, BLUE.color, None, "{}")
    assert world.says(other, 3, after=1).entry().state is EntryState.CONFIRMED


def test_a_colour_is_confirmed_by_itself_alone() -> None:
    world = World().live().sent(SwitchColor("#ff0000")).says(BLUE, 2, after=1)
    assert (world.entry().state, world.entry().text) == (EntryState.SENT, "the page says #0000ff")
    assert "instruction" in world.changes[0].keys
    world.happens(events.TimePassed(), 60)
    assert world.entry().text == "no answer from the page within 5s; the page says #0000ff"
    assert world.says(RED, 61, after=1).entry().state is EntryState.CONFIRMED


def test_later_answer_does_not_confirm_an_expired_colour() -> None:
    world = World().live().says(BLUE, 1).sent(SwitchColor()).happens(events.TimePassed(), 60)
    world.sent(SwitchColor(), number=2, seconds=61).says(RED, 62, after=2)
    assert world.entry(1).state is EntryState.UNCONFIRMED
    assert world.entry(2).state is EntryState.CONFIRMED


def test_one_message_confirms_colour_and_end() -> None:
    world = World().live().given(SwitchColor("#ff0000"), 1).given(EndSession(), 2)
    world.says(StateUpdated(Status.TERMINATED, RED.color, None, "{}"), 3, after=2)
    assert [entry.state for entry in world.session.ledger] == [EntryState.CONFIRMED] * 2


def test_what_is_queued_when_the_page_goes_was_never_sent() -> None:
    world = (
        World().live().sent(EndSession(), 1).given(SetMode(Mode.DRAW), 2).happens(events.PageLost(FAULT), 3)
    )
    assert world.entry(1).state is EntryState.SENT
    assert (world.entry(2).state, world.entry(2).text) == (
        EntryState.FAILED,
        "nothing was sent: the page crashed",
    )


@pytest.mark.parametrize(
    "meanwhile",
    [
        events.PageLost(FAULT),
        events.Blocked(FAULT),
        events.InstructionCancelled(1, "the host stopped before it was sent"),
        events.Spoke(StatusUpdated(Status.TERMINATED), 0),
    ],
    ids=lambda one: type(one).__name__,
)
@pytest.mark.parametrize(
    ("news", "state"),
    [
        (events.InstructionSent(1), {EntryState.SENT, EntryState.UNCONFIRMED}),
        (events.InstructionUnaccounted(1, "the page died meanwhile"), {EntryState.UNCONFIRMED}),
        (events.InstructionFailed(1, "the page was taken away"), {EntryState.FAILED}),
    ],
    ids=lambda one: type(one).__name__,
)
def test_what_the_browser_has_is_told_once(
    meanwhile: events.SessionEvent, news: events.SessionEvent, state: set[EntryState]
) -> None:
    world = World().live().given(EndSession()).happens(events.InstructionHandedOver(1), 2)
    assert world.changes == (), "clients see it when its posting is reported"
    world.happens(meanwhile, 3)
    assert not any(name.startswith("instruction.") for name in world.types)
    assert world.happens(news, 4).entry().state in state


def test_end_posted_while_the_session_ended_did_not_end_it() -> None:
    world = World().live().given(EndSession()).happens(events.InstructionHandedOver(1), 2)
    world.says(Status.TERMINATED, 3, after=0).happens(events.InstructionSent(1), 4)
    assert (world.entry().state, world.entry().text) == (EntryState.UNCONFIRMED, ledger_rules.NOT_BY_IT)


@pytest.mark.parametrize("instruction", [EndSession(), SetMode(Mode.DRAW), Raw({"action": "dance"})])
def test_what_is_uncertain_is_unconfirmed_and_what_failed_failed(instruction: Instruction) -> None:
    world = World().live().given(instruction).happens(events.InstructionUnaccounted(1, "it hung"), 2)
    assert (world.entry().state, world.entry().text) == (EntryState.UNCONFIRMED, "it hung")
    assert world.session.mode is None
    world = World().live().given(instruction).happens(events.InstructionFailed(1, "no frame"), 2)
    assert (world.entry().state, world.entry().text) == (EntryState.FAILED, "no frame")


def test_only_what_is_queued_can_be_taken_back() -> None:
    world = World().live().given(EndSession()).happens(events.InstructionCancelled(1, "taken back"), 2)
    assert (world.entry().state, world.types) == (EntryState.CANCELLED, ["instruction.cancelled"])
    world = World().live().sent(EndSession()).happens(events.InstructionCancelled(1, "taken back"), 2)
    assert (world.entry().state, world.types) == (EntryState.SENT, [])


def test_an_instruction_that_no_ledger_holds_changes_nothing() -> None:
    world = World().live()
    for event in (
        events.InstructionSent(9),
        events.InstructionFailed(9, ""),
        events.InstructionUnaccounted(9, ""),
    ):
        assert world.happens(event, 2).changes == ()


def test_event_of_an_older_instruction_names_both() -> None:
    world = World().live().given(EndSession(), 1).given(SetMode(Mode.DRAW), 2)
    world.happens(events.InstructionSent(1), 2)
    assert world.changes[0].extra["entry"]["id"] == "i1"


def test_the_ledger_is_bounded_and_loses_the_settled_first() -> None:
    world = World().live().sent(SwitchColor(), 1)
    for number in range(2, ledger.LIMIT + 10):
        world.sent(SetMode(Mode.DRAW), number)
    assert len(world.session.ledger) == ledger.LIMIT
    assert world.session.ledger[0].order.number == 1


def test_a_session_takes_instructions_while_its_page_is_open() -> None:
    world = World()
    assert refusal(world.session, EndSession(), at(1)) == "its page is not open yet"
    assert refusal(world.happens(events.Opened(1), 1).session, EndSession(), at(60)) is None
    assert refusal(world.says(Status.ACTIVE, 2).session, EndSession(), at(60)) is None
    assert refusal(world.happens(events.PageHung(), 3).session, EndSession(), at(60)) is None
    lost = world.happens(events.PageLost(FAULT), 4).session
    assert (
        refusal(lost, EndSession(), at(60)) == "its page was lost and is not open again yet: the page crashed"
    )
    blocked = world.happens(events.Blocked(FAULT), 5).session
    assert refusal(blocked, EndSession(), at(60)) == "its page could not be shown: the page crashed"


def test_an_ended_session_takes_nothing() -> None:
    world = World().live().says(Status.TERMINATED, 2)
    assert refusal(world.session, SetMode(Mode.DRAW), at(60)) == "it has ended already"


@pytest.mark.parametrize("post", [False, True])
def test_a_pending_end_is_named_with_who_gave_it(*, post: bool) -> None:
    world = World().live().given(EndSession())
    if post:
        world.happens(events.InstructionSent(1), 1)
    for instruction in (EndSession(), SetMode(Mode.DRAW)):
        assert refusal(world.session, instruction, at(1)) == "an end is pending already, given by ann"
    assert refusal(world.happens(events.TimePassed(), 60).session, EndSession(), at(60)) is None or not post


def test_a_full_ledger_refuses_one_more() -> None:
    world = World().live()
    for number in range(1, ledger.LIMIT + 1):
        world.sent(SwitchColor(), number)
    why = refusal(world.session, SetMode(Mode.DRAW), at(60))
    assert why is not None
    assert "under way already" in why


DRAW, RAW = SetMode(Mode.DRAW), Raw({"action": "dance"})


@pytest.mark.parametrize("instruction", [DRAW, SwitchColor(), SwitchColor("#ff0000"), RAW])
def test_an_equal_instruction_under_way_is_refused(instruction: Instruction) -> None:
    world = World().live().says(RED, 1).given(instruction)
    assert refusal(world.session, instruction, at(60)) == REPEATED, "it is queued"
    world.happens(events.InstructionSent(1), 2)
    assert refusal(world.session, instruction, at(6.9)) == REPEATED
    world.happens(events.TimePassed(), 7)
    assert refusal(world.session, instruction, at(7)) is None


def test_another_instruction_of_its_kind_is_taken() -> None:
    world = World().live().sent(DRAW).sent(SwitchColor("#ff0000"), 2)
    assert refusal(world.session, DRAW, at(2)) == REPEATED, "one of another kind changes nothing of it"
    world.sent(SetMode(Mode.POINTER), 3)
    assert refusal(world.session, DRAW, at(2)) is None


@pytest.mark.parametrize(
    "news", [events.InstructionCancelled(1, "by ann"), events.InstructionFailed(1, "gone")]
)
def test_what_was_not_sent_may_be_given_again(news: events.SessionEvent) -> None:
    world = World().live().given(DRAW).happens(news, 1)
    assert refusal(world.session, DRAW, at(1)) is None


def test_a_mode_is_taken_again_in_a_new_document() -> None:
    world = World().live().sent(DRAW).happens(events.PageLost(FAULT), 2).happens(events.Opened(2), 2)
    assert refusal(world.session, DRAW, at(3)) is None
