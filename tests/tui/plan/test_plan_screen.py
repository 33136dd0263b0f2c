"""The plan on the dashboard, before a real API: whoever is in it is ended, and nobody else."""

from pathlib import Path

from browser_host.api.schema import RESYNC
from browser_host.sessions.clock import system_clock
from browser_host.sessions.staleness import StaleLimits, StaleRules
from browser_host.supervisor.policy import Policy
from tests.support.host import PEER
from tests.support.questions import is_asked
from tests.tui.plan.stage import stage
from tui.screens.plan import PlanScreen

QUICK = Policy(undo_s=0.0, confirm_within_s=2.0, ends_per_second=1000)
SLOW = Policy(undo_s=0.0, confirm_within_s=60.0, ends_per_second=0.01)
PATIENT = Policy(undo_s=60.0, confirm_within_s=60.0, ends_per_second=1000)


async def test_exactly_the_plan_is_ended_despite_changes(tmp_path: Path) -> None:
    async with stage(tmp_path, QUICK, count=12) as one:
        ids = list(one.app.deck.sessions)
        await one.press("a", "E")
        await one.shows("12 to end", "marked 12", "visitor 11")
        await one.press("j", "space", "space")
        await one.shows("10 to end", "2 excluded")
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


async def test_each_entry_gets_a_result_and_open_ones_retry(tmp_path: Path) -> None:
    async with stage(tmp_path, QUICK, count=4) as one:
        ids = list(one.app.deck.sessions)
        await one.press("a", "E")
        await one.shows("4 to end")
        await one.confirm()
        await one.until(lambda: len(one.ended()) == 4)
        one.page_ends(*ids[:2])
        await one.shows("4/4", "2 confirmed", "2 unconfirmed", "by ")
        await one.press("t")
        await one.shows("2 to end", "retry 2")
        await one.confirm()
        await one.until(lambda: len(one.ended()) == 6)
        assert one.ended()[4:] == ids[2:]
        one.page_ends(*ids[2:])
        await one.shows("2/2", "2 confirmed")


async def test_a_stop_takes_back_what_waits_and_says_what_it_can_not(tmp_path: Path) -> None:
    async with stage(tmp_path, SLOW, count=5) as one:
        ids = list(one.app.deck.sessions)
        await one.press("a", "E")
        await one.shows("5 to end")
        await one.confirm()
        await one.until(lambda: one.ended() == ids[:1])
        await one.shows("4 queued", "1 sent")
        await one.press("s")
        await one.shows("4 undone", "1 already sent", "4 cancelled")
        one.page_ends(ids[0])
        await one.shows("5/5", "1 confirmed")
        assert one.ended() == ids[:1]


async def test_all_is_taken_back_while_the_time_to_undo_lasts(tmp_path: Path) -> None:
    async with stage(tmp_path, PATIENT, count=3) as one:
        await one.press("a", "E")
        await one.shows("3 to end")
        await one.confirm()
        await one.shows("3 queued", "sent in")
        await one.press("z")
        await one.shows("3/3", "3 cancelled")
        assert one.ended() == []


async def test_plan_is_not_run_if_undo_got_shorter_meanwhile(
    tmp_path: Path,
) -> None:
    async with stage(tmp_path, PATIENT, count=3) as one:
        await one.press("a", "E")
        await one.shows("3 to end")
        await one.press("enter")
        await one.until(lambda: is_asked(one.app))
        one.host.policy.now = QUICK
        one.host.feed.publish(RESYNC, None, system_clock(), {})
        await one.until(lambda: one.app.deck.host is not None and one.app.deck.host.undo_s == 0.0)
        await one.press("y")
        await one.shows("nothing was ended", "3 to end")
        assert one.ended() == []


async def test_run_continues_without_its_screen(tmp_path: Path) -> None:
    async with stage(tmp_path, QUICK, count=3) as one:
        ids = list(one.app.deck.sessions)
        await one.press("space", "space", "E")
        await one.shows("2 to end")
        await one.confirm()
        await one.press("escape")
        await one.until(lambda: not isinstance(one.app.screen, PlanScreen))
        await one.until(lambda: len(one.ended()) == 2)
        one.page_ends(*ids[:2])
        await one.until(lambda: one.app.deck.sessions[ids[1]].ended)
        await one.press("U", "E")
        await one.shows("2/2", "2 confirmed", "last run")
        await one.press("escape", "E")
        await one.shows("2/2", "2 confirmed")
        await one.press("tab")
        await one.shows("No session is stale")


async def test_what_ended_by_itself_is_not_ended_again_and_says_so(tmp_path: Path) -> None:
    async with stage(tmp_path, QUICK, count=3) as one:
        ids = list(one.app.deck.sessions)
        await one.press("a", "E")
        await one.shows("3 to end")
        one.host.hosting.says_status(ids[1], "terminated")
        await one.shows("2 to end", "1 need no end", "it has ended already")
        await one.confirm()
        await one.until(lambda: len(one.ended()) == 2)
        assert one.ended() == [ids[0], ids[2]]
        await one.shows("1 skipped")


async def test_one_that_was_removed_does_not_fail_the_others(tmp_path: Path) -> None:
    async with stage(tmp_path, QUICK, count=3) as one:
        ids = list(one.app.deck.sessions)
        await one.press("a", "E")
        await one.shows("3 to end")
        plan = one.plan.scene.draft
        one.host.supervisor.remove(ids[0], PEER)
        # As if the deck had not heard of it yet: the host alone knows that one of the ids is gone.
        await one.app._ends.bulk.carry_out(plan, plan.meant, 0.0)
        run = one.app._ends.bulk.run
        assert run is not None
        assert one.ended() == ids[1:]
        assert run.steps[ids[0]].state == "skipped"


async def test_the_stale_are_planned_first_and_by_rule(tmp_path: Path) -> None:
    limits = StaleRules(StaleLimits(pending=0.05))
    rules = Policy(undo_s=0.0, confirm_within_s=5.0, ends_per_second=1000, stale=limits)
    async with stage(tmp_path, rules, count=3) as one:
        await one.until(lambda: all(view.stale for view in one.app.deck.sessions.values()))
        one.host.live(1)
        await one.press("E")
        await one.shows("3 to end", "pending", "limit 50ms")
        await one.press("r")
        await one.shows("3 to end", "rule pending")
        await one.press("r")
        await one.shows("No session is stale by this rule", "rule mute")
        await one.press("tab")
        await one.shows("stale 3")
        assert one.ended() == []


async def test_one_of_the_stale_that_recovers_gets_no_end(tmp_path: Path) -> None:
    limits = StaleRules(StaleLimits(pending=0.05))
    rules = Policy(undo_s=0.5, confirm_within_s=5.0, ends_per_second=1000, stale=limits)
    async with stage(tmp_path, rules, count=2) as one:
        recovers, stays = ids = list(one.app.deck.sessions)
        for session_id in ids:
            one.host.hosting.says_status(session_id, "pendingRequest")
        await one.until(lambda: all(view.stale for view in one.app.deck.sessions.values()))
        await one.press("E")
        await one.shows("2 to end")
        await one.confirm()
        await one.until(lambda: all(view.instruction for view in one.app.deck.sessions.values()))
        one.host.hosting.says_status(recovers, "active")
        await one.until(one.ended)
        assert one.ended() == [stays]


async def test_who_changed_can_be_left_out_at_once(tmp_path: Path) -> None:
    async with stage(tmp_path, QUICK, count=3) as one:
        ids = list(one.app.deck.sessions)
        await one.press("a", "E")
        await one.shows("3 to end")
        one.host.hosting.says_status(ids[2], "active")
        await one.shows("1 changed since")
        await one.press("x")
        await one.shows("2 to end", "Excluded 1 that changed")


async def test_a_host_that_is_read_only_is_not_asked_to_end(tmp_path: Path) -> None:
    async with stage(tmp_path, Policy(read_only=True), count=2) as one:
        await one.press("E")
        await one.shows("The host is read-only (host.read_only)")
        assert not isinstance(one.app.screen, PlanScreen)


async def test_more_than_ten_are_ended_by_typing_their_number(tmp_path: Path) -> None:
    async with stage(tmp_path, QUICK, count=11) as one:
        await one.press("a", "E")
        await one.shows("11 to end")
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
        await one.shows("1 to end", "[red]x[/red]")
