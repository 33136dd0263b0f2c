"""Discovery's plans, as laws over whole histories and as single looks."""

from dataclasses import dataclass, field, replace

from hypothesis import given
from hypothesis import strategies as st

from browser_host.upscope.discovery_plan import DiscoveryPlan, DiscoveryRules, Look, Memory, interrupted, plan
from browser_host.upscope.links import HOUR_S, LinkBook, LinkRules
from browser_host.upscope.visitor import Visitor

RULES = DiscoveryRules(3, 60.0, in_session_only=True, links=LinkRules(an_hour=3))
NAMES = "ABCDEFGH"


def people(names: str) -> tuple[Visitor, ...]:
    return tuple(Visitor(name, is_in_session=True) for name in names)


@dataclass
class Host:
    """Does what a plan says, as the supervisor would."""

    rules: DiscoveryRules = RULES
    memory: Memory = field(default_factory=Memory)
    book: LinkBook = field(default_factory=LinkBook)
    held: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)
    opened: list[tuple[str, float]] = field(default_factory=list)

    def look(
        self, seen: tuple[Visitor, ...], now: float, *, complete: bool = True, taken: str = ""
    ) -> DiscoveryPlan:
        look = Look(seen, complete, set(self.held), set(self.failed), set(taken), self.book)
        self.failed.clear()
        done = plan(self.memory, look, self.rules, now)
        assert not self.held & {one.short_id for one in done.to_open}
        assert not set(taken) & {one.short_id for one in done.to_open}
        assert set(done.to_let_go) <= self.held
        assert not set(done.to_let_go) & {one.short_id for one in seen if one.is_in_session}
        self.memory = done.memory
        self.held -= set(done.to_let_go)
        for one in done.to_open:
            self.book = self.book.noted(one.short_id, now)
            self.opened.append((one.short_id, now))
            self.held.add(one.short_id)
        assert len(self.held) <= self.rules.max_sessions
        return done


def names(done: DiscoveryPlan) -> str:
    return "".join(one.short_id for one in done.to_open)


STEP = st.tuples(st.text(NAMES, max_size=8), st.floats(1, 400), st.booleans(), st.sampled_from(NAMES))
STEPS = st.lists(STEP, max_size=60)


@given(STEPS)
def test_no_hour_opens_more_than_the_ceiling(steps: list[tuple[str, float, bool, str]]) -> None:
    host, now = Host(), 0.0
    for seen, later, complete, ended in steps:
        now += later
        host.look(people("".join(dict.fromkeys(seen))), now, complete=complete)
        host.held.discard(ended)
    for _, start in host.opened:
        assert sum(start <= at < start + HOUR_S for _, at in host.opened) <= 3


@given(STEPS)
def test_ended_visitor_is_not_reopened_while_present(
    steps: list[tuple[str, float, bool, str]],
) -> None:
    host, now = Host(), 0.0
    host.look(people("XY"), now)
    host.held.discard("Y")
    for seen, later, complete, _ in steps:
        now += later
        host.look(people("XY" + "".join(dict.fromkeys(seen))), now, complete=complete)
        assert "X" in host.held
        assert "Y" not in host.held


def test_visitor_who_left_is_let_go_after_the_grace() -> None:
    host = Host()
    assert names(host.look(people("AB"), 0)) == "AB"
    assert names(host.look(people("A"), 15)) == ""
    assert host.look(people("A"), 74).to_let_go == ()
    assert host.look(people("A"), 75).to_let_go == ("B",)
    assert host.held == {"A"}
    assert names(host.look(people("AB"), 90)) == "B"


def test_grace_starts_at_the_first_look_that_missed_the_visitor() -> None:
    host = Host()
    host.look(people("ABC"), 0)
    assert host.look((), 1_000).to_let_go == ()
    assert host.look(people("AB"), 1_030).to_let_go == ()
    assert host.look(people("A"), 1_060).to_let_go == ("C",)
    assert host.look(people("A"), 1_119).to_let_go == ()
    assert host.look(people("A"), 1_120).to_let_go == ("B",)


def test_failed_look_starts_the_grace_over() -> None:
    host = Host()
    host.look(people("A"), 0)
    host.look((), 15)
    host.memory = interrupted(host.memory)
    assert host.look((), 75).to_let_go == ()
    assert host.look((), 134).to_let_go == ()
    assert host.look((), 135).to_let_go == ("A",)


def test_outage_does_not_let_an_ended_session_be_opened_again() -> None:
    host = Host(replace(RULES, links=LinkRules(an_hour=9)))
    host.look(people("A"), 0)
    host.held.clear()
    host.look(people("A"), 15)
    assert names(host.look((), 1_000)) == ""
    assert names(host.look(people("A"), 1_015)) == ""


@given(st.lists(st.tuples(st.booleans(), st.floats(0.1, 100), st.booleans()), max_size=40))
def test_nobody_is_let_go_before_the_grace_of_looks_that_worked(
    looks: list[tuple[bool, float, bool]],
) -> None:
    host, now = Host(), 0.0
    host.look(people("A"), now)
    missed_since: float | None = None
    for worked, later, is_here in looks:
        now += later
        if not worked:
            host.memory, missed_since = interrupted(host.memory), None
            continue
        done = host.look(people("A" if is_here else ""), now)
        missed_since = None if is_here else now if missed_since is None else missed_since
        let_go = missed_since is not None and now - missed_since >= RULES.grace_s
        assert done.to_let_go == (("A",) if let_go else ())
        if let_go:
            return


def test_who_blinks_stays() -> None:
    host = Host()
    host.look(people("A"), 0)
    for now in (50, 100, 150, 200):
        host.look((), now)
        assert host.look(people("A"), now + 5).to_let_go == ()


def test_a_cut_list_lets_nobody_go() -> None:
    host = Host()
    host.look(people("A"), 0)
    assert host.look(people("BCD"), 900, complete=False).to_let_go == ()
    assert host.look(people("BCD"), 901).to_let_go == ()
    assert host.look(people("BCD"), 965, complete=False).to_let_go == ()
    assert host.look(people("BCD"), 966).to_let_go == ("A",)


def test_who_ended_here_is_opened_again_only_after_having_left() -> None:
    host = Host(replace(RULES, links=LinkRules(an_hour=9)))
    host.look(people("A"), 0)
    host.held.clear()
    assert names(host.look(people("A"), 500)) == ""
    assert names(host.look((), 530)) == ""
    assert names(host.look(people("A"), 550)) == ""
    host.look((), 580)
    host.look((), 640)
    assert names(host.look(people("A"), 650)) == "A"


def test_the_ceilings_are_told() -> None:
    host = Host(replace(RULES, max_sessions=2))
    first = host.look(people("ABCD"), 0)
    assert (names(first), first.held_back) == ("AB", 2)
    host.held.discard("A")
    assert names(host.look(people("BCD"), 10)) == "C"
    host.held.discard("B")
    later = host.look(people("CD"), 20)
    assert (names(later), later.held_back) == ("", 1)
    assert names(host.look(people("CD"), HOUR_S)) == "D"


def test_in_session_only_opens_only_certain_visitors() -> None:
    seen = (Visitor("A", is_in_session=None), Visitor("B", is_in_session=False), *people("C"))
    assert names(Host().look(seen, 0)) == "C"
    assert names(Host(replace(RULES, in_session_only=False)).look(seen, 0)) == "ABC"
    host = Host()
    host.look(people("A"), 0)
    assert host.look((Visitor("A", is_in_session=None),), 90).to_let_go == ()
    assert host.look((Visitor("A", is_in_session=False),), 150).to_let_go == ()
    assert host.look((Visitor("A", is_in_session=False),), 210).to_let_go == ("A",)


def test_failed_visitor_is_retried_when_links_allow() -> None:
    host = Host()
    host.look(people("A"), 0)
    host.held.clear()
    host.failed.add("A")
    assert names(host.look(people("A"), 1)) == ""
    assert names(host.look(people("A"), 6)) == "A"
    host.held.clear()
    assert names(host.look(people("A"), 600)) == ""


def test_who_is_hosted_otherwise_is_left_alone() -> None:
    assert names(Host().look(people("AB"), 0, taken="A")) == "B"


def test_a_visitor_whose_link_waits_is_passed_by() -> None:
    host = Host(book=LinkBook().noted("A", 0))
    assert names(host.look(people("AB"), 1)) == "B"
    assert names(host.look(people("AB"), 6)) == "A"
