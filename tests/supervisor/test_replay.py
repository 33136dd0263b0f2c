"""What comes back of a host that died: by the journal's rows alone, checked against a model of the hosts."""

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from browser_host.journal.entries import EntryOutcome, JournalEntry
from browser_host.protocol.page_instructions import Action, Mode
from browser_host.secrets import WatchLink
from browser_host.sessions.clock import Instant
from browser_host.sessions.ledger import LIMIT, EntryState
from browser_host.sessions.rules.ledger_rules import settled
from browser_host.sessions.session import Source
from browser_host.supervisor.audit import records
from browser_host.supervisor.audit.replay import Recovery, recover
from browser_host.supervisor.new_session import NewSession

HERE, ELSEWHERE = "0a1b2c3d", "ffffffff"
WALL = 1_700_000_000.0
NOW = Instant(mono=50.0, wall=WALL + 10_000)


class Rows:
    """Writes rows as a host does."""

    def __init__(self) -> None:
        self.found: list[JournalEntry] = []
        self._number = 0

    def add(self, action: str, session: str | None = None, **columns: object) -> None:
        at = WALL + len(self.found)
        values = {"by": "ada (1000)", "client": "cli", **columns}
        self.found.append(JournalEntry(at=at, action=action, session=session, **values))  # type: ignore[arg-type]

    def hosts(self, session: str, source: Source, place: str = HERE, *, visitor: str | None = None) -> None:
        link = None if visitor else WatchLink(f"https://watch.example/{session}")
        text = records.added_text(NewSession(link, source, session, visitor), place)
        self.add(records.ADDED, session, label=f"label of {session}", text=text)

    def stops(self, place: str = HERE) -> None:
        self.add(records.HOST_STOPPED, text=records.host_text(place))

    def tells(self, session: str, action: str, text: str, *outcomes: EntryOutcome) -> int:
        self._number += 1
        for outcome in outcomes:
            said = text if outcome is EntryOutcome.INTENDED else "via page: because"
            self.add(action, session, outcome=outcome, text=said, instruction=f"i{self._number}")
        return self._number

    def recovered(self, place: str = HERE) -> Recovery:
        return recover(self.found, place, NOW)


def test_only_sessions_added_by_visitor_are_recovered() -> None:
    rows = Rows()
    for number, source in enumerate(Source):
        rows.hosts(f"s{number}", source, visitor=f"v: {number}; host {ELSEWHERE}")
    rows.hosts("linked", Source.COMMAND)
    back = rows.recovered()
    assert [(one.id, one.label, one.visitor) for one in back.sessions] == [
        ("s2", "label of s2", f"v: 2; host {ELSEWHERE}"),
        ("linked", "label of linked", None),
    ]
    assert back.sessions[1].link == WatchLink("https://watch.example/linked").fingerprint
    assert [visitor[:4] for visitor, _ in back.links] == ["v: 0", "v: 1", "v: 2"]
    assert rows.recovered(ELSEWHERE) == Recovery()


def test_instructions_in_flight_are_unconfirmed() -> None:
    rows = Rows()
    rows.hosts("s", Source.CONFIG)
    rows.tells("s", Action.SET_MODE, "draw", EntryOutcome.INTENDED, EntryOutcome.SENT)
    rows.tells("s", Action.SET_MODE, "cursor", EntryOutcome.INTENDED)
    rows.tells("s", Action.SWITCH_COLOR, "next colour", EntryOutcome.INTENDED, EntryOutcome.SENT)
    rows.tells("s", Action.RAW, "", EntryOutcome.INTENDED, EntryOutcome.SKIPPED)
    past = rows.recovered().pasts["s"]
    assert past.mode is Mode.DRAW
    assert [(entry.state, entry.text.rpartition(": ")[2]) for entry in past.ledger] == [
        (EntryState.SENT, "because"),
        (EntryState.UNCONFIRMED, "it may have been sent; it is not repeated"),
        (EntryState.UNCONFIRMED, "it was sent; it is not repeated"),
    ]
    assert [entry.order.by for entry in past.ledger] == ["ada (1000)"] * 3
    assert all(entry.order.at.mono <= NOW.mono for entry in past.ledger)


def test_rows_that_no_host_writes_are_passed_over() -> None:
    rows = Rows()
    rows.hosts("s", Source.COMMAND, visitor="v")
    rows.add(records.ADDED, "old", text="visitor w")
    rows.add(records.ADDED, None, text=f"command: visitor w; host {HERE}")
    for text in ("no mode", "#12"):
        rows.tells("s", Action.SET_MODE, text, EntryOutcome.INTENDED, EntryOutcome.SENT)
        rows.tells("s", Action.SWITCH_COLOR, text, EntryOutcome.INTENDED, EntryOutcome.CONFIRMED)
    rows.add("endSession", "s", outcome=EntryOutcome.INTENDED, instruction="i-1")
    rows.add("endSession", "s", outcome=EntryOutcome.SAID, instruction="i1")
    rows.tells("s", "dance", "", EntryOutcome.INTENDED)
    back = rows.recovered()
    assert [one.id for one in back.sessions] == ["s"]
    assert back.pasts == {}
    assert back.last_number == 5


SESSIONS = st.sampled_from("abc")
PLACES = st.sampled_from((HERE, HERE, HERE, ELSEWHERE))
OPEN, SENT = (EntryOutcome.INTENDED,), (EntryOutcome.INTENDED, EntryOutcome.SENT)
AFTER_MODE = {
    OPEN: EntryState.UNCONFIRMED,
    SENT: EntryState.SENT,
    (*OPEN, EntryOutcome.FAILED): EntryState.FAILED,
    (*SENT, EntryOutcome.UNCONFIRMED): EntryState.UNCONFIRMED,
}
AFTER_COLOR = {
    OPEN: EntryState.UNCONFIRMED,
    SENT: EntryState.UNCONFIRMED,
    (*SENT, EntryOutcome.CONFIRMED): EntryState.CONFIRMED,
    (*OPEN, EntryOutcome.CANCELLED): EntryState.CANCELLED,
}
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("added"), SESSIONS, st.sampled_from(Source), st.booleans(), PLACES),
        st.tuples(st.sampled_from(("removed", "not_recovered", "ended", "restarted")), SESSIONS),
        st.tuples(st.just("stopped"), PLACES),
        st.tuples(st.just("mode"), SESSIONS, st.sampled_from(Mode), st.sampled_from(tuple(AFTER_MODE))),
        st.tuples(st.just("color"), SESSIONS, st.sampled_from(tuple(AFTER_COLOR))),
        st.tuples(st.just("refused"), SESSIONS),
    ),
    max_size=60,
)


@dataclass(slots=True)
class Known:
    """What the host on `HERE` would remember of a session."""

    source: Source
    by_visitor: bool
    ended: bool = False
    mode: Mode | None = None
    last: tuple[int, EntryState] | None = None


@dataclass(slots=True)
class World:
    """The rows of hosts, and what the one on `HERE` has."""

    rows: Rows = field(default_factory=Rows)
    known: dict[str, Known] = field(default_factory=dict)
    number: int = 0

    def added(self, session: str, source: Source, by_visitor: bool, place: str) -> None:  # noqa: FBT001 - drawn
        self.rows.hosts(session, source, place, visitor=f"v-{session}" if by_visitor else None)
        if place == HERE:
            before = self.known.get(session)
            now = self.known[session] = Known(source, by_visitor)
            if before is not None:  # taken in again by the next host
                now.mode, now.last = before.mode, before.last

    def removed(self, session: str) -> None:
        self.rows.add(records.REMOVED, session)
        self.known.pop(session, None)

    def not_recovered(self, session: str) -> None:
        self.rows.add(records.NOT_RECOVERED, session)
        self.known.pop(session, None)

    def ended(self, session: str) -> None:
        self.rows.add(records.ENDED, session, outcome=EntryOutcome.SAID)
        if session in self.known:
            self.known[session].ended = True

    def restarted(self, session: str) -> None:
        self.rows.add(records.RESTARTED, session)
        if session in self.known:
            self.known[session].ended = False

    def stopped(self, place: str) -> None:
        self.rows.stops(place)
        if place == HERE:
            self.known.clear()

    def mode(self, session: str, mode: Mode, outcomes: tuple[EntryOutcome, ...]) -> None:
        self._told(session, Action.SET_MODE, mode, outcomes, AFTER_MODE[outcomes])
        if session in self.known and EntryOutcome.SENT in outcomes:
            self.known[session].mode = mode

    def color(self, session: str, outcomes: tuple[EntryOutcome, ...]) -> None:
        self._told(session, Action.SWITCH_COLOR, "#ff0000", outcomes, AFTER_COLOR[outcomes])

    def refused(self, session: str) -> None:
        self.number = self.rows.tells(
            session, Action.END_SESSION, "", EntryOutcome.INTENDED, EntryOutcome.SKIPPED
        )

    def _told(
        self, session: str, action: str, text: str, outcomes: tuple[EntryOutcome, ...], state: EntryState
    ) -> None:
        self.number = self.rows.tells(session, action, text, *outcomes)
        if session in self.known:
            self.known[session].last = self.number, state


@given(STEPS)
def test_the_next_host_knows_what_the_dead_one_knew(steps: list[tuple[str, object]]) -> None:
    world = World()
    for name, *arguments in steps:
        getattr(world, name)(*arguments)
    back = world.rows.recovered()
    assert {one.id: one.visitor for one in back.sessions} == {
        session: f"v-{session}" if known.by_visitor else None
        for session, known in world.known.items()
        if known.source is Source.COMMAND and not known.ended
    }
    assert back.last_number == world.number
    told = {session: known for session, known in world.known.items() if known.last is not None}
    assert set(back.pasts) == set(told)
    for session, known in told.items():
        past = back.pasts[session]
        assert past.mode == known.mode
        numbers = [entry.order.number for entry in past.ledger]
        assert numbers == sorted(set(numbers))
        assert len(numbers) <= LIMIT
        assert all(settled(entry) for entry in past.ledger)
        assert (numbers[-1], past.ledger[-1].state) == known.last
