"""What holds of a session whatever happens to it, in whatever order."""

import json
from dataclasses import replace

from hypothesis import given, settings

from browser_host.protocol.events import SessionEnded, StateUpdated, Status, StatusUpdated
from browser_host.protocol.instructions import EndSession
from browser_host.sessions import happenings as h
from browser_host.sessions import ledger
from browser_host.sessions.drafts import TIMELINE_LIMIT, Step
from browser_host.sessions.instant import Instant
from browser_host.sessions.ledger import EntryState
from browser_host.sessions.ledger_rules import due, next_deadline
from browser_host.sessions.session import Hosting, Session
from browser_host.sessions.transitions import apply
from browser_host.sessions.views import KEYS, ledger_json, merged, part, timeline_json, view_of
from tests.sessions.session_worlds import histories, new_session

History = list[tuple[h.Happening, Instant]]


def steps(history: History) -> list[tuple[Session, h.Happening, Instant, Step]]:
    session, told = new_session(), []
    for happening, now in history:
        step = apply(session, happening, now)
        told.append((session, happening, now, step))
        session = step.session
    return told


def tells_an_end(happening: h.Happening) -> bool:
    match happening:
        case h.Spoke(StatusUpdated(Status.TERMINATED) | StateUpdated(status=Status.TERMINATED)):
            return True
        case h.Spoke(SessionEnded()):
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
        if step.changes:
            assert view == truth
        else:  # dropped messages are told with the next event
            assert replace(view, dropped=truth.dropped) == truth


@given(histories())
@settings(max_examples=300)
def test_counts_only_rise_and_the_end_and_the_hosting_agree(history: History) -> None:
    for before, happening, now, step in steps(history):
        after = step.session
        assert after.events == before.events + isinstance(happening, h.Spoke)
        assert after.dropped >= before.dropped
        assert after.violations >= before.violations
        assert (after.ended is not None) == (after.hosting is Hosting.ENDED)
        assert len(after.ledger) <= ledger.LIMIT
        assert len(after.timeline) <= TIMELINE_LIMIT
        assert all(len(moment.text) <= 240 for moment in after.timeline)
        assert after.hosting is before.hosting or after.hosting_since == now
        assert after.hosting is not Hosting.LIVE or after.page is not None or before.page is not None
        json.dumps([ledger_json(after), timeline_json(after)])


@given(histories())
@settings(max_examples=300)
def test_an_end_is_confirmed_only_by_the_pages_word_that_came_after_its_posting(history: History) -> None:
    for before, happening, now, step in steps(history):
        was = {entry.id: entry for entry in before.ledger}
        for entry in step.session.ledger:
            if not isinstance(entry.order.instruction, EndSession) or entry.state is not EntryState.CONFIRMED:
                continue
            old = was[entry.id]
            if old.state is EntryState.CONFIRMED:
                continue
            assert isinstance(happening, h.Spoke)
            assert tells_an_end(happening)
            assert before.ended is None
            assert step.session.ended is not None
            assert happening.after >= entry.order.number
            assert old.state in {EntryState.SENT, EntryState.UNCONFIRMED} or due(old, now)


@given(histories())
@settings(max_examples=200)
def test_every_change_names_only_keys_of_the_contract_and_extras_never_hide_one(history: History) -> None:
    for _, _, _, step in steps(history):
        for change in step.changes:
            assert set(change.keys) <= set(KEYS)
            assert not set(change.extra) & set(KEYS)
            assert not set(change.extra) & {"seq", "at", "type"}


@given(histories())
@settings(max_examples=200)
def test_time_alone_leaves_nothing_overdue(history: History) -> None:
    for *_, now, step in steps(history):
        session = apply(step.session, h.TimePassed(), now).session
        deadline = next_deadline(session)
        assert deadline is None or deadline > now.mono
        assert apply(session, h.TimePassed(), now).session is session


@given(histories())
@settings(max_examples=200)
def test_the_status_is_the_pages_own_last_word(history: History) -> None:
    last: Status | None = None
    for _, happening, _, step in steps(history):
        match happening:
            case h.Spoke(StatusUpdated(status)):
                last = status
            case h.Spoke(StateUpdated(status=status)) if status is not None:
                last = status
            case _:
                pass
        assert step.session.status is last
