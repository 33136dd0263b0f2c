"""Sessions, moments and happenings for the tests of this room."""

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
from browser_host.sessions import session_events as h
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
        self.happens(h.Opened(1), 0)
        return self.says(Status.VIEWER_READY, 0.5)

    def happens(self, happening: h.Happening, seconds: float) -> "World":
        self._step = apply(self.session, happening, at(seconds))
        self._timeline = extended(self._timeline, self._step.moments)
        return self

    def says(self, word: Status | PageEvent, seconds: float, after: int = 0) -> "World":
        event = StatusUpdated(word) if isinstance(word, Status) else word
        return self.happens(h.Spoke(event, after), seconds)

    def given(
        self,
        instruction: Instruction,
        number: int = 1,
        seconds: float = 1,
        due: float | None = None,
    ) -> "World":
        return self.happens(h.InstructionGiven(order(number, instruction, given=seconds, due=due)), seconds)

    def sent(self, instruction: Instruction, number: int = 1, seconds: float = 1) -> "World":
        self.given(instruction, number, seconds)
        return self.happens(h.InstructionSent(number), seconds)

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
HAPPENINGS: st.SearchStrategy[h.Happening] = st.one_of(
    st.builds(h.Opened, st.integers(1, 9)),
    st.builds(h.Spoke, EVENTS, _NUMBERS),
    st.builds(h.Spoke, EVENTS, _NUMBERS),
    st.builds(h.MessagesLost, st.integers(1, 9)),
    st.builds(h.Violated, st.integers(1, 9)),
    st.builds(h.NestedFrameRefused, st.integers(1, 9)),
    st.builds(h.DocumentReplaced, st.just("https://watch.example"), _TEXTS),
    st.builds(h.Blocked, _FAULTS),
    st.builds(h.PageLost, _FAULTS),
    st.sampled_from([h.Requeued(), h.PageHung(), h.PageAnswered(), h.FrameReleased(), h.TimePassed()]),
    st.builds(h.InstructionGiven, _ORDERS),
    st.builds(h.InstructionHandedOver, _NUMBERS),
    st.builds(h.InstructionSent, _NUMBERS),
    st.builds(h.InstructionFailed, _NUMBERS, _TEXTS),
    st.builds(h.InstructionUnaccounted, _NUMBERS, _TEXTS),
    st.builds(h.InstructionCancelled, _NUMBERS, _TEXTS),
    st.builds(h.VisitorReported, REPORTS, st.integers(1, 40)),
    st.builds(h.VisitorNotReported, st.integers(1, 40)),
)


@st.composite
def histories(draw: st.DrawFn, max_size: int = 40) -> list[tuple[h.Happening, Instant]]:
    """Happenings in the order of time; every instruction has a number of its own."""
    seconds, history, last = 0.0, [], 0
    for happening in draw(st.lists(HAPPENINGS, max_size=max_size)):
        seconds += draw(st.sampled_from([0.0, 0.0004, 0.1, 3.0, 20.0]))
        if isinstance(happening, h.InstructionGiven):
            last += 1
            happening = h.InstructionGiven(replace(happening.order, number=last))  # noqa: PLW2901 - renumbered
        history.append((happening, at(seconds)))
    return history
