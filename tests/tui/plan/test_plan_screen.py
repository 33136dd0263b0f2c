"""The plan on the dashboard, before a real API: whoever is in it is ended, and nobody else."""

from pathlib import Path

from browser_host.api.schema import RESYNC
from browser_host.sessions.instant import system_clock
from browser_host.sessions.staleness import StaleLimits, StaleRules
from browser_host.supervisor.rules import Rules
from tests.support.host import PEER
from tests.tui.plan.stage import stage
from tui.screens.confirm import ConfirmScreen
from tui.screens.plan import PlanScreen

QUICK = Rules(undo_s=0.0, confirm_within_s=0.5, ends_per_second=1000)
SLOW = Rules(undo_s=0.0, confirm_within_s=60.0, ends_per_second=0.01)
PATIENT = Rules(undo_s=60.0, confirm_within_s=60.0, ends_per_second=1000)


async def test_exactly_the_plan_is_ended_whoever_comes_and_changes_meanwhile(tmp_path: Path) -> None:
    async with stage(tmp_path, QUICK, count=12) as one:
        ids = list(one.app.deck.sessions)
        await one.press("a", "E")
        await one.shows("12 to be ended", "marked 12", "visitor 11")
        await one.press("j", "space", "space")
        await one.shows("10 to be ended", "2 left out by you")
        one.host.live(3, "pendingRequest")
        one.host.hosting.says_status(ids[0], "active")
        await one.shows("1 changed since", "its status is active now, and was")
        await one.confirm()
        meant = [session_id for session_id in ids if session_id not in ids[1:3]]
        await one.until(lambda: len(one.ended()) == 10)
        assert one.ended() == meant
        one.page_ends(*meant)
        await one.shows("10/10", "10 confirmed", "took")
        assert one.ended() == meant


async def test_every_entry_gets_its_own_result_and_the_open_ones_are_tried_again(tmp_path: Path) -> None:
    async with stage(tmp_path, QUICK, count=4) as one:
        ids = list(one.app.deck.sessions)
        await one.press("a", "E")
        await one.shows("4 to be ended")
        await one.confirm()
        await one.until(lambda: len(one.ended()) == 4)
        one.page_ends(*ids[:2])
        await one.shows("4/4", "2 confirmed", "2 unconfirmed", "by ")
        await one.press("t")
        await one.shows("2 to be ended", "retry 2")
        await one.confirm()
        await one.until(lambda: len(one.ended()) == 6)
        assert one.ended()[4:] == ids[2:]
        one.page_ends(*ids[2:])
        await one.shows("2/2", "2 confirmed")


async def test_a_stop_takes_back_what_waits_and_says_what_it_can_not(tmp_path: Path) -> None:
    async with stage(tmp_path, SLOW, count=5) as one:
        ids = list(one.app.deck.sessions)
        await one.press("a", "E")
        await one.shows("5 to be ended")
        await one.confirm()
        await one.until(lambda: one.ended() == ids[:1])
        await one.shows("4 queued", "1 sent")
        await one.press("s")
        await one.shows("4 taken back", "1 posted already can't be taken back", "4 cancelled")
        one.page_ends(ids[0])
        await one.shows("5/5", "1 confirmed")
        assert one.ended() == ids[:1]


async def test_all_is_taken_back_while_the_time_to_undo_lasts(tmp_path: Path) -> None:
    async with stage(tmp_path, PATIENT, count=3) as one:
        await one.press("a", "E")
        await one.shows("3 to be ended")
        await one.confirm()
        await one.shows("3 queued", "posted in")
        await one.press("z")
        await one.shows("3/3", "3 cancelled")
        assert one.ended() == []


async def test_a_plan_is_not_run_when_the_time_to_take_it_back_became_shorter_under_its_prompt(
    tmp_path: Path,
) -> None:
    async with stage(tmp_path, PATIENT, count=3) as one:
        await one.press("a", "E")
        await one.shows("3 to be ended")
        await one.press("enter")
        await one.until(lambda: isinstance(one.app.screen, ConfirmScreen))
        one.host.rules.now = QUICK
        one.host.feed.publish(RESYNC, None, system_clock(), {})
        await one.until(lambda: one.app.deck.host is not None and one.app.deck.host.undo_s == 0.0)
        await one.press("tab", "enter")
        await one.shows("nothing was ended", "3 to be ended")
        assert one.ended() == []


async def test_a_run_goes_on_without_its_screen_and_its_summary_can_be_read_again(tmp_path: Path) -> None:
    async with stage(tmp_path, QUICK, count=3) as one:
        ids = list(one.app.deck.sessions)
        await one.press("space", "space", "E")
        await one.shows("2 to be ended")
        await one.confirm()
        await one.press("escape")
        await one.until(lambda: not isinstance(one.app.screen, PlanScreen))
        await one.until(lambda: len(one.ended()) == 2)
        one.page_ends(*ids[:2])
        await one.until(lambda: one.app.deck.sessions[ids[1]].ended)
        await one.press("U", "E")
        await one.shows("2/2", "2 confirmed", "the last run")
        await one.press("escape", "E")
        await one.shows("2/2", "2 confirmed")
        await one.press("tab")
        await one.shows("No session is stale")


async def test_what_ended_by_itself_is_not_ended_again_and_says_so(tmp_path: Path) -> None:
    async with stage(tmp_path, QUICK, count=3) as one:
        ids = list(one.app.deck.sessions)
        await one.press("a", "E")
        await one.shows("3 to be ended")
        one.host.hosting.says_status(ids[1], "terminated")
        await one.shows("2 to be ended", "1 need no end any more", "it has ended already")
        await one.confirm()
        await one.until(lambda: len(one.ended()) == 2)
        assert one.ended() == [ids[0], ids[2]]
        await one.shows("1 skipped")


async def test_one_that_was_removed_does_not_fail_the_others(tmp_path: Path) -> None:
    async with stage(tmp_path, QUICK, count=3) as one:
        ids = list(one.app.deck.sessions)
        await one.press("a", "E")
        await one.shows("3 to be ended")
        plan = one.plan.scene.draft
        one.host.supervisor.remove(ids[0], PEER)
        # As if the deck had not heard of it yet: the host alone knows that one of the ids is gone.
        await one.app._bulk.carry_out(plan.plan, plan.meant, plan.meant, 0.0)
        run = one.app._bulk.run
        assert run is not None
        assert one.ended() == ids[1:]
        assert run.steps[ids[0]].state == "skipped"


async def test_the_stale_are_planned_first_and_by_rule(tmp_path: Path) -> None:
    limits = StaleRules(StaleLimits(pending=0.05))
    rules = Rules(undo_s=0.0, confirm_within_s=5.0, ends_per_second=1000, stale=limits)
    async with stage(tmp_path, rules, count=3) as one:
        await one.until(lambda: all(view.stale for view in one.app.deck.sessions.values()))
        one.host.live(1)
        await one.press("E")
        await one.shows("3 to be ended", "pending", "limit 50ms")
        await one.press("r")
        await one.shows("3 to be ended", "rule pending")
        await one.press("r")
        await one.shows("No session is stale by this rule", "rule mute")
        await one.press("tab")
        await one.shows("stale 3")
        assert one.ended() == []


async def test_who_changed_can_be_left_out_at_once(tmp_path: Path) -> None:
    async with stage(tmp_path, QUICK, count=3) as one:
        ids = list(one.app.deck.sessions)
        await one.press("a", "E")
        await one.shows("3 to be ended")
        one.host.hosting.says_status(ids[2], "active")
        await one.shows("1 changed since")
        await one.press("x")
        await one.shows("2 to be ended", "left out 1 that changed")


async def test_a_host_that_is_read_only_is_not_asked_to_end(tmp_path: Path) -> None:
    async with stage(tmp_path, Rules(read_only=True), count=2) as one:
        await one.press("E")
        await one.shows("the host is read-only (host.read_only)")
        assert not isinstance(one.app.screen, PlanScreen)


async def test_more_than_ten_are_ended_by_typing_their_number(tmp_path: Path) -> None:
    async with stage(tmp_path, QUICK, count=11) as one:
        await one.press("a", "E")
        await one.shows("11 to be ended")
        await one.confirm(typed=("1", "2"))
        assert one.ended() == []
        await one.confirm(typed=("1", "1"))
        await one.until(lambda: len(one.ended()) == 11)


async def test_a_label_is_data(tmp_path: Path) -> None:
    async with stage(tmp_path, QUICK) as one:
        label = "[red]x[/red] [@click=app.exit]y"
        session_id = one.host.add(label)
        one.host.hosting.says_status(session_id, "active")
        await one.until(lambda: session_id in one.app.deck.sessions)
        await one.press("a", "E")
        await one.shows("1 to be ended", "[red]x[/red]")
