"""A bulk end as it is run: exactly one result for each planned session, from the host's own words; pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from browser_host.api.schema import Outcome, Result
from browser_host.host_names import host_of
from browser_host.sessions.end_plan import EndPlan
from browser_host.sessions.views import SessionView
from tui.host.deck import Deck, standings

QUEUED, SENT = "queued", "sent"
OPEN = frozenset({QUEUED, SENT})
"""States after which more is to come."""

CONFIRMED, CANCELLED = "confirmed", "cancelled"
POSTED = frozenset({SENT, CONFIRMED, "unconfirmed"})
TO_RETRY = frozenset({"unconfirmed", "failed"})
SKIPPED = "skipped"
"""The host's word for a session that was left alone."""

ENDED_MEANWHILE = "already ended or removed"
REMOVED = "the session was removed; whether its end arrived is unknown"
RESTARTED = "the host was restarted; h shows what was sent"

HostKey = tuple[int, float]


@dataclass(frozen=True, slots=True)
class EndStep:
    """How far the end of one session has come.

    Args:
        state: a state of the ledger, or `skipped`.
        via: `page` or `rest`.
        took_ms: milliseconds from posting to the final state, where it is known.
        instruction: the ledger's id, or None if none was made.
    """

    id: str
    state: str
    text: str = ""
    via: str = "page"
    took_ms: int | None = None
    instruction: str | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """A plan that is being carried out, or was.

    Args:
        steps: one for each session that was meant, by id; never one more.
        host: whose instructions these are: another host's may bear the same ids.
        until: epoch seconds before which the host posts nothing.
        ended_at: epoch seconds at which the last result came, None while some are awaited.
        by: who gave it, as the host names them; "" until it is known.
        stopped: how the stop went, in words; "" if nobody stopped it.
    """

    plan: EndPlan
    steps: Mapping[str, EndStep]
    hosts: Mapping[str, HostKey]
    began_at: float
    until: float
    ended_at: float | None = None
    by: str = ""
    stopped: str = ""

    @property
    def is_over(self) -> bool:
        """No more results are awaited."""
        return all(step.state not in OPEN for step in self.steps.values())

    @property
    def counts(self) -> Mapping[str, int]:
        """How many steps are at each state."""
        return Counter(step.state for step in self.steps.values())

    @property
    def instructions(self) -> tuple[str, ...]:
        """The ledger's ids of all that was given."""
        return tuple(step.instruction for step in self.steps.values() if step.instruction is not None)

    @property
    def queued(self) -> tuple[str, ...]:
        """The ledger's ids of what was not posted yet."""
        return tuple(s.instruction for s in self.steps.values() if s.instruction and s.state == QUEUED)

    @property
    def posted(self) -> int:
        """How many ends were posted to their pages."""
        return sum(step.state in POSTED for step in self.steps.values())

    @property
    def confirmed(self) -> frozenset[str]:
        """The sessions that have ended by it."""
        return frozenset(step.id for step in self.steps.values() if step.state == CONFIRMED)

    @property
    def was_taken_back(self) -> bool:
        """All ends were cancelled before anything was posted."""
        return all(step.state == CANCELLED for step in self.steps.values())

    @property
    def to_retry(self) -> tuple[str, ...]:
        """The sessions whose end failed or was not confirmed."""
        return tuple(step.id for step in self.steps.values() if step.state in TO_RETRY)


def begun(
    plan: EndPlan, meant: Iterable[str], outcome: Outcome, deck: Deck, *, began_at: float, until: float
) -> Run:
    """The run after the host took it.

    Args:
        meant: the ids that were to be ended; each gets a step, those that the host was not asked about too.
        outcome: the host's answer.
    """
    told = {result.id: result for result in outcome.results}
    steps = {
        session_id: _step(told[session_id])
        if session_id in told
        else EndStep(session_id, SKIPPED, ENDED_MEANWHILE)
        for session_id in meant
    }
    return _closed(Run(plan, steps, host_keys(deck), began_at, until), began_at)


def followed(run: Run, deck: Deck, now: float) -> Run:
    """The run after the deck changed; a final word stays until the host says another on the same end."""
    if not run.hosts or deck.host is None:
        return run
    restarted = {name for name, key in host_keys(deck).items() if run.hosts.get(name, key) != key}
    steps, by = dict(run.steps), run.by
    for step in run.steps.values():
        if host_of(step.id) in restarted:
            if step.state in OPEN:
                steps[step.id] = replace(step, state="unconfirmed", text=RESTARTED)
            continue
        if step.instruction is None:
            continue
        view = deck.sessions.get(step.id)
        if view is None:
            if step.state in OPEN:
                steps[step.id] = replace(step, state="unconfirmed", text=REMOVED)
            continue
        last = view.instruction
        if last is not None and last.id == step.instruction:
            by = by or last.by
            steps[step.id] = _by_view(step, view)
    if steps == run.steps and by == run.by:
        return run
    return _closed(replace(run, steps=steps, by=by), now)


def settled(run: Run, outcome: Outcome, now: float) -> Run:
    """The run with what the host says of its instructions once they came as far as they can."""
    told = {result.instruction: result for result in outcome.results if result.instruction}
    steps = {
        session_id: _step(told[step.instruction]) if step.instruction in told else step
        for session_id, step in run.steps.items()
    }
    return _closed(replace(run, steps=steps), now)


def host_keys(deck: Deck) -> Mapping[str, HostKey]:
    """What tells each host from its successor, whose instructions are numbered from the start again."""
    return {
        name: (one.view.pid, one.view.started_at)
        for name, one in standings(deck).items()
        if one.view is not None
    }


def stopped(run: Run, words: str) -> Run:
    """The run with how its stop went."""
    return replace(run, stopped=words)


def stop_words(results: Iterable[Result], posted: int) -> str:
    """What a stop did, from the host's answer to it.

    Args:
        posted: ends that had left the queue when the stop was asked for.
    """
    states = Counter(result.state for result in results)
    taken = states["cancelled"]
    late = states.total() - taken + posted
    words = f"Stopped: {taken} undone"
    return f"{words}; {late} already sent" if late else words


def _closed(run: Run, now: float) -> Run:
    return replace(run, ended_at=(run.ended_at or now) if run.is_over else None)


def _by_view(step: EndStep, view: SessionView) -> EndStep:
    last = view.instruction
    if last is None or (last.state, last.text) == (step.state, step.text):
        return step
    if step.state not in OPEN and last.state in OPEN:
        return step  # the deck is behind what the host said when it was asked
    same = last.state == step.state
    return replace(step, state=last.state, text=last.text, took_ms=step.took_ms if same else None)


def _step(result: Result) -> EndStep:
    return EndStep(result.id, result.state, result.text, result.via, result.took_ms, result.instruction)
