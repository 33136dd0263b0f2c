"""What holds of a session whatever happens to it, in whatever order."""

import json
from dataclasses import replace

from hypothesis import given, settings

from browser_host.protocol.page_instructions import EndSession
from browser_host.protocol.page_messages import SessionEnded, StateUpdated, Status, StatusUpdated
from browser_host.sessions import ledger
from browser_host.sessions import session_events as events
from browser_host.sessions.clock import Instant
from browser_host.sessions.json_codec import to_json
from browser_host.sessions.ledger import EntryState
from browser_host.sessions.rules.changeset import Step
from browser_host.sessions.rules.ledger_rules import due, next_deadline
from browser_host.sessions.rules.transitions import apply
from browser_host.sessions.session import Hosting, Session
from browser_host.sessions.timeline import TIMELINE_LIMIT, Timeline, extended
from browser_host.sessions.views import KEYS, ledger_views, merged, part, timeline_views, view_of
from tests.sessions.session_strategies import histories, new_session

History = list[tuple[events.SessionEvent, Instant]]


def steps(history: History) -> list[tuple[Session, events.SessionEvent, Instant, Step]]:
    session, told = new_session(), []
    for event, now in history:
        step = apply(session, event, now)
        told.append((session, event, now, step))
        session = step.session
    return told


def tells_an_end(event: events.SessionEvent) -> bool:
    match event:
        case events.Spoke(StatusUpdated(Status.TERMINATED) | StateUpdated(status=Status.TERMINATED)):
            return True
        case events.Spoke(SessionEnded()):
            return True
        case _:
            return False


@given(histories())
@settings(max_examples=300)
def test_a_client_that_merges_every_event_has_what_the_host_has(history: History) -> None:
    view = view_of(new_session(), None)
    for _, _, _, step in steps(history):
        for change in step.changes:
            body = {**part(step.session, change.keys, None), **change.extra}
            view = merged(view, json.loads(json.dumps(body)))
        truth = view_of(step.session, None)
        if truth.visitor_state is not None:  # the times of looks that found nothing new are not events
            assert view.visitor_state is not None
            seen_at, checked_at = truth.visitor_state.last_seen_at, truth.visitor_state.checked_at
            fresh = replace(view.visitor_state, last_seen_at=seen_at, checked_at=checked_at)
            view = replace(view, visitor_state=fresh)
        if step.changes:
            assert view == truth
        else:  # dropped messages are told with the next event
            assert replace(view, dropped=truth.dropped) == truth


@given(histories())
@settings(max_examples=300)
def test_counts_only_rise_and_the_end_and_the_hosting_agree(history: History) -> None:
    timeline: Timeline = ()
    for before, event, _, step in steps(history):
        after = step.session
        timeline = extended(timeline, step.moments)
        assert after.events == before.events + isinstance(event, events.Spoke)
        assert after.dropped >= before.dropped
        assert after.violations >= before.violations
        assert (after.ended is not None) == (after.hosting is Hosting.ENDED)
        assert len(after.ledger) <= ledger.LIMIT
        assert len(timeline) <= TIMELINE_LIMIT
        assert all(len(text) <= 240 for _, _, text in timeline)
        assert after.hosting is not Hosting.LIVE or after.process is not None or before.process is not None
        json.dumps([to_json(one) for one in (*ledger_views(after), *timeline_views(timeline))])


@given(histories())
@settings(max_examples=300)
def test_end_is_confirmed_only_by_a_later_page_event(history: History) -> None:
    for before, event, now, step in steps(history):
        was = {entry.id: entry for entry in before.ledger}
        for entry in step.session.ledger:
            if not isinstance(entry.order.instruction, EndSession) or entry.state is not EntryState.CONFIRMED:
                continue
            old = was[entry.id]
            if old.state is EntryState.CONFIRMED:
                continue
            assert isinstance(event, events.Spoke)
            assert tells_an_end(event)
            assert before.ended is None
            assert step.session.ended is not None
            assert event.after >= entry.order.number
            assert old.state in {EntryState.SENT, EntryState.UNCONFIRMED} or due(old, now)


@given(histories())
@settings(max_examples=300)
def test_what_is_called_unsent_is_never_corrected(history: History) -> None:
    unsent = {EntryState.CANCELLED, EntryState.FAILED}
    for before, event, _, step in steps(history):
        was = {entry.id: entry for entry in before.ledger}
        for entry in step.session.ledger:
            if (old := was.get(entry.id)) is None or old.state is entry.state:
                continue
            assert old.state not in unsent
            if old.handed_over and entry.state in unsent:
                assert isinstance(event, events.InstructionFailed), "only who posts it knows"


@given(histories())
@settings(max_examples=200)
def test_changes_name_only_keys_of_the_contract(history: History) -> None:
    for _, _, _, step in steps(history):
        for change in step.changes:
            assert set(change.keys) <= set(KEYS)
            assert not set(change.extra) & set(KEYS)
            assert not set(change.extra) & {"seq", "at", "type"}


@given(histories())
@settings(max_examples=200)
def test_time_alone_leaves_nothing_overdue(history: History) -> None:
    for *_, now, step in steps(history):
        session = apply(step.session, events.TimePassed(), now).session
        deadline = next_deadline(session)
        assert deadline is None or deadline > now.mono
        assert apply(session, events.TimePassed(), now).session is session


@given(histories())
@settings(max_examples=200)
def test_the_status_is_the_pages_own_last_word(history: History) -> None:
    last: Status | None = None
    for _, event, _, step in steps(history):
        match event:
            case events.Spoke(StatusUpdated(status)):
                last = status
            case events.Spoke(StateUpdated(status=status)) if status is not None:
                last = status
            case _:
                pass
        assert step.session.status is last
