"""Sessions, moments and events for the tests of this room."""

from dataclasses import replace

from hypothesis import strategies as st

from browser_host.protocol.page_instructions import EndSession, Instruction, Mode, Raw, SetMode, SwitchColor
from browser_host.protocol.page_messages import (
    Color,
    ColorChanged,
    CustomMessageReceived,
    EndReason,
    ErrorReported,
    PageEvent,
    SessionEnded,
    StateUpdated,
    Status,
    StatusUpdated,
    UnknownReceived,
)
from browser_host.sessions import session_events as events
from browser_host.sessions.changes import Change
from browser_host.sessions.clock import Instant
from browser_host.sessions.ledger import Entry, Order
from browser_host.sessions.rules.changeset import Step
from browser_host.sessions.rules.transitions import apply
from browser_host.sessions.session import ErrorCode, Fault, Session, Source
from browser_host.sessions.timeline import Timeline, extended
from browser_host.sessions.views import MomentView, timeline_views
from browser_host.sessions.visitor_state import VisitorReport

FAULT = Fault(ErrorCode.PAGE_CRASHED, "the page crashed")
WALL = 1_700_000_000.0


def at(seconds: float) -> Instant:
    return Instant(mono=seconds, wall=WALL + seconds)


def new_session(label: str = "acme") -> Session:
    return Session(id="k7", label=label, source=Source.CONFIG, link="0a1b2c3d")


def order(
    number: int, instruction: Instruction, *, given: float = 1, due: float | None = None, within: float = 5
) -> Order:
    return Order(
        number=number,
        instruction=instruction,
        by="ann",
        client="tui",
        at=at(given),
        not_before=at(given if due is None else due),
        confirm_within=within,
    )


class World:
    """One session and what was published of it."""

    def __init__(self, session: Session | None = None) -> None:
        self._step = Step(session or new_session(), ())
        self._timeline: Timeline = ()

    @property
    def timeline(self) -> tuple[MomentView, ...]:
        return timeline_views(self._timeline)

    def live(self) -> "World":
        self.happens(events.Opened(1), 0)
        return self.says(Status.VIEWER_READY, 0.5)

    def happens(self, event: events.SessionEvent, seconds: float) -> "World":
        self._step = apply(self.session, event, at(seconds))
        self._timeline = extended(self._timeline, self._step.moments)
        return self

    def says(self, word: Status | PageEvent, seconds: float, after: int = 0) -> "World":
        event = StatusUpdated(word) if isinstance(word, Status) else word
        return self.happens(events.Spoke(event, after), seconds)

    def given(
        self,
        instruction: Instruction,
        number: int = 1,
        seconds: float = 1,
        due: float | None = None,
    ) -> "World":
        return self.happens(
            events.InstructionGiven(order(number, instruction, given=seconds, due=due)), seconds
        )

    def sent(self, instruction: Instruction, number: int = 1, seconds: float = 1) -> "World":
        self.given(instruction, number, seconds)
        return self.happens(events.InstructionSent(number), seconds)

    def entry(self, number: int = 1) -> Entry:
        return next(entry for entry in self.session.ledger if entry.order.number == number)

    @property
    def session(self) -> Session:
        return self._step.session

    @property
    def changes(self) -> tuple[Change, ...]:
        return self._step.changes

    @property
    def types(self) -> list[str]:
        return [change.type.value for change in self.changes]


_NUMBERS = st.integers(0, 6)
_TEXTS = st.text(max_size=20)
_COLORS = st.sampled_from(
    [Color("#ff0000", "red"), Color("#0000ff", "#00f"), Color(None, "octarine"), Color("#ff0000", "#f00")]
)
_INSTRUCTIONS: st.SearchStrategy[Instruction] = st.one_of(
    st.just(EndSession()),
    st.just(EndSession()),
    st.builds(SetMode, st.sampled_from(Mode)),
    st.builds(SwitchColor, st.sampled_from([None, "#ff0000", "#0000ff"])),
    st.just(Raw({"action": "dance"})),
)
EVENTS: st.SearchStrategy[PageEvent] = st.one_of(
    st.builds(StatusUpdated, st.sampled_from(Status)),
    st.builds(ColorChanged, _COLORS),
    st.builds(
        StateUpdated,
        status=st.none() | st.sampled_from(Status),
        color=st.none() | _COLORS,
        mode=st.none() | st.sampled_from(Mode),
        raw=_TEXTS,
    ),
    st.builds(SessionEnded, st.none() | st.sampled_from(EndReason), _TEXTS),
    st.builds(CustomMessageReceived, _TEXTS),
    st.builds(ErrorReported, _TEXTS),
    st.builds(UnknownReceived, _TEXTS, _TEXTS),
)
REPORTS = st.builds(
    VisitorReport,
    online=st.none() | st.booleans(),
    in_session=st.none() | st.booleans(),
    last_seen_at=st.none() | st.integers(0, 99).map(lambda seconds: WALL + seconds),
    url=st.none() | st.just("https://shop.example/cart"),
    tags=st.sampled_from([(), ("vip",)]),
    agents=st.sampled_from([(), ("Dana",)]),
)
_FAULTS = st.builds(Fault, st.sampled_from(ErrorCode), _TEXTS)
_ORDERS = st.builds(
    order,
    _NUMBERS,
    _INSTRUCTIONS,
    given=st.integers(0, 50),
    due=st.none() | st.integers(0, 60),
    within=st.integers(0, 10),
)
SESSION_EVENTS: st.SearchStrategy[events.SessionEvent] = st.one_of(
    st.builds(events.Opened, st.integers(1, 9)),
    st.builds(events.Spoke, EVENTS, _NUMBERS),
    st.builds(events.Spoke, EVENTS, _NUMBERS),
    st.builds(events.MessagesLost, st.integers(1, 9)),
    st.builds(events.Violated, st.integers(1, 9)),
    st.builds(events.NestedFrameRefused, st.integers(1, 9)),
    st.builds(events.DocumentReplaced, st.just("https://watch.example"), _TEXTS),
    st.builds(events.Blocked, _FAULTS),
    st.builds(events.PageLost, _FAULTS),
    st.sampled_from(
        [
            events.Requeued(),
            events.PageHung(),
            events.PageAnswered(),
            events.FrameReleased(),
            events.TimePassed(),
        ]
    ),
    st.builds(events.InstructionGiven, _ORDERS),
    st.builds(events.InstructionHandedOver, _NUMBERS),
    st.builds(events.InstructionSent, _NUMBERS),
    st.builds(events.InstructionFailed, _NUMBERS, _TEXTS),
    st.builds(events.InstructionUnaccounted, _NUMBERS, _TEXTS),
    st.builds(events.InstructionCancelled, _NUMBERS, _TEXTS),
    st.builds(events.VisitorReported, REPORTS, st.integers(1, 40)),
    st.builds(events.VisitorNotReported, st.integers(1, 40)),
)


@st.composite
def histories(draw: st.DrawFn, max_size: int = 40) -> list[tuple[events.SessionEvent, Instant]]:
    """Events in the order of time; every instruction has a number of its own."""
    seconds, history, last = 0.0, [], 0
    for event in draw(st.lists(SESSION_EVENTS, max_size=max_size)):
        seconds += draw(st.sampled_from([0.0, 0.0004, 0.1, 3.0, 20.0]))
        if isinstance(event, events.InstructionGiven):
            last += 1
            event = events.InstructionGiven(replace(event.order, number=last))  # noqa: PLW2901 - renumbered
        history.append((event, at(seconds)))
    return history
